"""`tocsin sources`: where each source stands."""

from typing import TYPE_CHECKING

import click

from infrastructure.cli.commanding import Command, with_examples
from infrastructure.cli.moments import age, exact, now
from infrastructure.cli.output import fields_of, say, say_json_array, space
from infrastructure.cli.parameters import json_option, utc_option
from infrastructure.cli.tables import Column, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.views import SourceRow

_COLUMNS = (
    Column("SOURCE", least=10),
    Column("LINES", right=True),
    Column("SIGNALS", right=True),
    Column("MATCHED", right=True),
    Column("UNREADABLE", right=True),
    Column("READ"),
    Column("FILE", least=8),
)


@with_examples("tocsin sources", "tocsin sources --json")
@click.command(cls=Command)
@utc_option
@json_option
def sources(utc: bool, as_json: bool) -> None:
    """Show how far each source has been read, what it gave, and when it was last at rest.

    With --json also how often its file was rotated or truncated, and how it is read.
    """
    from infrastructure.cli.opened import current_views, nothing_read

    with current_views() as views:
        rows = views.sources() if views else []
    if as_json:
        say_json_array(fields_of(row) for row in rows)
    elif rows:
        say(*table(_COLUMNS, _cells(rows, utc=utc), space()))
    else:
        say(nothing_read() or "Nothing has been read yet.", "Begin: tocsin ingest FILE")


def _cells(rows: "Sequence[SourceRow]", *, utc: bool) -> list[tuple[str, ...]]:
    at = now()
    return [
        (
            row.name, f"{row.lines:,}", f"{row.signals:,}", f"{row.matched:,}",
            f"{row.rejected:,}", _read(row, utc) or age(row.last_read_at or at, at),
            row.path,
        )
        for row in rows
    ]  # fmt: skip


def _read(row: "SourceRow", utc: bool) -> str:
    if row.last_read_at is None:
        return "reading"
    return exact(row.last_read_at) if utc else ""
