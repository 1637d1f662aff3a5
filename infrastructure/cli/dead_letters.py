"""`tocsin dead-letters`: the lines that could not be read."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from infrastructure.cli.commanding import Command, with_examples
from infrastructure.cli.output import (
    counted,
    faint,
    fields_of,
    heading,
    say,
    say_json_array,
    space,
)
from infrastructure.cli.parameters import Text, json_option
from infrastructure.cli.texts import clipped, safe, wrapped

if TYPE_CHECKING:
    from application.views import DeadLetterRow


@with_examples(
    "tocsin dead-letters",
    "tocsin dead-letters --source sshd --limit 5",
    "tocsin dead-letters --limit 1000 --json",
)
@click.command("dead-letters", cls=Command)
@click.option("--source", type=Text(), metavar="NAME", help="Only of this source.")
@click.option(
    "--limit", type=click.IntRange(1), default=20, show_default=True, metavar="N",
    help="At most so many.",
)  # fmt: skip
@click.option("--skip", type=click.IntRange(0), default=0, metavar="N", help="Leave out the first.")
@json_option
def dead_letters(source: str | None, limit: int, skip: int, as_json: bool) -> None:
    """Show the lines that could not be read, the newest first: where, why, and how they look.

    Line and byte count from the start of the source, over all the files it was read from.
    """
    from infrastructure.cli.opened import current_views, nothing_read

    with current_views() as views:
        rows = views.dead_letters(source, limit, skip) if views else []
        total = views.count_dead_letters(source) if views else 0
    if as_json:
        say_json_array(fields_of(row) for row in rows)
        return
    for row in rows:
        say(*_told(row))
    of = f" of {safe(source)}" if source else ""
    if not total:
        say(nothing_read() or f"Every line{of} could be read.")
    elif len(rows) < total:
        say(f"{len(rows):,} of {counted(total, 'line')}{of}; more with --limit and --skip.")
    else:
        say(f"{counted(total, 'line')}{of} could not be read.")


def _told(row: "DeadLetterRow") -> Iterator[str]:
    place = f"line {row.line:,}, byte {row.position:,}"
    yield heading(clipped(safe(row.source), space() // 2)) + f"  {place}"
    yield from wrapped(safe(row.path), space(), "  ")
    yield from wrapped(safe(row.reason), space(), "  ")
    yield faint("  | " + clipped(safe(row.excerpt), space() - 4))
    yield ""
