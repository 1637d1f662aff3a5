"""What can happen to a runbook's execution, as it is stored: a change of shape is a new version."""

from typing import Any, ClassVar

from eventsourcing.domain import CanInitAggregate, CanMutateAggregate
from pydantic import AwareDatetime, BaseModel, ConfigDict

from domain.event import RecordedEvent
from domain.runbook.runbook import Runbook


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StepRef(_Part):
    """A step of the execution's runbook."""

    id: str
    name: str


class Pinned(_Part):
    """The runbook as it was when the execution started, with those that run inside it.

    `digest` is the SHA-256, in hex, of what the runbook says.
    """

    digest: str
    runbook: Runbook
    inner: dict[str, Runbook]


class Parent(_Part):
    """The execution, and its step, inside which this one runs."""

    execution_id: str
    step_id: str


class Claimed(_Part):
    """Which worker claimed a step, under which key its effect is known, and until when."""

    worker: str
    idempotency_key: str
    deadline: AwareDatetime


class Event(RecordedEvent, CanMutateAggregate[str]):
    """What all events of an execution share."""

    TOPIC: ClassVar[str] = "execution.event"


class Started(Event, CanInitAggregate[str]):
    """A runbook is being carried out for an incident."""

    TOPIC: ClassVar[str] = "execution.started"
    originator_topic: str
    incident_id: str
    pinned: Pinned
    parent: Parent | None
    depth: int


class OfStep(Event):
    """What all events of a step share."""

    TOPIC: ClassVar[str] = "execution.of_step"
    step: StepRef


class StepStarted(OfStep):
    """A worker claimed an automated step: its effect may happen from now on.

    `parameters` are as they came out of the templates; a secret in them is still `${NAME}`.
    """

    TOPIC: ClassVar[str] = "execution.step_started"
    attempt: int
    claim: Claimed
    parameters: dict[str, Any]


class RunbookBegun(OfStep):
    """The step's own runbook was started as an execution inside this one."""

    TOPIC: ClassVar[str] = "execution.runbook_begun"
    attempt: int
    execution_id: str
    runbook: str


class StepSucceeded(OfStep):
    """The step did what it is for; `output` is what later steps may use."""

    TOPIC: ClassVar[str] = "execution.step_succeeded"
    attempt: int
    output: dict[str, Any]


class StepFailed(OfStep):
    """An attempt failed, and its effect did not happen."""

    TOPIC: ClassVar[str] = "execution.step_failed"
    attempt: int
    why: str


class StepTimedOut(OfStep):
    """The step was not done in time, and its effect did not happen."""

    TOPIC: ClassVar[str] = "execution.step_timed_out"
    attempt: int
    why: str


class StepOutcomeUnknown(OfStep):
    """Nobody can tell whether the effect happened: a person has to find out and decide."""

    TOPIC: ClassVar[str] = "execution.step_outcome_unknown"
    attempt: int
    why: str


class StepRetried(OfStep):
    """The step is going to be tried once more, not before `not_before`.

    `anew`: under another idempotency key, as nothing came of what was tried under the last one.
    """

    TOPIC: ClassVar[str] = "execution.step_retried"
    attempt: int
    not_before: AwareDatetime
    anew: bool


class StepSkipped(OfStep):
    """The step is left out."""

    TOPIC: ClassVar[str] = "execution.step_skipped"
    why: str


class ApprovalAsked(OfStep):
    """Somebody other than `asker` has to approve the step before it starts."""

    TOPIC: ClassVar[str] = "execution.approval_asked"
    asker: str


class ApprovalGranted(OfStep):
    """The step may start."""

    TOPIC: ClassVar[str] = "execution.approval_granted"


class ApprovalRefused(OfStep):
    """The step may not start: it waits for somebody to skip it, to ask again, or to abort."""

    TOPIC: ClassVar[str] = "execution.approval_refused"


class TaskAssigned(OfStep):
    """A person is asked to do the step, and to state what is in `needs`."""

    TOPIC: ClassVar[str] = "execution.task_assigned"
    attempt: int
    assignee: str | None
    instructions: str
    needs: tuple[str, ...]
    deadline: AwareDatetime | None


class TaskCompleted(OfStep):
    """A person did the step; `output` is what they stated."""

    TOPIC: ClassVar[str] = "execution.task_completed"
    output: dict[str, Any]
    note: str


class Escalated(OfStep):
    """The step failed for good: the execution rests until a person retries, skips or aborts."""

    TOPIC: ClassVar[str] = "execution.escalated"
    why: str


class Paused(Event):
    """No further step starts."""

    TOPIC: ClassVar[str] = "execution.paused"


class Resumed(Event):
    """Steps start again."""

    TOPIC: ClassVar[str] = "execution.resumed"


class Aborted(Event):
    """The execution ended before its runbook did."""

    TOPIC: ClassVar[str] = "execution.aborted"
    why: str


class Completed(Event):
    """Every step is done; if `review` is asked for, one of `reviewers` has to look at it."""

    TOPIC: ClassVar[str] = "execution.completed"
    review: bool
    reviewers: tuple[str, ...]


class Reviewed(Event):
    """Somebody looked at what was done, and stands for it."""

    TOPIC: ClassVar[str] = "execution.reviewed"
    note: str
