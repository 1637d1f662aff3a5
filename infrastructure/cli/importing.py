"""Brings playbooks of others in, and says why one cannot be."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from infrastructure.cli.failures import BadInputError, RefusedError
from infrastructure.cli.texts import safe

if TYPE_CHECKING:
    from infrastructure.cacao.importer import ImportedRunbook


def imported(path: Path) -> "ImportedRunbook":
    """Make a runbook of a playbook; refuses one that is not valid, or that does not map."""
    from infrastructure.cacao.findings import InvalidPlaybookError, NoCounterpartError
    from infrastructure.cacao.importer import import_playbook

    try:
        return import_playbook(path)
    except InvalidPlaybookError as error:
        msg = f"{path} is no valid CACAO 2.0 playbook:"
        raise BadInputError(msg, *map(_line, error.findings)) from None
    except NoCounterpartError as error:
        msg = f"{path} does what no runbook can do:"
        raise RefusedError(msg, *map(_line, error.findings)) from None


def written(found: "ImportedRunbook", folder: Path) -> Path:
    """Write a runbook into a folder, as a file named after its id; refuses to overwrite one."""
    path = folder / f"{found.id}.yaml"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as file:
            file.write(found.text.encode())
    except FileExistsError:
        msg = f"{safe(path)}: there is such a file already, and nothing is overwritten"
        raise RefusedError(msg, "Move it away, or name another folder.") from None
    return path


def _line(finding: object) -> str:
    return f"  {finding}"
