"""Every execution of a runbook as it stands now, and what in it waits for a person."""

from application.log import Record
from application.projections.aggregate_rows import Change, State, aggregate_rows
from application.projections.projection import Row, Rows

TABLE = "executions"


def _started(record: Record, rows: Rows) -> None:
    state = record.state
    pinned, parent = state.pinned, state.parent
    row: Row = {
        "id": record.originator_id,
        "incident_id": state.incident_id,
        "runbook_id": pinned.runbook.id,
        "runbook_name": pinned.runbook.name,
        "digest": pinned.digest,
        "parent": None if parent is None else parent.execution_id,
        "started_by": state.provenance.actor.name,
        "started_at": state.timestamp,
        "updated_at": state.timestamp,
        "ended_at": None,
        "status": "running",
        "step_ids": "\n".join(step.id for step in pinned.runbook.steps),
        "steps": len(pinned.runbook.steps),
        "steps_done": 0,
        "step_id": None,
        "step_name": None,
        "version": record.version,
        "position": record.position,
    }
    _wait_for_nobody(row)
    rows.put(TABLE, record.originator_id, row)


def _wait_for_nobody(row: Row) -> None:
    row["waiting"] = row["waiting_since"] = row["deadline"] = None
    row["waiting_for"] = []
    row["instructions"] = row["why"] = ""


def _wait(row: Row, what: str, for_whom: list[str]) -> None:
    _wait_for_nobody(row)
    row["waiting"], row["waiting_for"], row["waiting_since"] = what, for_whom, row["updated_at"]


def _stand_at(state: State, row: Row) -> None:
    row["step_id"], row["step_name"] = state.step.id, state.step.name


def _goes_on(state: State, row: Row) -> None:
    _stand_at(state, row)
    _wait_for_nobody(row)
    row["steps_done"] = _before(row, state.step.id)


def _done(state: State, row: Row) -> None:
    _stand_at(state, row)
    _wait_for_nobody(row)
    row["steps_done"] = _before(row, state.step.id) + 1


def _failed(state: State, row: Row) -> None:
    # Done with, unless what follows says that it is tried again or waits for a decision.
    _done(state, row)
    row["why"] = state.why


def _before(row: Row, step_id: str) -> int:
    """Count the steps before one: they are taken in order, so all of these are done with."""
    return str(row["step_ids"]).split("\n").index(step_id)


def _undecided(state: State, row: Row) -> None:
    _goes_on(state, row)
    _wait(row, "decision", [])
    row["why"] = getattr(state, "why", "") or state.provenance.reason


def _asked(state: State, row: Row) -> None:
    _stand_at(state, row)
    _wait(row, "approval", [])


def _assigned(state: State, row: Row) -> None:
    _stand_at(state, row)
    _wait(row, "task", [state.assignee] if state.assignee else [])
    row["deadline"] = state.deadline
    row["instructions"] = state.instructions


def _paused(state: State, row: Row) -> None:
    del state
    row["status"] = "paused"


def _resumed(state: State, row: Row) -> None:
    del state
    row["status"] = "running"


def _aborted(state: State, row: Row) -> None:
    _end(row, "aborted")
    row["why"] = state.why


def _completed(state: State, row: Row) -> None:
    _end(row, "completed")
    if state.review:
        row["status"] = "in_review"
        _wait(row, "review", list(state.reviewers))


def _reviewed(state: State, row: Row) -> None:
    del state
    row["status"] = "completed"
    _wait_for_nobody(row)


def _end(row: Row, status: str) -> None:
    row["status"] = status
    row["ended_at"] = row["updated_at"]
    row["step_id"] = row["step_name"] = None
    _wait_for_nobody(row)


_CHANGES: dict[str, Change] = {
    "execution.step_started": _goes_on,
    "execution.runbook_begun": _goes_on,
    "execution.step_succeeded": _done,
    "execution.step_failed": _failed,
    "execution.step_timed_out": _failed,
    "execution.step_outcome_unknown": _undecided,
    "execution.step_retried": _goes_on,
    "execution.step_skipped": _done,
    "execution.approval_asked": _asked,
    "execution.approval_granted": _goes_on,
    "execution.approval_refused": _undecided,
    "execution.task_assigned": _assigned,
    "execution.task_completed": _done,
    "execution.escalated": _undecided,
    "execution.paused": _paused,
    "execution.resumed": _resumed,
    "execution.aborted": _aborted,
    "execution.completed": _completed,
    "execution.reviewed": _reviewed,
}


EXECUTIONS = aggregate_rows(TABLE, ("execution.started", _started), _CHANGES)
