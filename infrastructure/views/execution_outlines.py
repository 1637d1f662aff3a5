"""What views read of each event of an execution, and no more."""

from msgspec import Struct

from infrastructure.views import outline


class Provenance(outline.Provenance, gc=False):
    """Who, why, and of which incident."""

    correlation: str
    reason: str = ""


class Happened(outline.Outline, gc=False):
    """An event of an execution as a whole."""

    provenance: Provenance


class Ref(Struct, gc=False):
    """A step."""

    id: str
    name: str = ""


class Runbook(Struct, gc=False):
    """The runbook that is carried out."""

    id: str
    name: str
    steps: list[Ref]


class Pinned(Struct, gc=False):
    """The runbook as it was when the execution started."""

    digest: str
    runbook: Runbook


class Parent(Struct, gc=False):
    """The execution inside which another one runs."""

    execution_id: str


class Started(Happened, gc=False):
    """`execution.started`."""

    incident_id: str
    pinned: Pinned
    parent: Parent | None


class OfStep(Happened, gc=False):
    """An event of a step, of which no more is read."""

    step: Ref


class WithReason(OfStep, gc=False):
    """An event of a step that says why it happened."""

    why: str


class TaskAssigned(OfStep, gc=False):
    """`execution.task_assigned`."""

    assignee: str | None
    instructions: str
    deadline: str | None


class Aborted(Happened, gc=False):
    """`execution.aborted`."""

    why: str


class Completed(Happened, gc=False):
    """`execution.completed`."""

    review: bool
    reviewers: list[str]


EXECUTION_OUTLINES: dict[str, type[Struct]] = {
    "execution.started": Started,
    "execution.step_started": OfStep,
    "execution.runbook_begun": OfStep,
    "execution.step_succeeded": OfStep,
    "execution.step_failed": WithReason,
    "execution.step_timed_out": WithReason,
    "execution.step_outcome_unknown": WithReason,
    "execution.step_retried": OfStep,
    "execution.step_skipped": OfStep,
    "execution.approval_asked": OfStep,
    "execution.approval_granted": OfStep,
    "execution.approval_refused": OfStep,
    "execution.task_assigned": TaskAssigned,
    "execution.task_completed": OfStep,
    "execution.escalated": WithReason,
    "execution.paused": Happened,
    "execution.resumed": Happened,
    "execution.aborted": Aborted,
    "execution.completed": Completed,
    "execution.reviewed": Happened,
}
"""What is read of each type of event of an execution."""
