"""Runbooks, incidents and executions for tests, with fixed times and ids."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.detection.detector import Opened
from domain.detection.diagnosing import diagnose
from domain.incident.incident import Incident
from domain.provenance import Act, Actor, Cause, Provenance
from domain.runbook.events import Pinned
from domain.runbook.execution import RunbookExecution
from domain.runbook.runbook import Runbook
from tests.support.histories import POLICY, example_rule, example_signal

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
INCIDENT = "INC-20260301-EXAMPL"
EXECUTION = "RUN-EXAMPL-AAAAAAAA"


def automated(step_id: str = "scan", **more: Any) -> dict[str, Any]:
    """An automated step as it is written."""
    return {
        "id": step_id, "name": step_id.title(), "type": "automated", "action": "credential_scan",
        **more,
    }  # fmt: skip


def manual(step_id: str = "rotate", **more: Any) -> dict[str, Any]:
    """A manual step as it is written."""
    return {
        "id": step_id,
        "name": step_id.title(),
        "type": "manual",
        "instructions": "Do it.",
        **more,
    }


def inner(step_id: str, runbook: str, **more: Any) -> dict[str, Any]:
    """A step that runs another runbook, as it is written."""
    return {"id": step_id, "name": step_id.title(), "type": "runbook", "runbook": runbook, **more}


def a_runbook(*steps: dict[str, Any], runbook_id: str = "runbook-1", **more: Any) -> Runbook:
    """A runbook of these steps."""
    return Runbook.model_validate(
        {"id": runbook_id, "name": f"The {runbook_id}", "steps": list(steps), **more}
    )


def pinned(runbook: Runbook, *others: Runbook) -> Pinned:
    """A runbook with those that run inside it."""
    return Pinned(digest=runbook.digest, runbook=runbook, inner={each.id: each for each in others})


def act(seconds: float = 0, *, by: str = "", reason: str = "") -> Act:
    """What a person does, or else a worker, so many seconds after the start."""
    actor = Actor.person(by) if by else Actor(kind="system", name="worker-1")
    provenance = Provenance(
        actor=actor,
        cause=Cause(kind="command", id="command-1"),
        correlation=INCIDENT,
        reason=reason,
    )
    return Act(provenance, START + timedelta(seconds=seconds))


def an_incident(incident_id: str = INCIDENT, **context: Any) -> Incident:
    """An incident that was just detected, with a context."""
    signals = (example_signal(1), example_signal(2))
    opened = Opened(example_rule(), '"192.0.2.1"', incident_id, signals[1], 2, signals, 0)
    found = diagnose(opened, "audit", POLICY).model_copy(update={"context": context})
    return Incident.detect(incident_id, found, act().provenance, START)


def started(*steps: dict[str, Any], by: str = "", **more: Any) -> RunbookExecution:
    """An execution that was just started."""
    runbook = a_runbook(*(steps or (automated(),)), **more)
    return RunbookExecution.start(EXECUTION, INCIDENT, pinned(runbook), act(by=by))


Deed = Callable[[RunbookExecution], None]


def new_events(execution: RunbookExecution, deed: Deed) -> list[str]:
    """Do something to an execution, and name the events that this recorded."""
    before = len(execution.pending_events)
    deed(execution)
    return [type(each).__name__ for each in list(execution.pending_events)[before:]]
