"""Who did something, what caused it, and why: every event carries this."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict


class Actor(BaseModel):
    """A person, a detection rule, or Tocsin itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["person", "rule", "system"]
    name: str

    @classmethod
    def person(cls, name: str) -> Self:
        """Name a person who acts."""
        return cls(kind="person", name=name)


class Cause(BaseModel):
    """What directly led to an event: a signal, an earlier event, or a command.

    The id of an event is `<aggregate id>@<version>`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["signal", "event", "command"]
    id: str


class Provenance(BaseModel):
    """Who, by what cause, and why. `correlation` is the id that a whole chain of causes shares."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    actor: Actor
    cause: Cause
    correlation: str
    reason: str = ""

    @classmethod
    def of_worker(cls, name: str, event: str, correlation: str) -> Self:
        """Say that a worker acts because of an event, `<aggregate id>@<version>`."""
        actor, cause = Actor(kind="system", name=name), Cause(kind="event", id=event)
        return cls(actor=actor, cause=cause, correlation=correlation)


@dataclass(frozen=True, slots=True)
class Act:
    """Who does something, why, and when: what every decision that is recorded needs."""

    provenance: Provenance
    at: datetime
