"""On which conditions the branches of a playbook's step are gone."""

from collections.abc import Sequence
from typing import Any

from infrastructure.cacao.conditions import (
    NotExpressibleError,
    condition_of,
    equals,
    opposite,
    variable_in,
)
from infrastructure.cacao.drafts import Notes
from infrastructure.cacao.findings import Finding
from infrastructure.cacao.playbook import IfCondition, Parallel, Step, SwitchCondition
from infrastructure.cacao.variables import Scope
from infrastructure.configuration.mistakes import KeyPath, quoted

Guard = dict[str, Any] | None
"""A condition of a runbook; None if there is none to be met."""


class Guards:
    """Makes conditions; what cannot be asked is among the problems of the notes."""

    def __init__(self, scope: Scope, notes: Notes) -> None:
        self._scope = scope
        self._notes = notes

    def of(self, name: str, step: Step, count: int) -> Sequence[Guard]:
        """Give the conditions of a step's branches, in their order."""
        path: KeyPath = ("workflow", name)
        if isinstance(step, Parallel):
            self._notes.note(Finding((*path, "next_steps"), "these branches run one after another"))
            return [None] * count
        field = "condition" if isinstance(step, IfCondition) else "switch"
        try:
            if isinstance(step, IfCondition):
                condition = condition_of(
                    step.condition, lambda each: self._field(each, step, (*path, field))
                )
                return [condition, opposite(condition)]
            if isinstance(step, SwitchCondition):
                return self._cases(step, (*path, field))
        except NotExpressibleError as error:
            text = f"no condition of a runbook says this: {error}"
            self._notes.problem(Finding((*path, field), text))
        return [None] * count

    def _cases(self, step: SwitchCondition, path: KeyPath) -> Sequence[Guard]:
        variable = variable_in(step.switch)
        if variable is None:
            msg = f"{quoted(step.switch)} is not a variable"
            raise NotExpressibleError(msg)
        field = self._field(variable, step, path)
        named = {case: equals(field, case) for case in step.cases if case != "default"}
        none: Guard = {"not": {"any": list(named.values())}} if named else None
        otherwise = [] if "default" in step.cases else [none]
        return [*(named.get(case, none) for case in step.cases), *otherwise]

    def _field(self, variable: str, step: Step, path: KeyPath) -> str:
        meaning = self._scope.meaning(variable, step, path)
        if meaning.field is None:
            never = "a step sets it whose counterpart does not give it"
            why = never if meaning.text is None else f"it is always {quoted(meaning.text)}"
            msg = f"{variable} cannot be asked about, as {why}"
            raise NotExpressibleError(msg)
        if meaning.otherwise is not None:
            text = f"that {variable} is {quoted(meaning.otherwise)} by default counts for nothing"
            self._notes.note(Finding(path, text))
        return meaning.field
