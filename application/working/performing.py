"""What is performed outside the log: an effect, and the three ways in which it can end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Effect:
    """A claimed attempt at a step, with all that performing it takes.

    `parameters` are as recorded: secrets are looked up when the effect begins. `seconds` is how
    long it may take, `scope` what is known of the incident and of earlier steps.
    """

    execution_id: str
    incident_id: str
    step_id: str
    attempt: int
    action: str
    idempotency_key: str
    seconds: float
    parameters: Mapping[str, Any] = field(default_factory=dict)
    scope: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Done:
    """The effect happened; `answer` is what the action says of it."""

    answer: dict[str, Any]


@dataclass(frozen=True, slots=True)
class NotDone:
    """The effect did not happen; `passing`: trying again may help; `late`: its time was up."""

    why: str
    passing: bool = False
    late: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody can tell."""

    why: str


Outcome = Done | NotDone | Unknown


class Hands(Protocol):
    """Performs effects, some at a time, apart from whoever reads and writes the log."""

    @property
    def free(self) -> int:
        """How many more effects can begin now."""
        ...

    @property
    def busy(self) -> bool:
        """Whether an effect is being performed."""
        ...

    def begin(self, effect: Effect) -> None:
        """Begin to perform an effect."""
        ...

    def ended(self) -> list[tuple[Effect, Outcome]]:
        """Give the effects that ended since the last time."""
        ...

    def is_idempotent(self, effect: Effect) -> bool:
        """Say whether performing an effect again, under its key, is as good as once."""
        ...


class Presence(Protocol):
    """Knows which workers are there."""

    @property
    def name(self) -> str:
        """The name of this worker, which no other one ever had."""
        ...

    def is_gone(self, worker: str) -> bool:
        """Say whether a worker has certainly ended; False where nobody can tell."""
        ...
