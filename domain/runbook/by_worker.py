"""What a worker decides about an execution: each checks everything, then records it."""

from dataclasses import dataclass
from typing import Any

from domain.duration import parse_duration
from domain.provenance import Act
from domain.runbook.course import consequence
from domain.runbook.errors import ExecutionError, LostClaimError, NotWaitingError
from domain.runbook.events import Claimed, Parent, Pinned
from domain.runbook.execution import Inside, RunbookExecution
from domain.runbook.progress import Progress
from domain.runbook.runbook import DEEPEST
from domain.runbook.step import AutomatedStep, ManualStep, Step, SubRunbookStep

_STARTS_FROM = frozenset({"pending", "approved", "resting"})


@dataclass(frozen=True, slots=True)
class Claim:
    """Which worker makes an attempt, and with which parameters."""

    worker: str
    parameters: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an attempt failed; `passing`: trying again may help; `late`: its time was up."""

    why: str
    passing: bool = False
    late: bool = False


def claim(execution: RunbookExecution, step_id: str, claimed: Claim, act: Act) -> None:
    """Start the next attempt at an automated step: its effect may happen from here on."""
    before = _startable(execution, execution.step(step_id))
    _start(execution, step_id, before.attempt + 1, claimed, act)


def take_over(execution: RunbookExecution, step_id: str, worker: str, act: Act) -> None:
    """Perform an attempt again, under its own key, that a worker began and did not live to end."""
    now = _running(execution, step_id)
    _start(execution, step_id, now.attempt, Claim(worker, now.parameters), act)


def begin_inner(
    execution: RunbookExecution, step_id: str, execution_id: str, act: Act
) -> RunbookExecution:
    """Begin a step's own runbook as an execution inside this one, and give it."""
    step = execution.step(step_id)
    before = _startable(execution, step)
    if not isinstance(step, SubRunbookStep):
        msg = f"{step_id} of {execution.id} is no step that runs another runbook"
        raise NotWaitingError(msg)
    depth = execution.depth + 1
    if depth > DEEPEST:
        msg = f"runbooks run inside one another, more than {DEEPEST} deep"
        raise ExecutionError(msg)
    runbook = execution.pinned.inner[step.runbook]
    pinned = Pinned(digest=runbook.digest, runbook=runbook, inner=execution.pinned.inner)
    execution.record_of(
        RunbookExecution.RunbookBegun, step_id, act,
        attempt=before.attempt + 1, execution_id=execution_id, runbook=runbook.id,
    )  # fmt: skip
    parent = Parent(execution_id=execution.id, step_id=step_id)
    return RunbookExecution.start(
        execution_id, execution.incident_id, pinned, act, Inside(parent, depth)
    )


def succeed(
    execution: RunbookExecution, step_id: str, attempt: int, output: dict[str, Any], act: Act
) -> None:
    """Record that an attempt did what it is for."""
    _counting(execution, step_id, attempt)
    execution.record_of(
        RunbookExecution.StepSucceeded, step_id, act, attempt=attempt, output=output
    )


def fail(
    execution: RunbookExecution, step_id: str, attempt: int, failure: Failure, act: Act
) -> None:
    """Record that an attempt failed, and what the step's author wants to follow from that."""
    _counting(execution, step_id, attempt)
    _fall(execution, step_id, attempt, failure, act)


def lose(execution: RunbookExecution, step_id: str, attempt: int, why: str, act: Act) -> None:
    """Record that nobody can tell what an attempt came to."""
    if _running(execution, step_id).attempt != attempt:
        msg = f"attempt {attempt} at {step_id} of {execution.id} counts no more"
        raise LostClaimError(msg)
    execution.record_of(RunbookExecution.StepOutcomeUnknown, step_id, act, attempt=attempt, why=why)


def refuse_to_start(execution: RunbookExecution, step_id: str, why: str, act: Act) -> None:
    """Record that a step cannot even begin, as when a template of its lacks a value."""
    before = _startable(execution, execution.step(step_id))
    _fall(execution, step_id, before.attempt + 1, Failure(why), act)


def hold(execution: RunbookExecution, why: str, act: Act) -> None:
    """Let an execution rest before its next step, as something in it can never work."""
    execution.refuse_if_over()
    current = execution.current_step
    if current is None or execution.progress[current.id].status not in _STARTS_FROM:
        msg = f"{execution.id} is not about to start a step"
        raise NotWaitingError(msg)
    execution.record_of(RunbookExecution.Escalated, current.id, act, why=why)


def skip(execution: RunbookExecution, step_id: str, why: str, act: Act) -> None:
    """Leave a step out that its author wants left out."""
    _startable(execution, execution.step(step_id))
    execution.record_of(RunbookExecution.StepSkipped, step_id, act, why=why)


