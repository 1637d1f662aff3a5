"""What an action of a runbook is: parameters in, an answer out, and honesty about the rest.

An action is a class. Tocsin finds its own in `infrastructure/actions`, and those of third parties
by the entry point group `tocsin.actions`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Protocol

from pydantic import BaseModel, ConfigDict

from domain.responder.directory import Directory


class ActionFailedError(Exception):
    """An action was not performed, and its effect did not happen; the message says why.

    `passing`: that trying again later may help.
    """

    def __init__(self, reason: str, *, passing: bool = False) -> None:
        super().__init__(reason)
        self.passing = passing


class OutcomeUnknownError(Exception):
    """Nobody can tell whether the effect happened, as when an answer does not come."""


class NoSettings(BaseModel):
    """The settings of an action that has none."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, slots=True)
class Call:
    """What an action is told besides its parameters.

    `idempotency_key` is the same whenever the same attempt is performed again after a crash.
    `seconds_left` tells how long the action still has to return; 0 when its time is up.
    `context` is what templates of the step may read: `incident`, `runbook`, `execution`, `steps`.
    """

    idempotency_key: str
    incident_id: str
    execution_id: str
    step_id: str
    seconds_left: Callable[[], float]
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request to the outside. It is given up after `timeout` seconds in all."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    timeout: float = 30.0
    redirects: int = 0


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What a server answered; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class UnreachableError(Exception):
    """Nothing was sent: the address is refused, unknown, or nobody listens there."""


class NoAnswerError(Exception):
    """The request may have arrived, and no whole answer came."""


class Outgoing(Protocol):
    """Sends HTTP requests to where they are allowed to go."""

    def send(self, request: HttpRequest) -> HttpAnswer:
        """Send a request; raises UnreachableError or NoAnswerError."""
        ...


class Secrets(Protocol):
    """Knows secrets by name. They are looked up when they are used, and kept nowhere."""

    def resolve(self, text: str) -> str:
        """Put the values of `${NAME}` into a text; raises ActionFailedError for an unknown one."""
        ...

    def redacted(self, value: Any) -> Any:
        """Write `${NAME}` again wherever, at any depth of a JSON value, a secret's value stands."""
        ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What actions share: `templates` is the folder of messages, `directory` the responders."""

    secrets: Secrets
    outgoing: Outgoing
    templates: Path | None = None
    directory: Directory | None = None


class Action(Protocol):
    """Does one thing to the outside world.

    `Parameters` says what a step must give, `outputs` names what the answer holds (None: that is
    not known before), `Settings` what its section of `actions.yaml` may say.
    """

    Parameters: ClassVar[type[BaseModel]]
    Settings: ClassVar[type[BaseModel]]
    outputs: ClassVar[frozenset[str] | None]

    def __init__(self, settings: Any, surroundings: Surroundings) -> None: ...

    def is_idempotent(self, parameters: Any) -> bool:
        """Say whether performing a call twice, with one idempotency key, is as good as once."""
        ...

    def perform(self, parameters: Any, call: Call) -> Mapping[str, Any]:
        """Do it, and give an answer that JSON can hold.

        Raises ActionFailedError if it was not done, OutcomeUnknownError if nobody can tell.
        """
        ...
