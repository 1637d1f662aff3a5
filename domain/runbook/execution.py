"""The execution of a runbook: an aggregate whose state is what its events say.

What may be decided about it stands in `by_worker` and `by_person`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from eventsourcing.domain import BaseAggregate, event

from domain.provenance import Act
from domain.runbook import events
from domain.runbook.course import Move, next_move
from domain.runbook.errors import ExecutionEndedError, ExecutionError
from domain.runbook.events import Claimed, Parent, Pinned, StepRef
from domain.runbook.progress import UNDECIDED, Progress
from domain.runbook.step import Step


@dataclass(frozen=True, slots=True)
class Inside:
    """Inside which execution, and how deep, another one runs."""

    parent: Parent
    depth: int


class RunbookExecution(BaseAggregate[str]):
    """A runbook being carried out for an incident. Appliers only assign."""

    TOPIC = "execution"

    Event = events.Event
    Started = events.Started
    StepStarted = events.StepStarted
    RunbookBegun = events.RunbookBegun
    StepSucceeded = events.StepSucceeded
    StepFailed = events.StepFailed
    StepTimedOut = events.StepTimedOut
    StepOutcomeUnknown = events.StepOutcomeUnknown
    StepRetried = events.StepRetried
    StepSkipped = events.StepSkipped
    ApprovalAsked = events.ApprovalAsked
    ApprovalGranted = events.ApprovalGranted
    ApprovalRefused = events.ApprovalRefused
    TaskAssigned = events.TaskAssigned
    TaskCompleted = events.TaskCompleted
    Escalated = events.Escalated
    Paused = events.Paused
    Resumed = events.Resumed
    Aborted = events.Aborted
    Completed = events.Completed
    Reviewed = events.Reviewed

    # Asking.

    @property
    def status(self) -> str:
        """Where it stands: running, paused, undecided, in_review, completed or aborted."""
        if self.ended:
            return self.ended
        if self.is_paused:
            return "paused"
        current = self.current_step
        undecided = current is not None and self.progress[current.id].status in UNDECIDED
        return "undecided" if undecided else "running"

    @property
    def current_step(self) -> Step | None:
        """The first step that is not done with."""
        return next((s for s in self.runbook.steps if not self.progress[s.id].is_final), None)

    def step(self, step_id: str) -> Step:
        """Find a step; raises ExecutionError for one that the runbook does not have."""
        found = next((each for each in self.runbook.steps if each.id == step_id), None)
        if found is None:
            known = ", ".join(each.id for each in self.runbook.steps)
            msg = f"{self.id} has no step {step_id}; it has {known}"
            raise ExecutionError(msg)
        return found

    def next_move(self, scope: Mapping[str, Any], now: datetime) -> Move:
        """Say what comes next; an execution that rests or has ended waits."""
        if self.status != "running":
            return Move("wait", why=self.status)
        return next_move(self.runbook.steps, self.progress, scope, now)

    def refuse_if_over(self) -> None:
        """Raise ExecutionEndedError if no further step can happen."""
        if self.ended:
            msg = f"{self.id} is {self.ended.replace('_', ' ')}: nothing more happens in it"
            raise ExecutionEndedError(msg)

    # Recording.

    @classmethod
    def start(
        cls,
        execution_id: str,
        incident_id: str,
        pinned: Pinned,
        act: Act,
        inside: Inside | None = None,
    ) -> RunbookExecution:
        """Begin to carry out a runbook for an incident, by itself or inside another execution."""
        return cls._create(
            cls.Started,
            id=execution_id,
            incident_id=incident_id,
            pinned=pinned,
            parent=inside.parent if inside else None,
            depth=inside.depth if inside else 1,
            provenance=act.provenance,
            timestamp=act.at,
        )

    def record(self, event_class: type[events.Event], act: Act, **fields: Any) -> None:
        """Record what was decided about the execution as a whole."""
        self.trigger_event(event_class, provenance=act.provenance, timestamp=act.at, **fields)

    def record_of(
        self, event_class: type[events.OfStep], step_id: str, act: Act, **fields: Any
    ) -> None:
        """Record what was decided about a step."""
        step = self.step(step_id)
        self.record(event_class, act, step=StepRef(id=step.id, name=step.name), **fields)

    # Applying.

    @event(Started)
    def __init__(
        self, incident_id: str, pinned: Pinned, parent: Parent | None, depth: int, provenance: Any
    ) -> None:
        self.incident_id = incident_id
        self.pinned = pinned
        self.runbook = pinned.runbook
        self.parent = parent
        self.depth = depth
        self.started_by = provenance.actor
        self.progress: dict[str, Progress] = {step.id: Progress() for step in pinned.runbook.steps}
        self.is_paused = False
        self.ended = ""
        self.reviewed_by = ""

    def _now(self, step: StepRef, **changes: Any) -> None:
        self.progress = {**self.progress, step.id: replace(self.progress[step.id], **changes)}

    @event(StepStarted)
    def _step_started(
        self, step: StepRef, attempt: int, claim: Claimed, parameters: dict[str, Any]
    ) -> None:
        self._now(
            step, status="running", attempt=attempt, worker=claim.worker, until=claim.deadline,
            idempotency_key=claim.idempotency_key, parameters=parameters, why="",
        )  # fmt: skip

    @event(RunbookBegun)
    def _runbook_begun(self, step: StepRef, attempt: int, execution_id: str) -> None:
        self._now(step, status="running", attempt=attempt, inside=execution_id, until=None, why="")

    @event(StepSucceeded)
    def _step_succeeded(self, step: StepRef, output: dict[str, Any]) -> None:
        self._now(step, status="succeeded", output=output, until=None, why="")

    @event(StepFailed)
    def _step_failed(self, step: StepRef, why: str) -> None:
        self._now(step, status="failed", until=None, why=why)

    @event(StepTimedOut)
    def _step_timed_out(self, step: StepRef, why: str) -> None:
        self._now(step, status="failed", until=None, why=why)

    @event(StepOutcomeUnknown)
    def _step_outcome_unknown(self, step: StepRef, why: str) -> None:
        self._now(step, status="unknown", until=None, why=why)

    @event(StepRetried)
    def _step_retried(self, step: StepRef, not_before: datetime, anew: bool) -> None:
        number = self.progress[step.id].key_number + anew
        self._now(step, status="resting", until=not_before, key_number=number)

    @event(StepSkipped)
    def _step_skipped(self, step: StepRef, why: str) -> None:
        self._now(step, status="skipped", until=None, why=why)

    @event(ApprovalAsked)
    def _approval_asked(self, step: StepRef) -> None:
        self._now(step, status="asked", until=None)

    @event(ApprovalGranted)
    def _approval_granted(self, step: StepRef) -> None:
        self._now(step, status="approved", approved=True)

    @event(ApprovalRefused)
    def _approval_refused(self, step: StepRef, provenance: Any) -> None:
        self._now(step, status="refused", why=provenance.reason)

    @event(TaskAssigned)
    def _task_assigned(
        self, step: StepRef, attempt: int, needs: tuple[str, ...], deadline: datetime | None
    ) -> None:
        self._now(step, status="assigned", attempt=attempt, needs=needs, until=deadline, why="")

    @event(TaskCompleted)
    def _task_completed(self, step: StepRef, output: dict[str, Any]) -> None:
        self._now(step, status="succeeded", output=output, until=None, why="")

    @event(Escalated)
    def _escalated(self, step: StepRef, why: str) -> None:
        self._now(step, status="held", why=why)

    @event(Paused)
    def _paused(self) -> None:
        self.is_paused = True

    @event(Resumed)
    def _resumed(self) -> None:
        self.is_paused = False

    @event(Aborted)
    def _aborted(self) -> None:
        self.ended = "aborted"

    @event(Completed)
    def _completed(self, review: bool) -> None:
        self.ended = ("completed", "in_review")[review]

    @event(Reviewed)
    def _reviewed(self, provenance: Any) -> None:
        self.ended = "completed"
        self.reviewed_by = provenance.actor.name
