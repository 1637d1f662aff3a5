"""`tocsin init`: the shipped configuration, written out for editing."""

import os
import shlex
import shutil
import tempfile
from pathlib import Path

import click

from infrastructure.cli.commanding import Command, with_examples
from infrastructure.cli.failures import RefusedError
from infrastructure.cli.output import counted, say
from infrastructure.cli.texts import safe
from infrastructure.settings import CONFIG, SHIPPED

SAMPLE = "sample"


@with_examples("tocsin init /etc/tocsin", "tocsin init my-config && tocsin rules check my-config")
@click.command(cls=Command)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Write the shipped rules, sources and severity levels into the new folder DIR.

    Nothing is ever overwritten: DIR must not exist, or be empty.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        msg = f"{folder}: there is something already, and nothing is overwritten"
        raise RefusedError(msg, "Name a folder that does not exist, or an empty one.")
    folder.absolute().parent.mkdir(parents=True, exist_ok=True)
    _write(folder)
    files = sum(path.is_file() for path in folder.rglob("*"))
    shown = safe(shlex.quote(str(folder)))
    say(
        f"Wrote {counted(files, 'file')} to {safe(folder)}. Edit them, then:",
        f"    tocsin rules check {shown}",
        f"    export {CONFIG}={shown}",
    )


def _write(folder: Path) -> None:
    """Write all files or, if that fails half-way, none."""
    beside = Path(tempfile.mkdtemp(prefix=".tocsin-init-", dir=folder.absolute().parent))
    try:
        leave = shutil.ignore_patterns(SAMPLE, "__pycache__", "*.py")
        shutil.copytree(SHIPPED, beside / "new", ignore=leave)
        (beside / "new").replace(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    os.utime(folder)
