"""`tocsin demo`: a bundled log read through the shipped rules, and what to try next."""

import os
import shlex
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from infrastructure.cli.commanding import Command, with_examples
from infrastructure.cli.failures import RefusedError
from infrastructure.cli.output import heading, say
from infrastructure.cli.parameters import user
from infrastructure.cli.texts import safe
from infrastructure.settings import CONFIG, DATABASE, SHIPPED, Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.views import IncidentRow, Views
    from infrastructure.bootstrap import Tocsin

_MARK = "this-is-a-tocsin-demo"
_STORE = "tocsin.db"
_SAMPLES = ("audit.jsonl.gz", "audit.jsonl")
_SHOWN = 15
_CANDIDATES = 20


@with_examples("tocsin demo", "tocsin demo /tmp/try-tocsin")
@click.command(cls=Command)
@click.argument("folder", metavar="[DIR]", default="tocsin-demo", type=click.Path(path_type=Path))
def demo(folder: Path) -> None:
    """Read a bundled log through the shipped rules, and show what was found.

    The incidents go into the folder DIR, by default ./tocsin-demo; what an earlier demo left
    there is replaced, and nothing else is touched.
    """
    from infrastructure.cli.opened import opened

    sample = _sample()
    _fresh(folder)
    os.environ[DATABASE] = str(folder / _STORE)
    os.environ.pop(CONFIG, None)
    with opened(Settings.of()) as tocsin:
        _read(tocsin, sample)
        _show(tocsin.views, folder)


def _sample() -> Path:
    for name in _SAMPLES:
        path = SHIPPED / "sample" / name
        if path.is_file():
            return path
    msg = f"the bundled log is missing: {SHIPPED / 'sample' / _SAMPLES[0]}; install Tocsin again"
    raise RefusedError(msg)


def _fresh(folder: Path) -> None:
    """Make an empty folder, in place of an earlier demo's only."""
    if folder.exists() or folder.is_symlink():
        if not _is_demo(folder):
            msg = f"{folder}: there is something already that is no demo of Tocsin"
            raise RefusedError(msg, "Name another folder: tocsin demo DIR")
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    (folder / _MARK).touch()


def _is_demo(folder: Path) -> bool:
    if folder.is_symlink() or not folder.is_dir():
        return False
    names = [path.name for path in folder.iterdir()]
    ours = all(name == _MARK or name.startswith("tocsin") for name in names)
    return not names or (ours and _MARK in names)


def _read(tocsin: "Tocsin", sample: Path) -> None:
    from infrastructure.bootstrap import Reading
    from infrastructure.cli.ingest import read, summary

    say(heading("Reading a bundled audit log through the shipped rules"))
    begun = time.monotonic()
    totals = read(tocsin, Reading(str(sample), "audit", "audit", user()))
    say(*summary(totals, sample.name, time.monotonic() - begun), "")


def _show(views: "Views", folder: Path) -> None:
    from application.views import BoardFilter
    from infrastructure.cli.incidents import short_ids, show_board
    from infrastructure.cli.timeline import told

    rows = views.board(BoardFilter())
    if not rows:
        msg = "no incident was found in the bundled log: install Tocsin again"
        raise RefusedError(msg)
    say(heading("The board: the worst first"))
    show_board(rows[:_SHOWN])
    if len(rows) > _SHOWN:
        say(f"The worst {_SHOWN} of {len(rows):,}.")
    best = most_interesting(views, rows)
    story = views.timeline(best.id)
    say("", heading(f"The story of {best.id}"), *told(story), "")
    shorts = short_ids(row.id for row in rows)
    say(*_next(folder, shorts[best.id], shorts[rows[-1].id]))


def most_interesting(views: "Views", rows: "Sequence[IncidentRow]") -> "IncidentRow":
    """Choose of the worst incidents the one with the longest story, and then most signals."""
    worst = rows[:_CANDIDATES]
    return max(worst, key=lambda row: (len(views.timeline(row.id)), row.signal_count))


def _next(folder: Path, short: str, mildest: str) -> list[str]:
    program = _program()
    return [
        heading("What to try next"),
        f"  export {DATABASE}={safe(shlex.quote(str(folder / _STORE)))}",
        f"  {program} show {short}",
        f'  {program} ack {short} --reason "on my way"',
        f"  {program} assess {mildest} affected_users=20000",
        f"  {program} timeline {short}",
        f"  {program} work --once",
        f"  {program} why {short}",
        f"  {program} tasks --all",
        f"  {program} --help",
    ]


def _program() -> str:
    """Give what to type for `tocsin`: the name alone where a shell would find it."""
    typed = Path(sys.argv[0])
    found = shutil.which("tocsin")
    if found and typed.exists() and Path(found).resolve() == typed.resolve():
        return "tocsin"
    return safe(shlex.quote(str(typed))) if typed.name == "tocsin" and typed.exists() else "tocsin"
