"""`tocsin projections`: how current the views are, and building them again."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from infrastructure.cli.commanding import Command, Group, with_examples
from infrastructure.cli.output import counted, fields_of, is_terminal, say, say_json_array, space
from infrastructure.cli.parameters import Text, json_option
from infrastructure.cli.tables import Column, table

if TYPE_CHECKING:
    from application.views import ProjectionStatus

_COLUMNS = (
    Column("VIEW"),
    Column("STATE"),
    Column("GENERATION", right=True),
    Column("BOOKMARK", right=True),
    Column("LAG", right=True),
    Column("BUILDING", right=True),
)


@click.group(cls=Group)
def projections() -> None:
    """See how current the views are, and build them again.

    Everything shown is computed from the log: a view can be thrown away and built again, and
    nothing is lost.
    """


@with_examples("tocsin projections status", "tocsin projections status --json")
@projections.command(cls=Command)
@json_option
def status(as_json: bool) -> None:
    """Show for each view its bookmark in the log, how far that is behind, and its generation.

    A command that reads brings the views up to date first; this one leaves them as they are.
    """
    from infrastructure.cli.opened import log_exists, nothing_read, opened

    with opened() as tocsin:
        rows = tocsin.views.status() if log_exists(tocsin.settings) else []
    if as_json:
        say_json_array(fields_of(row) | {"lag": row.lag} for row in rows)
    elif rows:
        say(*table(_COLUMNS, _cells(rows), space()))
        say("", f"The log ends at {rows[0].head:,}.")
    else:
        say(nothing_read())


@with_examples("tocsin projections rebuild", "tocsin projections rebuild incidents timeline")
@projections.command(cls=Command)
@click.argument("names", metavar="[NAME]...", nargs=-1, type=Text())
def rebuild(names: tuple[str, ...]) -> None:
    """Build views anew from the log, all of them unless some are named.

    Until a new generation is complete, readers see the one before. Interrupted, it goes on
    where it was.
    """
    from infrastructure.cli.failures import RefusedError
    from infrastructure.cli.opened import log_exists, nothing_read, opened

    with opened() as tocsin:
        if not log_exists(tocsin.settings):
            raise RefusedError(nothing_read())
        if is_terminal(sys.stderr):
            from infrastructure.cli.progress import BuildingBar

            with BuildingBar() as bar:
                tocsin.rebuild(names, bar)
        else:
            tocsin.rebuild(names, lambda *_: None)
        built = [row for row in tocsin.views.status() if not names or row.name in names]
    events = counted(max((row.bookmark for row in built), default=0), "event")
    say(f"Built {', '.join(row.name for row in built)} from {events}.")


def _cells(rows: "Sequence[ProjectionStatus]") -> list[tuple[str, ...]]:
    return [
        (
            row.name, row.state, f"{row.generation:,}", f"{row.bookmark:,}", f"{row.lag:,}",
            "" if row.building_bookmark is None else f"{row.building_bookmark:,}",
        )
        for row in rows
    ]  # fmt: skip
