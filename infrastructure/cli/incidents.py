"""`tocsin incidents`: the board."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import click

from infrastructure.cli.commanding import Command, with_examples
from infrastructure.cli.output import (
    by_severity,
    by_status,
    counted,
    faint,
    fields_of,
    say,
    say_json_array,
    space,
    warn,
)
from infrastructure.cli.parameters import (
    CATEGORIES,
    SEVERITIES,
    STATUSES,
    Among,
    Label,
    Moment,
    Text,
    json_option,
    utc_option,
)

if TYPE_CHECKING:
    from application.views import BoardFilter, IncidentRow

ACTIVE = STATUSES[:-1]
_ID_PARTS = 3
_NO_DUES: Mapping[str, str] = MappingProxyType({})


@with_examples(
    "tocsin incidents                           what is open now",
    "tocsin incidents --severity P0,P1 --since 24h",
    "tocsin incidents --status all --label team=payments --json",
)
@click.command(cls=Command)
@click.option(
    "--status", type=Among(STATUSES, active=ACTIVE, all=STATUSES), default="active",
    metavar="LIST", help="active (the default), all, or some of: " + ", ".join(STATUSES) + ".",
)  # fmt: skip
@click.option("--severity", type=Among(SEVERITIES), default=(), metavar="LIST", help="As in P0,P1.")
@click.option(
    "--category", type=Among(CATEGORIES), default=(), metavar="LIST", help="As in data_leak."
)
@click.option("--rule", type=Text(), multiple=True, metavar="ID", help="Only of this rule.")
@click.option(
    "--label", type=Label(), multiple=True, metavar="NAME=VALUE",
    help="Only with this label; several must all be there.",
)  # fmt: skip
@click.option("--since", type=Moment(), metavar="TIME", help="Detected then or later: 2h, 7d, ISO.")
@click.option("--until", type=Moment(), metavar="TIME", help="Detected before.")
@click.option(
    "--limit", type=click.IntRange(0), default=1000, metavar="N",
    help="At most so many, 1000 by default; 0 for all.",
)  # fmt: skip
@click.option("--due", is_flag=True, help="Show what is due when; this reads the configuration.")
@utc_option
@json_option
def incidents(as_json: bool, utc: bool, due: bool, **asked: Any) -> None:
    """Show the board: the worst incidents first, and of one severity the newest.

    The ids are shown in short; every command takes them so. Times are when an incident was
    detected, in the time of the log.
    """
    from infrastructure.cli.deliveries import lost
    from infrastructure.cli.opened import current_views

    most = asked["limit"]
    with current_views() as views:
        rows = views.board(filter_of(asked)) if views else []
        undelivered = len(lost(views)) if views and not as_json else 0
    more = bool(most) and len(rows) > most
    rows = rows[:most] if more else rows
    coming = dues(rows) if due and rows else {}
    if as_json:
        say_json_array(fields_of(row) | ({"due": coming[row.id]} if due else {}) for row in rows)
    elif rows:
        show_board(rows, utc=utc, due=coming)
        if more:
            say(faint(f"The first {most:,} only; --limit 0 shows all."))
    else:
        say(*_nothing(asked))
    if undelivered:
        say(f"{counted(undelivered, 'alert')} could not be delivered: tocsin deliveries")


def filter_of(asked: dict[str, Any]) -> "BoardFilter":
    """Turn the options into a filter that gives one more than asked, so that more are noticed."""
    from application.views import BoardFilter

    return BoardFilter(
        statuses=asked["status"],
        severities=asked["severity"],
        categories=asked["category"],
        rules=asked["rule"],
        labels=asked["label"],
        since=asked["since"],
        until=asked["until"],
        limit=asked["limit"] + 1 if asked["limit"] else None,
    )


def dues(rows: Sequence["IncidentRow"]) -> dict[str, str]:
    """Say by incident what is due; of none where the configuration cannot be read."""
    from infrastructure.cli.dues import configured_deadlines, due
    from infrastructure.cli.moments import now

    by, at = configured_deadlines(), now()
    if by is None:
        warn("tocsin: what is due is not known: there are mistakes, see tocsin rules check")
    return {row.id: due(row, by, at) for row in rows}


def show_board(
    rows: Sequence["IncidentRow"], *, utc: bool = False, due: Mapping[str, str] = _NO_DUES
) -> None:
    """Print incidents as a table, and how many there are of which severity."""
    from application.projections.texts import shown_key
    from infrastructure.cli.moments import now
    from infrastructure.cli.tables import Column, table

    columns = (
        Column("SEV", style=by_severity),
        Column("ID"),
        Column("STATUS", style=by_status),
        Column("DETECTED" if utc else "AGE", right=not utc),
        Column("DUE"),
        Column("RULE", least=12),
        Column("ABOUT", least=12),
        Column("WHO", least=8),
    )
    shorts = short_ids(row.id for row in rows)
    at = now()
    cells = [
        (
            row.severity, shorts[row.id], row.status, _when(row.detected_at, at, utc),
            due.get(row.id, ""), row.rule_name, shown_key(row.correlation_key),
            row.assignee or row.investigated_by or row.acknowledged_by or "",
        )
        for row in rows
    ]  # fmt: skip
    say(*table(columns, cells, space()))
    say("", totals(rows))


def short_ids(ids: Iterable[str]) -> dict[str, str]:
    """Give the short form of each id: its last part, and more only where two are alike."""
    names = list(ids)
    times = Counter(_last_part(name) for name in names)
    return {name: last if times[last := _last_part(name)] == 1 else name for name in names}


def totals(rows: Sequence["IncidentRow"]) -> str:
    """Say how many incidents there are, how bad, and for how many nobody answers yet."""
    severities = Counter(row.severity for row in rows)
    each = ", ".join(f"{severities[level]:,} {level}" for level in SEVERITIES if severities[level])
    waiting = sum(row.status == "detected" for row in rows)
    unanswered = f"; {waiting:,} not acknowledged" if waiting else ""
    return f"{counted(len(rows), 'incident')}: {each}{unanswered}"


def _last_part(incident_id: str) -> str:
    parts = incident_id.split("-")
    return parts[-1] if len(parts) == _ID_PARTS else incident_id


def _when(detected_at: datetime, at: datetime, utc: bool) -> str:
    from infrastructure.cli.moments import age, exact

    return exact(detected_at) if utc else age(detected_at, at)


def _nothing(asked: dict[str, Any]) -> list[str]:
    from infrastructure.cli.opened import nothing_read

    unread = nothing_read()
    if unread:
        return [unread, "Begin: tocsin ingest FILE; or look around first: tocsin demo"]
    if asked["status"] == ACTIVE and not any(
        asked[name] for name in ("severity", "category", "rule", "label", "since", "until")
    ):
        return ["No open incidents.", "Those that are closed: tocsin incidents --status all"]
    return ["No incident is like that.", "All of them: tocsin incidents --status all"]
