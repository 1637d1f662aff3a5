"""The steps of a runbook as its author writes them: automated, manual, or another runbook."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StrictBool,
    StrictInt,
    StrictStr,
)

from domain.detection.pattern import Condition
from domain.detection.rule import FieldPath, Identifier
from domain.duration import parse_duration
from domain.written import Duration

OnFailure = Literal["continue", "escalate", "abort", "retry"]
# A step's id is a name in templates, and part of an address in commands.
StepId = Annotated[StrictStr, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$")]
OutputName = Annotated[StrictStr, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,99}$")]

DEFAULT_TIMEOUT = "5m"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Retry(_Part):
    """How often a step is tried in all, and how long it rests after the first failure.

    Each rest is twice the one before, an hour at most.
    """

    attempts: Annotated[StrictInt, Field(ge=1, le=20)] = 3
    backoff: Duration = "10s"

    def rest_after(self, attempt: int) -> timedelta:
        """Say how long to rest after an attempt, counted from 1, has failed."""
        doubled: int = 2 ** min(attempt - 1, 20)
        return min(timedelta(hours=1), parse_duration(self.backoff) * doubled)


def _named(written: Any) -> Any:
    """Take a list of names for a mapping of each name to itself."""
    if isinstance(written, list | tuple) and all(isinstance(name, str) for name in written):
        return {name: name for name in written}
    return written


Outputs = Annotated[dict[OutputName, FieldPath], BeforeValidator(_named)]


class _Step(_Part):
    id: StepId
    name: Identifier
    when: tuple[Condition, ...] = ()
    on_failure: OnFailure = "escalate"
    requires_approval: StrictBool = False


class AutomatedStep(_Step):
    """A step that an action performs.

    Text in `parameters` may hold templates. `outputs` names what later steps may use of the
    action's answer, each with its path in that answer; left out, they may use all of it.
    `on_failure: retry` without `retry` tries as often as the defaults of `Retry` say; after the
    last attempt it escalates.
    """

    type: Literal["automated"]
    action: Identifier
    parameters: dict[Identifier, Any] = Field(default_factory=dict)
    timeout: Duration = DEFAULT_TIMEOUT
    retry: Retry | None = None
    outputs: Outputs | None = None

    @property
    def longest(self) -> timedelta:
        """How long one attempt may take."""
        return parse_duration(self.timeout)

    @property
    def retrying(self) -> Retry:
        """How the step is tried again; once in all unless its author says otherwise."""
        if self.retry is not None:
            return self.retry
        return Retry() if self.on_failure == "retry" else Retry(attempts=1)


class ManualStep(_Step):
    """A step that a person does.

    `instructions` may hold templates. `outputs` names what whoever completes the step has to
    state, for later steps. With a `timeout` the step fails when nobody completes it in time.
    """

    type: Literal["manual"]
    instructions: Annotated[StrictStr, Field(min_length=1)]
    assignee: Identifier | None = None
    timeout: Duration | None = None
    outputs: Annotated[tuple[OutputName, ...], Field(max_length=50)] = ()


class SubRunbookStep(_Step):
    """A step that runs another runbook; it succeeds when that one is completed."""

    type: Literal["runbook"]
    runbook: Identifier


Step = Annotated[AutomatedStep | ManualStep | SubRunbookStep, Discriminator("type")]
