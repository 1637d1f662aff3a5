"""CACAO playbooks in the making, for tests; every id is as short as it can be."""

import json
from collections.abc import Sequence
from typing import Any

from domain.runbook.runbook import Runbook
from infrastructure.cacao.importer import ImportedRunbook, runbook_from
from infrastructure.cacao.reading import playbook_of
from infrastructure.configuration.runbooks.files import runbook_of_text


def action(after: str | None = "end--1", *commands: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Make an action, by default one that a person does."""
    written = commands or ({"type": "manual", "command": "Do it."},)
    step = {"type": "action", "agent": "person--1", "commands": list(written), **more}
    return {**step, "on_completion": after} if after else step


def http(line: str = "GET https://x.test/a", **more: Any) -> dict[str, Any]:
    """Make a command that is a request."""
    return {"type": "http-api", "command": line, **more}


def a_playbook(workflow: dict[str, Any], /, **more: Any) -> dict[str, Any]:
    """Make a playbook that starts with the first step of its workflow."""
    return {
        "type": "playbook",
        "spec_version": "cacao-2.0",
        "id": "playbook--1",
        "name": "A Playbook",
        "created_by": "identity--1",
        "created": "2026-03-01T00:00:00Z",
        "modified": "2026-03-01T00:00:00Z",
        "agent_definitions": {"person--1": {"type": "soarca", "name": "someone"}},
        "workflow_start": "start--1",
        "workflow": {
            "start--1": {"type": "start", "on_completion": next(iter(workflow), "end--1")},
            **workflow,
            "end--1": {"type": "end"},
        },
        **more,
    }


def imported(workflow: dict[str, Any], /, **more: Any) -> ImportedRunbook:
    """Import a playbook of these steps."""
    return runbook_from(playbook_of(json.dumps(a_playbook(workflow, **more)).encode()), "p.json")


def runbook_in(found: ImportedRunbook) -> Runbook:
    """Read what was made, as `tocsin` will."""
    (written,), mistakes = runbook_of_text(found.text, "runbook.yaml")
    assert mistakes == [], mistakes
    assert written.runbook is not None
    return written.runbook


def steps_of(workflow: dict[str, Any], /, **more: Any) -> Sequence[dict[str, Any]]:
    """Import a playbook, and give the steps of the runbook as they are written."""
    runbook = runbook_in(imported(workflow, **more))
    return [
        step.model_dump(mode="json", by_alias=True, exclude_defaults=True) for step in runbook.steps
    ]


def notes_of(workflow: dict[str, Any], /, **more: Any) -> list[str]:
    """Import a playbook, and give what is noted of its steps and variables."""
    return [
        text
        for text in map(str, imported(workflow, **more).notes)
        if not text.startswith(("$.created", "$.modified", "$.agent_definitions"))
    ]
