"""Makes a runbook, in YAML, of a playbook: what maps as it is, the rest as notes in comments."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infrastructure.cacao.conversion import Conversion
from infrastructure.cacao.drafts import Notes
from infrastructure.cacao.findings import Finding, InvalidPlaybookError, NoCounterpartError
from infrastructure.cacao.flow import Flow
from infrastructure.cacao.leftovers import leftovers
from infrastructure.cacao.playbook import Playbook
from infrastructure.cacao.reading import read_playbook
from infrastructure.cacao.writing import runbook_text
from infrastructure.configuration.mistakes import shorten

_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class ImportedRunbook:
    """A runbook made of a playbook: its id, its YAML, and what is different from the playbook."""

    id: str
    text: str
    notes: tuple[Finding, ...]


def import_playbook(path: Path) -> ImportedRunbook:
    """Make a runbook of a file; raises InvalidPlaybookError, NoCounterpartError or OSError."""
    return runbook_from(read_playbook(path), path.name)


def runbook_from(playbook: Playbook, file: str) -> ImportedRunbook:
    """Make a runbook of a playbook; raises InvalidPlaybookError or NoCounterpartError.

    Refused is what would do something else than the playbook: a command or condition without
    counterpart, steps that repeat. What only says something about it is noted.
    """
    if playbook.revoked:
        raise InvalidPlaybookError([Finding(("revoked",), "its author has revoked it")])
    flow, notes = Flow(playbook), Notes()
    if cycles := flow.cycles():
        raise NoCounterpartError(cycles)
    for finding in leftovers(playbook, flow):
        notes.note(finding)
    conversion = Conversion(playbook, flow, notes)
    conversion.run()
    if not conversion.steps and not notes.problems:
        notes.problem(Finding(("workflow",), "does nothing, and a runbook has at least one step"))
    if notes.problems:
        raise NoCounterpartError(notes.problems)
    found = tuple(notes.notes)
    introduction = f"Made of the CACAO 2.0 playbook {playbook.id} ({file})."
    text = runbook_text(_runbook(playbook, conversion), introduction, found, conversion.origins)
    return ImportedRunbook(playbook.id, text, found)


def _runbook(playbook: Playbook, conversion: Conversion) -> dict[str, Any]:
    described = {"description": playbook.description} if playbook.description else {}
    return {
        "id": playbook.id,
        "name": shorten(playbook.name, _LONGEST_NAME),
        **described,
        "steps": conversion.steps,
    }
