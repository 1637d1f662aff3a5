"""`tocsin ingest`: reading a log, with progress for a person and a summary at the end."""

import sys
import time
from collections.abc import Iterator
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import click

from infrastructure.cli.commanding import Command, with_examples
from infrastructure.cli.output import counted, is_terminal, say, say_json
from infrastructure.cli.parameters import Text, by_option, json_option
from infrastructure.cli.stopping import stopped_by_signals
from infrastructure.cli.texts import safe

if TYPE_CHECKING:
    from application.commands.totals import Totals
    from infrastructure.bootstrap import Reading, Tocsin

STANDARD_INPUT = "-"
_MANY = 10_000


@with_examples(
    "tocsin ingest /var/log/audit.jsonl",
    "tocsin ingest /var/log/auth.log --source sshd --follow",
    "zcat old/*.gz | tocsin ingest - --source cloudtrail --as cloudtrail-2024",
)
@click.command(cls=Command)
@click.argument("file", type=click.Path(allow_dash=True))
@click.option(
    "--source", "format_", type=Text(), default="audit", show_default=True, metavar="NAME",
    help="How its lines are read: a source of sources.yaml.",
)  # fmt: skip
@click.option(
    "--as", "name", type=Text(), metavar="NAME",
    help="The name it is known by; by default that of --source. Two logs need two names.",
)  # fmt: skip
@click.option("--follow", is_flag=True, help="Go on as it grows, until interrupted.")
@by_option
@json_option
def ingest(file: str, as_json: bool, follow: bool, **asked: Any) -> None:
    """Read FILE, or standard input for "-", from where it was left, and detect incidents.

    Nothing is read twice and nothing is lost, however often this is stopped and started again.
    A line that cannot be read is kept: see tocsin dead-letters. Gzip is unpacked.
    """
    from infrastructure.bootstrap import Reading
    from infrastructure.cli.opened import opened

    name = asked["name"] or asked["format_"]
    with opened() as tocsin, stopped_by_signals() if follow else nullcontext() as stop:
        wanted = Reading(file, asked["format_"], name, asked["by"], stop)
        begun = time.monotonic()
        totals = read(tocsin, wanted, quiet=as_json)
        seconds = time.monotonic() - begun
    if as_json:
        say_json(as_object(totals) | {"source": name, "file": file, "seconds": round(seconds, 3)})
    else:
        say(*summary(totals, file, seconds))


def read(tocsin: "Tocsin", wanted: "Reading", *, quiet: bool = False) -> "Totals":
    """Read a source, and show progress if a person looks on."""
    from application.commands.ingesting import Rhythm

    if quiet or not is_terminal(sys.stderr):
        return tocsin.ingest(wanted, Rhythm(), lambda *_: None)
    from infrastructure.cli.progress import ReadingBar

    with ReadingBar(wanted.location, following=wanted.follow_until is not None) as bar:
        return tocsin.ingest(wanted, Rhythm(), bar)


def summary(totals: "Totals", file: str, seconds: float) -> Iterator[str]:
    """Say what reading a source gave, and what to do about it."""
    name = "standard input" if file == STANDARD_INPUT else safe(file)
    if not totals.lines:
        yield f"{name}: nothing new to read."
        return
    speed = f"{totals.lines / seconds:,.0f} lines a second" if totals.lines >= _MANY else ""
    took = f" in {seconds:,.1f} s" + (f" ({speed})" if speed else "")
    yield f"{name}: {counted(totals.lines, 'line')}{took}"
    signals = counted(totals.signals, "signal")
    yield f"  {signals}, {totals.matched:,} of interest to a rule"
    if totals.rejected:
        unreadable = counted(totals.rejected, "line")
        yield f"  {unreadable} could not be read; see them: tocsin dead-letters"
    if totals.let_go:
        yield f"  {counted(totals.let_go, 'window')} let go: too many keys were open at once"
    opened = counted(len(totals.opened), "incident")
    yield f"  {opened} opened" + ("; see them: tocsin incidents" if totals.opened else "")


def as_object(totals: "Totals") -> dict[str, Any]:
    """Give the totals for a machine."""
    return {
        "lines": totals.lines,
        "signals": totals.signals,
        "matched": totals.matched,
        "rejected": totals.rejected,
        "windows_let_go": totals.let_go,
        "opened": list(totals.opened),
    }