def ask(execution: RunbookExecution, step_id: str, act: Act) -> None:
    """Ask for the approval of a step by somebody other than who started the execution."""
    _startable(execution, execution.step(step_id))
    asker = execution.started_by.name
    execution.record_of(RunbookExecution.ApprovalAsked, step_id, act, asker=asker)


def assign(execution: RunbookExecution, step_id: str, instructions: str, act: Act) -> None:
    """Ask a person to do a manual step."""
    step = execution.step(step_id)
    before = _startable(execution, step)
    if not isinstance(step, ManualStep):
        msg = f"{step_id} of {execution.id} is no manual step"
        raise NotWaitingError(msg)
    deadline = act.at + parse_duration(step.timeout) if step.timeout else None
    execution.record_of(
        RunbookExecution.TaskAssigned, step_id, act,
        attempt=before.attempt + 1, assignee=step.assignee, instructions=instructions,
        needs=step.outputs, deadline=deadline,
    )  # fmt: skip


def time_out(execution: RunbookExecution, step_id: str, why: str, act: Act) -> None:
    """Record that nobody did a manual step in time."""
    now = execution.progress[step_id]
    if now.status != "assigned" or now.until is None or act.at < now.until:
        msg = f"{step_id} of {execution.id} is not late"
        raise NotWaitingError(msg)
    _fall(execution, step_id, now.attempt, Failure(why, late=True), act)


def complete(execution: RunbookExecution, act: Act) -> None:
    """End an execution of which every step is done with."""
    execution.refuse_if_over()
    if execution.current_step is not None:
        msg = f"{execution.id} is not complete: {execution.current_step.id} is not done"
        raise NotWaitingError(msg)
    completion = execution.runbook.completion
    # What runs inside another execution is looked at together with that one.
    review = completion.require_review and execution.parent is None
    execution.record(RunbookExecution.Completed, act, review=review, reviewers=completion.reviewers)


def _running(execution: RunbookExecution, step_id: str) -> Progress:
    now = execution.progress[execution.step(step_id).id]
    if now.status != "running":
        msg = f"{step_id} of {execution.id} runs no more: it is {now.status}"
        raise LostClaimError(msg)
    return now


def _counting(execution: RunbookExecution, step_id: str, attempt: int) -> None:
    """Raise LostClaimError unless an attempt counts; a lost one may turn out to have lived on."""
    now = execution.progress[execution.step(step_id).id]
    if now.status not in {"running", "unknown"} or now.attempt != attempt:
        msg = f"attempt {attempt} at {step_id} of {execution.id} counts no more: it is {now.status}"
        raise LostClaimError(msg)


def _start(
    execution: RunbookExecution, step_id: str, attempt: int, claimed: Claim, act: Act
) -> None:
    step = execution.step(step_id)
    if not isinstance(step, AutomatedStep):
        msg = f"{step_id} of {execution.id} is no automated step"
        raise NotWaitingError(msg)
    number = execution.progress[step_id].key_number
    execution.record_of(
        RunbookExecution.StepStarted, step_id, act,
        attempt=attempt, parameters=claimed.parameters,
        claim=Claimed(
            worker=claimed.worker,
            idempotency_key=f"{execution.id}/{step_id}/{number}",
            deadline=act.at + step.longest,
        ),
    )  # fmt: skip


def _startable(execution: RunbookExecution, step: Step) -> Progress:
    execution.refuse_if_over()
    now = execution.progress[step.id]
    current = execution.current_step
    if current is None or current.id != step.id or now.status not in _STARTS_FROM:
        msg = f"{step.id} of {execution.id} cannot start: it is {now.status}"
        raise NotWaitingError(msg)
    return now


def _fall(
    execution: RunbookExecution, step_id: str, attempt: int, failure: Failure, act: Act
) -> None:
    made = RunbookExecution
    failed = made.StepTimedOut if failure.late else made.StepFailed
    execution.record_of(failed, step_id, act, attempt=attempt, why=failure.why)
    if execution.ended:
        return
    step = execution.step(step_id)
    follows = consequence(step, attempt, failure.passing, act.at)
    if follows.does == "retry":
        execution.record_of(
            made.StepRetried,
            step_id,
            act,
            attempt=attempt + 1,
            not_before=follows.at,
            anew=False,
        )
    elif follows.does == "escalate":
        execution.record_of(made.Escalated, step_id, act, why=failure.why)
    elif follows.does == "abort":
        execution.record(made.Aborted, act, why=f"{step.name} failed: {failure.why}")
