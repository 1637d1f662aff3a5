"""Taking an execution on: every move that the log alone decides, and the effects it needs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from application.commands.consequences import Consequences
from application.commands.deciding import unopposed
from application.journal import Journal
from application.ports import Clock
from application.runbooks import execution_id
from application.templates import TemplateError, Templates
from application.working.performing import Effect, Hands, Presence
from domain.incident.incident import Incident
from domain.provenance import Act, Provenance
from domain.runbook import by_person, by_worker
from domain.runbook.by_worker import Claim
from domain.runbook.course import Move
from domain.runbook.errors import ExecutionError
from domain.runbook.execution import RunbookExecution
from domain.runbook.scope import scope_of
from domain.runbook.step import AutomatedStep, ManualStep, SubRunbookStep

GRACE = timedelta(seconds=30)
"""How long after a claim's deadline its worker is believed to have ended, if nobody can tell."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an execution stands after it was taken on.

    `effect` has been claimed and is to be performed; `look_again` is when something may be due by
    itself; `over`: nothing more can happen.
    """

    incident_id: str
    version: int
    effect: Effect | None = None
    look_again: datetime | None = None
    over: bool = False


@dataclass(slots=True)
class _Step:
    """One look at an execution: what is known, and who decides."""

    execution: RunbookExecution
    incident: Incident
    act: Act
    inner: list[RunbookExecution] = field(default_factory=list)

    def standing(
        self,
        effect: Effect | None = None,
        look_again: datetime | None = None,
        *,
        over: bool = False,
    ) -> Standing:
        return Standing(self.incident.id, self.execution.version, effect, look_again, over)


class Stepping:
    """Takes executions on, one decision a transaction."""

    def __init__(
        self, journal: Journal, clock: Clock, templates: Templates, hands: Hands, presence: Presence
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._templates = templates
        self._hands = hands
        self._presence = presence

    def take_on(self, of: str, *, may_begin: bool) -> Standing:
        """Make every move that is due; begin an effect only if there is a hand for it."""
        while True:
            standing = unopposed(lambda: self._move(of, may_begin))
            if standing is not None:
                return standing

    def _move(self, of: str, may_begin: bool) -> Standing | None:
        look = self._look(of)
        execution = look.execution
        if execution.ended:
            return look.standing(over=True)
        if look.incident.status == "closed":
            outcome = (look.incident.outcome or "").replace("_", " ")
            why = f"{look.incident.id} was closed as {outcome}"
            by_person.abort(execution, why, look.act)
            self._save(look)
            return None
        move = execution.next_move(scope_of(look.incident, execution), look.act.at)
        if move.does == "wait":
            return self._waiting(look, move, may_begin)
        if move.does == "start" and not may_begin:
            return look.standing(look_again=look.act.at)
        effect = _MOVES[move.does](self, look, move)
        self._save(look)
        return look.standing(effect) if effect else None

    # Waiting, and what somebody else has left undone.

    def _waiting(self, look: _Step, move: Move, may_begin: bool) -> Standing | None:
        execution, step = look.execution, move.step
        progress = execution.progress[step.id] if step else None
        claimed_by = progress.worker if progress and progress.status == "running" else None
        if step is None or progress is None or claimed_by is None:
            return look.standing(look_again=move.until)
        if claimed_by == self._presence.name:
            return look.standing()
        limit = (progress.until or look.act.at) + GRACE
        if look.act.at < limit and not self._presence.is_gone(claimed_by):
            return look.standing(look_again=min(limit, look.act.at + GRACE / 10))
        effect = _effect_of(look, step.id)
        if not self._hands.is_idempotent(effect):
            why = f"{claimed_by} ended before it could say what came of it"
            by_worker.lose(execution, step.id, progress.attempt, why, look.act)
            self._save(look)
            return None
        if not may_begin:
            return look.standing(look_again=look.act.at)
        by_worker.take_over(execution, step.id, self._presence.name, look.act)
        self._save(look)
        return look.standing(effect)

    # Moves.

    def _skip(self, look: _Step, move: Move) -> None:
        assert move.step is not None  # noqa: S101 - this move is of a step
        by_worker.skip(look.execution, move.step.id, move.why, look.act)

    def _ask(self, look: _Step, move: Move) -> None:
        assert move.step is not None  # noqa: S101 - this move is of a step
        by_worker.ask(look.execution, move.step.id, look.act)

    def _start(self, look: _Step, move: Move) -> Effect | None:
        step, execution = move.step, look.execution
        assert isinstance(step, AutomatedStep)  # noqa: S101 - only these are started
        try:
            parameters = self._templates.render(step.parameters, scope_of(look.incident, execution))
        except TemplateError as error:
            by_worker.refuse_to_start(execution, step.id, str(error), look.act)
            return None
        claim = Claim(self._presence.name, parameters)
        by_worker.claim(execution, step.id, claim, look.act)
        return _effect_of(look, step.id)

    def _assign(self, look: _Step, move: Move) -> None:
        step, execution = move.step, look.execution
        assert isinstance(step, ManualStep)  # noqa: S101 - only these are assigned
        try:
            text = self._templates.render(step.instructions, scope_of(look.incident, execution))
        except TemplateError as error:
            by_worker.refuse_to_start(execution, step.id, str(error), look.act)
        else:
            by_worker.assign(execution, step.id, str(text), look.act)

    def _begin(self, look: _Step, move: Move) -> None:
        step, execution = move.step, look.execution
        assert isinstance(step, SubRunbookStep)  # noqa: S101 - only these are begun
        attempt = execution.progress[step.id].attempt + 1
        named = execution_id(
            execution.incident_id, step.runbook, f"{execution.id}/{step.id}/{attempt}"
        )
        try:
            look.inner.append(by_worker.begin_inner(execution, step.id, named, look.act))
        except ExecutionError as error:
            by_worker.refuse_to_start(execution, step.id, str(error), look.act)

    def _time_out(self, look: _Step, move: Move) -> None:
        assert move.step is not None  # noqa: S101 - this move is of a step
        by_worker.time_out(look.execution, move.step.id, move.why, look.act)

    def _complete(self, look: _Step, move: Move) -> None:
        del move
        by_worker.complete(look.execution, look.act)

    # Reading and writing.

    def _look(self, of: str) -> _Step:
        execution = self._journal.load(RunbookExecution, of)
        if execution is None:
            msg = f"there is no execution {of}"
            raise ExecutionError(msg)
        incident = self._journal.load(Incident, execution.incident_id)
        assert incident is not None  # noqa: S101 - it was started for one in the same log
        act = act_of(self._presence.name, execution, self._clock.now())
        return _Step(execution, incident, act)

    def _save(self, look: _Step) -> None:
        touched = Consequences(self._journal, look.act).of(look.execution)
        self._journal.commit([*touched, *look.inner])


def act_of(worker: str, execution: RunbookExecution, at: datetime) -> Act:
    """Say that a worker acts because of what happened last in an execution."""
    last = f"{execution.id}@{execution.version}"
    provenance = Provenance.of_worker(worker, last, execution.incident_id)
    return Act(provenance, at)


def _effect_of(look: _Step, step_id: str) -> Effect:
    execution = look.execution
    step, progress = execution.step(step_id), execution.progress[step_id]
    assert isinstance(step, AutomatedStep)  # noqa: S101 - only these have effects
    return Effect(
        execution_id=execution.id,
        incident_id=execution.incident_id,
        step_id=step_id,
        attempt=progress.attempt,
        action=step.action,
        idempotency_key=progress.idempotency_key,
        seconds=step.longest.total_seconds(),
        parameters=progress.parameters,
        scope=scope_of(look.incident, execution),
    )


_MOVES: dict[str, Callable[[Stepping, _Step, Move], Effect | None]] = {
    "skip": Stepping._skip,
    "ask": Stepping._ask,
    "start": Stepping._start,
    "assign": Stepping._assign,
    "begin": Stepping._begin,
    "time_out": Stepping._time_out,
    "complete": Stepping._complete,
}
