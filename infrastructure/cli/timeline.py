"""`tocsin timeline`: the story of an incident."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from infrastructure.cli.commanding import Command, with_examples
from infrastructure.cli.moments import exact
from infrastructure.cli.output import faint, fields_of, heading, say, say_json_array, space
from infrastructure.cli.parameters import incident_argument, json_option
from infrastructure.cli.texts import safe, wrapped

if TYPE_CHECKING:
    from application.views import TimelineRow

_LATE = timedelta(minutes=1)
_INDENT = " " * 22


@with_examples(
    "tocsin timeline 7KQ2ZD",
    "tocsin timeline INC-20241210-7KQ2ZD --json",
)
@click.command(cls=Command)
@incident_argument
@json_option
def timeline(incident: str, as_json: bool) -> None:
    """Tell what happened to an incident: when, who, what, and why. Times are UTC.

    Signals stand at the time of the log, everything else when it was done.
    """
    from infrastructure.cli.opened import current_views, identified

    with current_views() as views:
        incident_id = identified(views, incident)
        rows = views.timeline(incident_id) if views else []
    if as_json:
        say_json_array(fields_of(row) for row in rows)
    else:
        say(heading(incident_id), *told(rows))


def told(rows: Sequence["TimelineRow"]) -> Iterator[str]:
    """Give the lines of a timeline."""
    for row in rows:
        sentence = list(wrapped(safe(row.sentence), space(), _INDENT))
        yield faint(exact(row.at)) + "  " + sentence[0].lstrip()
        yield from sentence[1:]
        if row.reason:
            yield from wrapped(f"Why: {safe(row.reason)}", space(), _INDENT)
        if row.recorded_at - row.at >= _LATE and row.kind == "incident.detected":
            yield faint(f"{_INDENT}Recorded {exact(row.recorded_at)}")
