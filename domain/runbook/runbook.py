"""A runbook as its author writes it in YAML, checked and frozen."""

from functools import cached_property
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictStr, model_validator

from domain.detection.rule import Category, Identifier
from domain.digest import digest_of
from domain.runbook.step import Step

DEEPEST = 5
"""How many runbooks may run inside one another, the outermost included."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Completion(_Part):
    """What follows when every step is done.

    `auto_close` resolves and closes the incident. `require_review` keeps it from being closed
    before one of the `reviewers` (anybody, if none is named) has looked at what was done.
    """

    auto_close: StrictBool = False
    require_review: StrictBool = False
    reviewers: tuple[Identifier, ...] = ()


class Runbook(_Part):
    """What is to be done about a kind of incident.

    It starts by itself for an incident whose rule names it and says `autoRemediate: true`, or
    that one of its `triggers` names: a rule's id, the type of the signal that opened the
    incident, or a value of the incident's label `trigger`.
    """

    id: Identifier
    name: Identifier
    description: StrictStr = ""
    category: Category | None = None
    triggers: tuple[Identifier, ...] = ()
    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=500)]
    completion: Completion = Completion()

    @model_validator(mode="after")
    def _step_ids_differ(self) -> Self:
        ids = [step.id for step in self.steps]
        if doubles := sorted({each for each in ids if ids.count(each) > 1}):
            msg = f"two steps have the id {', '.join(doubles)}"
            raise ValueError(msg)
        return self

    @cached_property
    def digest(self) -> str:
        """SHA-256, in hex, of what the runbook says; defaults that nobody wrote are left out."""
        return digest_of(self)
