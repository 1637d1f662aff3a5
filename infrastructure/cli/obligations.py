"""`tocsin obligations` and `tocsin fulfil`: what a severity requires, and that it is done."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from infrastructure.cli.acting import act
from infrastructure.cli.commanding import Command, with_examples
from infrastructure.cli.incidents import short_ids
from infrastructure.cli.moments import age, now
from infrastructure.cli.output import (
    by_severity,
    faint,
    fields_of,
    say,
    say_json_array,
    space,
    styled,
)
from infrastructure.cli.parameters import (
    STATUSES,
    Text,
    by_option,
    incident_argument,
    json_option,
    reason_option,
)
from infrastructure.cli.tables import Column, table
from infrastructure.cli.texts import safe, wrapped

if TYPE_CHECKING:
    from application.views import IncidentRow
    from infrastructure.configuration.levels import Deadlines

_OPEN = STATUSES[:3]
_STYLES: dict[str, dict[str, Any]] = {
    "overdue": {"fg": "red", "bold": True}, "fulfilled": {"fg": "green"},
}  # fmt: skip


@dataclass(frozen=True)
class Obligation:
    """Something that an incident's severity requires; `how` says what fulfils it."""

    incident_id: str
    severity: str
    name: str
    state: str
    deadline: datetime | None
    fulfilled_by: str
    how: str


@with_examples("tocsin obligations", "tocsin obligations --all --json")
@click.command(cls=Command)
@click.option("--all", "everything", is_flag=True, help="Also what is fulfilled.")
@json_option
def obligations(everything: bool, as_json: bool) -> None:
    """Show what the severities of open incidents require, until when, and what fulfils it.

    They arise when a worker (tocsin work) looks at an incident. What is not fulfilled in time is
    told to people, and stays open.
    """
    from application.views import BoardFilter
    from infrastructure.cli.dues import configured_deadlines
    from infrastructure.cli.opened import current_views

    with current_views() as views:
        rows = views.board(BoardFilter(statuses=_OPEN, limit=None)) if views else []
    by, at = configured_deadlines(), now()
    found = [each for row in rows for each in of_incident(row, by, at)]
    shown = [each for each in found if everything or each.state != "fulfilled"]
    if as_json:
        say_json_array(fields_of(each) for each in shown)
        return
    if shown:
        say(*_lines(shown, at))
    else:
        say("Nothing is required now.")
    say(*_not_yet(rows, by))


@with_examples(
    "tocsin fulfil 7KQ2ZD war_room",
    'tocsin fulfil 7KQ2ZD executive_notification --by ana --reason "called the CEO"',
)
@click.command(cls=Command)
@incident_argument
@click.argument("name", metavar="NAME", type=Text())
@by_option
@reason_option
def fulfil(incident: str, name: str, by: str, reason: str) -> None:
    """Say that something is done that the severity of an incident requires."""
    act(
        "fulfil", incident, (by, reason),
        lambda do, which, order: do.fulfil(which, order, name), told=f"{safe(name)} is fulfilled",
    )  # fmt: skip


def of_incident(row: "IncidentRow", by: "Deadlines | None", at: datetime) -> Iterator[Obligation]:
    """Give what an incident's severity requires, as far as a worker has noted it."""
    known = row.clocks or {}
    for name, each in known.get("obligations", {}).items():
        deadline = datetime.fromisoformat(each["deadline"]) if each["deadline"] else None
        late = name in known.get("overdue", ()) or (deadline is not None and deadline <= at)
        state = "overdue" if late else "open"
        how = _how(name, each["by"], row, by)
        yield Obligation(row.id, row.severity, name, state, deadline, each["by"], how)
    for name in known.get("fulfilled", ()):
        yield Obligation(row.id, row.severity, name, "fulfilled", None, "", "")


def _how(name: str, evidence: str, row: "IncidentRow", by: "Deadlines | None") -> str:
    """Say who or what fulfils an obligation, besides a person who says so."""
    part = row.id.rpartition("-")[2]
    done_by = {"acknowledgement": row.acknowledged_by, "assignment": row.assignee}.get(evidence)
    if done_by:
        return f"{done_by}; a worker notes it: tocsin work"
    terms = by.levels.terms(name) if by else None
    channels = f" by {', '.join(terms.channels)}" if terms and terms.channels else ""
    people = f" to {', '.join(terms.to)}" if terms and terms.to else ""
    action = f" {terms.action}" if terms and terms.action else ""
    return {
        "acknowledgement": f"tocsin ack {part}",
        "assignment": f"tocsin assign {part} NAME",
        "message": f"a message delivered{channels}{people}",
        "action": f"a step of a runbook with the action{action}",
    }.get(evidence, f"tocsin fulfil {part} {name}")


def _not_yet(rows: "list[IncidentRow]", by: "Deadlines | None") -> Iterator[str]:
    """Say of how many incidents nobody has noted yet what they require."""
    if by is None:
        yield "The configuration has mistakes, and no worker starts: tocsin rules check"
        return
    from application.alerting.ticking import is_stale
    from domain.incident.severity import Severity

    number = 0
    for row in rows:
        required = by.levels.severity_levels[Severity(row.severity)].requires
        known = row.clocks or {}
        noted = {*known.get("obligations", {}), *known.get("fulfilled", ())}
        number += bool(set(required) - noted) and not is_stale(row, by.stale_after)
    if number:
        requires = "incident requires" if number == 1 else "incidents require"
        yield f"{number:,} {requires} what no worker has noted yet: tocsin work"


def _urgency(each: Obligation) -> tuple[bool, bool, float]:
    at = each.deadline.timestamp() if each.deadline else 0.0
    return each.state == "fulfilled", each.deadline is None, at


def _by_state(state: str, text: str) -> str:
    return styled(text, **_STYLES.get(state, {}))


_COLUMNS = (
    Column("DUE", right=True),
    Column("STATE", style=_by_state),
    Column("SEV", style=by_severity),
    Column("INCIDENT"),
    Column("NAME", least=12),
)
_INDENT = " " * 4


def _lines(shown: list[Obligation], at: datetime) -> Iterator[str]:
    """Give the table, and under each obligation what fulfils it."""
    shorts = short_ids({each.incident_id for each in shown})
    in_order = sorted(shown, key=_urgency)
    cells = [_cells(each, shorts[each.incident_id], at) for each in in_order]
    title, *lines = table(_COLUMNS, cells, space())
    yield title
    for each, line in zip(in_order, lines, strict=True):
        yield line
        if each.how:
            yield from map(faint, wrapped(safe(each.how), space(), _INDENT))


def _cells(each: Obligation, incident: str, at: datetime) -> tuple[str, ...]:
    late = each.deadline is not None and each.deadline <= at
    left = "" if each.deadline is None else age(at, each.deadline)
    due = f"late {left.removeprefix('-')}" if late else left
    return due, each.state, each.severity, incident, each.name
