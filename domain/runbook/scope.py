"""What templates and conditions of a runbook may ask about: plain data, and nothing else."""

from collections.abc import Mapping
from typing import Any

from domain.incident.incident import Incident
from domain.runbook.execution import RunbookExecution
from domain.runbook.progress import Progress
from domain.runbook.step import Step


def scope_of(incident: Incident, execution: RunbookExecution) -> dict[str, Any]:
    """Give what is known to a step: `incident`, `runbook`, `execution` and `steps`."""
    return {
        "incident": incident_scope(incident),
        "runbook": {
            "id": execution.runbook.id,
            "name": execution.runbook.name,
            "completed_steps": _completed(execution),
        },
        "execution": {"id": execution.id, "started_by": execution.started_by.name},
        "steps": {
            step.id: _step(step.name, execution.progress[step.id])
            for step in execution.runbook.steps
        },
    }


def incident_scope(incident: Incident) -> dict[str, Any]:
    """Give what is known of an incident."""
    found = incident.diagnosis
    return {
        "id": incident.id,
        "severity": incident.severity.value,
        "status": incident.status,
        "category": found.category,
        "source": found.source,
        "key": found.key,
        "detected_at": found.detected_at.isoformat(),
        "rule": {"id": found.rule.id, "name": found.rule.name},
        "labels": found.labels,
        "facts": incident.facts.model_dump(),
        "context": found.context,
    }


def unmet(step: Step, variables: set[str], scope: Mapping[str, Any]) -> list[str]:
    """Name the variables of a step that can never have a value, before any step has run.

    What earlier steps will give is not known yet. A step with a condition may never run, and one
    that may fail without harm may fail for this, too.
    """
    if step.when or step.on_failure == "continue":
        return []
    return sorted(each for each in variables if _can_be_known(each) and not _is_there(each, scope))


def _can_be_known(path: str) -> bool:
    return path.split(".", 1)[0] != "steps"


def _is_there(path: str, scope: Any) -> bool:
    for segment in path.split("."):
        if not isinstance(scope, Mapping):
            # What lies inside a list, or inside a text, only the template itself can tell.
            return True
        if segment not in scope:
            return False
        scope = scope[segment]
    return True


def _completed(execution: RunbookExecution) -> list[dict[str, str]]:
    progress = execution.progress
    return [
        {"id": step.id, "name": step.name}
        for step in execution.runbook.steps
        if progress[step.id].status == "succeeded"
    ]


def _step(name: str, progress: Progress) -> dict[str, Any]:
    return {"name": name, "status": progress.status, "output": progress.output}
