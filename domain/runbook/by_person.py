"""What a person decides about an execution: each checks everything, then records it."""

from collections.abc import Collection
from typing import Any

from domain.provenance import Act
from domain.runbook.errors import NotAllowedError, NotStatedError, NotWaitingError
from domain.runbook.execution import RunbookExecution
from domain.runbook.progress import UNDECIDED, Progress

_MAY_BE_SKIPPED = UNDECIDED | {"pending", "asked", "approved", "assigned", "resting"}
_MAY_BE_DONE = UNDECIDED | {"assigned"}


def grant(execution: RunbookExecution, step_id: str, act: Act) -> None:
    """Approve a step; raises NotAllowedError for who started the execution."""
    _asked(execution, step_id)
    asker = execution.started_by
    if asker.kind == "person" and asker.name == act.provenance.actor.name:
        msg = f"{asker.name} started {execution.id}: somebody else has to approve {step_id}"
        raise NotAllowedError(msg)
    execution.record_of(RunbookExecution.ApprovalGranted, step_id, act)


def refuse(execution: RunbookExecution, step_id: str, act: Act) -> None:
    """Refuse to approve a step; it then waits to be asked for again, skipped, or aborted."""
    _asked(execution, step_id)
    execution.record_of(RunbookExecution.ApprovalRefused, step_id, act)


def complete_task(
    execution: RunbookExecution, step_id: str, stated: dict[str, Any], note: str, act: Act
) -> None:
    """Say that a step is done, also one that failed or whose outcome nobody knew.

    Raises NotStatedError, with all that is missing or unknown, unless `stated` is what is needed.
    """
    now = _among(execution, step_id, _MAY_BE_DONE, "be done by a person")
    missing = [name for name in now.needs if name not in stated]
    unknown = [name for name in stated if now.status == "assigned" and name not in now.needs]
    if missing or unknown:
        needs = f"it needs {', '.join(now.needs)}" if now.needs else "it needs nothing stated"
        wrong = [f"{name} is missing" for name in missing]
        wrong += [f"{name} is not asked for" for name in unknown]
        msg = f"{step_id} of {execution.id}: {'; '.join(wrong)} ({needs})"
        raise NotStatedError(msg)
    execution.record_of(RunbookExecution.TaskCompleted, step_id, act, output=stated, note=note)


def skip(execution: RunbookExecution, step_id: str, why: str, act: Act) -> None:
    """Leave a step out."""
    _among(execution, step_id, _MAY_BE_SKIPPED, "be skipped")
    execution.record_of(RunbookExecution.StepSkipped, step_id, act, why=why)


def retry(execution: RunbookExecution, step_id: str, act: Act) -> None:
    """Try a step again that failed, was refused, or whose outcome nobody knows.

    Where nobody knows, the idempotency key stays: a server that did it will not do it again.
    """
    now = _among(execution, step_id, UNDECIDED | {"resting"}, "be tried again")
    execution.record_of(
        RunbookExecution.StepRetried,
        step_id,
        act,
        attempt=now.attempt + 1,
        not_before=act.at,
        anew=now.status == "held",
    )


def abort(execution: RunbookExecution, why: str, act: Act) -> None:
    """End the execution; what a running step comes to is still recorded."""
    execution.refuse_if_over()
    execution.record(RunbookExecution.Aborted, act, why=why)


def pause(execution: RunbookExecution, act: Act) -> None:
    """Let no further step start; one that is running goes on to its end."""
    execution.refuse_if_over()
    if execution.is_paused:
        msg = f"{execution.id} is paused already"
        raise NotWaitingError(msg)
    execution.record(RunbookExecution.Paused, act)


def resume(execution: RunbookExecution, act: Act) -> None:
    """Let steps start again."""
    execution.refuse_if_over()
    if not execution.is_paused:
        msg = f"{execution.id} is not paused"
        raise NotWaitingError(msg)
    execution.record(RunbookExecution.Resumed, act)


def review(execution: RunbookExecution, names: Collection[str], note: str, act: Act) -> None:
    """Stand for what was done; `names` are all that stand for the reviewer."""
    if execution.ended != "in_review":
        msg = f"{execution.id} does not wait for a review: it is {execution.status}"
        raise NotWaitingError(msg)
    reviewers = execution.runbook.completion.reviewers
    if reviewers and not set(names) & set(reviewers):
        msg = f"{execution.id} has to be reviewed by {' or '.join(reviewers)}"
        raise NotAllowedError(msg)
    execution.record(RunbookExecution.Reviewed, act, note=note)


def _asked(execution: RunbookExecution, step_id: str) -> Progress:
    return _among(execution, step_id, frozenset({"asked"}), "be approved or refused")


def _among(
    execution: RunbookExecution, step_id: str, statuses: Collection[str], what: str
) -> Progress:
    execution.refuse_if_over()
    now = execution.progress[execution.step(step_id).id]
    current = execution.current_step
    if now.status not in statuses or current is None or current.id != step_id:
        msg = f"{step_id} of {execution.id} cannot {what}: it is {now.status.replace('_', ' ')}"
        raise NotWaitingError(msg)
    return now
