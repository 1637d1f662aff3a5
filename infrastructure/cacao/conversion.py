"""Puts a playbook's steps in a row: branches become conditions, parallel steps a sequence.

A way that parts and meets again goes on once after its branches; one that does not is written out
for each of them, so that a step may become several.
"""

from collections.abc import Sequence
from typing import NamedTuple

from infrastructure.cacao.drafts import CannotMakeError, Draft, Notes, Place, name_of, slug
from infrastructure.cacao.findings import Finding
from infrastructure.cacao.flow import Flow, after_branches, branches
from infrastructure.cacao.guards import Guard, Guards
from infrastructure.cacao.making import drafts_of
from infrastructure.cacao.playbook import (
    Action,
    End,
    Parallel,
    Playbook,
    PlaybookAction,
    Step,
    WhileCondition,
)
from infrastructure.cacao.variables import Scope, plain_name
from infrastructure.configuration.mistakes import KeyPath

_MOST_STEPS = 500
_MOST_VISITS = 5_000
_DEEPEST = 30


class _Leg(NamedTuple):
    """Steps are made on these conditions, up to the step `stop`, inside so many branches.

    `returns`: that where this way ends something else goes on.
    """

    when: tuple[dict[str, object], ...] = ()
    stop: str | None = None
    depth: int = 0
    returns: bool = False

    def branch(self, guard: Guard, stop: str | None, *, returns: bool) -> "_Leg":
        """Go into a branch, up to where it meets the others."""
        when = self.when if guard is None else (*self.when, guard)
        return _Leg(when, stop, self.depth + 1, self.returns or returns)


class _TooManyError(Exception):
    """The steps of a playbook, put in a row, are too many."""


class Conversion:
    """The steps of a runbook, in the making; `origins` says by id what each was made of."""

    def __init__(self, playbook: Playbook, flow: Flow, notes: Notes) -> None:
        self.steps: list[Draft] = []
        self.origins: dict[str, str] = {}
        self._playbook = playbook
        self._flow = flow
        self._notes = notes
        self._scope = Scope(playbook, notes.note)
        self._guards = Guards(self._scope, notes)
        self._visits = 0

    def run(self) -> None:
        """Make the steps; what cannot be made is among the problems of the notes."""
        try:
            self._walk(self._playbook.workflow_start, _Leg())
            self._count(0)
        except _TooManyError as error:
            self._notes.problem(Finding(("workflow",), str(error)))

    def _walk(self, name: str | None, leg: _Leg) -> None:
        while name is not None and name != leg.stop:
            self._count(leg.depth)
            step = self._playbook.workflow[name]
            heads = branches(step)
            if isinstance(step, End):
                return
            if isinstance(step, Action | PlaybookAction):
                name = self._made(name, step, leg)
            elif heads is not None:
                name = self._branched(name, step, heads, leg)
            else:
                if isinstance(step, WhileCondition):
                    text = "repeats steps, and a runbook never does"
                    self._notes.problem(Finding(("workflow", name), text))
                name = after_branches(step)

    def _count(self, depth: int) -> None:
        self._visits += 1
        if depth > _DEEPEST:
            msg = f"has branches within branches, more than {_DEEPEST} deep"
            raise _TooManyError(msg)
        if self._visits > _MOST_VISITS or len(self.steps) > _MOST_STEPS:
            msg = f"in a row these are more than the {_MOST_STEPS} steps that a runbook can have"
            raise _TooManyError(msg)

    def _branched(
        self, name: str, step: Step, heads: Sequence[str | None], leg: _Leg
    ) -> str | None:
        if step.on_failure:
            text = "nothing follows the failure of a branch: a step that fails waits for a person"
            self._notes.note(Finding(("workflow", name, "on_failure"), text))
        ways = list(zip(self._guards.of(name, step, len(heads)), heads, strict=True))
        following = after_branches(step)
        if following is None:
            return self._parted(ways, leg, returns=isinstance(step, Parallel))
        for guard, head in ways:
            self._walk(head, leg.branch(guard, following, returns=True))
        return following

    def _parted(
        self, ways: Sequence[tuple[Guard, str | None]], leg: _Leg, *, returns: bool = False
    ) -> str | None:
        """Go several ways, up to where they meet, if they do."""
        meeting = self._flow.meeting([head for _, head in ways], leg.stop)
        for guard, head in ways:
            self._walk(head, leg.branch(guard, meeting or leg.stop, returns=returns))
        return meeting

    def _made(self, name: str, step: Action | PlaybookAction, leg: _Leg) -> str | None:
        following, failing = after_branches(step), step.on_failure
        ending = self._flow.ends(failing) and not leg.returns
        parting = failing is not None and failing != following and not ending
        ids = self._emitted(name, step, leg, parting=parting)
        for made in self.steps[len(self.steps) - len(ids) :]:
            if failing is not None:
                made["on_failure"] = "abort" if ending else "continue"
        if not parting or not ids:
            return following
        bad = {"field": f"steps.{ids[-1]}.status", "operator": "not_equals", "value": "succeeded"}
        return self._parted([(_succeeded(ids[-1]), following), (bad, failing)], leg)

    def _emitted(
        self, name: str, step: Action | PlaybookAction, leg: _Leg, *, parting: bool
    ) -> list[str]:
        place = Place(self._playbook, name, step, self._scope, self._notes)
        ids: list[str] = []
        try:
            for draft in drafts_of(place, step):
                # What follows a failure is another way; the other commands are not on it.
                guard = _succeeded(ids[-1]) if parting and ids else None
                when = leg.branch(guard, None, returns=False).when
                ids.append(self._free_id(step, name))
                self.origins[ids[-1]] = name
                self.steps.append({"id": ids[-1], **draft, **({"when": [*when]} if when else {})})
        except CannotMakeError as error:
            self._notes.problem(error.finding)
        self._hand_on(step, name, ids)
        return ids

    def _free_id(self, step: Step, name: str) -> str:
        wanted = slug(name_of(step, name))
        number = 1
        while (found := wanted if number == 1 else f"{wanted}-{number}") in self.origins:
            number += 1
        return found

    def _hand_on(self, step: Action | PlaybookAction, name: str, ids: Sequence[str]) -> None:
        """Note which variables later steps get of a step, and which not."""
        gives = self.steps[-1].get("outputs", ()) if ids else ()
        for at, variable in enumerate(step.out_args):
            path: KeyPath = ("workflow", name, "out_args", at)
            if variable in self._scope.given:
                self._notes.note(Finding(path, f"{variable} is set before; the later value counts"))
            plain = plain_name(variable)
            if plain not in gives:
                self._notes.note(Finding(path, f"{variable} is not given to later steps"))
            output = f"steps.{ids[-1]}.output.{plain}" if plain in gives else None
            self._scope.sets(variable, output)


def _succeeded(step_id: str) -> dict[str, object]:
    return {"field": f"steps.{step_id}.status", "operator": "equals", "value": "succeeded"}
