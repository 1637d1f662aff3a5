"""What `tocsin show` says of an incident's deadlines, obligations, and of who was told."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from infrastructure.cli.delivery_story import occasion_of, outcome, short
from infrastructure.cli.dues import due_of, limits, until
from infrastructure.cli.moments import exact
from infrastructure.cli.named import named
from infrastructure.cli.obligations import of_incident
from infrastructure.cli.output import counted, fields_of, heading, space, styled
from infrastructure.cli.texts import safe, wrapped

if TYPE_CHECKING:
    from application.alerting.views import DeliveryRow
    from application.views import IncidentRow
    from infrastructure.configuration.levels import Deadlines

_OPEN = ("detected", "acknowledged", "investigating")
_MOST = 10


def deadlines(row: "IncidentRow", by: "Deadlines | None", at: datetime) -> Iterator[str]:
    """Give until when an incident is to be answered and resolved, and how far that went."""
    from application.alerting.ticking import clocks_of, is_stale

    if by is None or row.status not in _OPEN:
        return
    if is_stale(row, by.stale_after):
        yield from named("Deadlines", "none: it was old when Tocsin learned of it")
        return
    response, resolution = limits(row, by)
    if response and row.status == "detected":
        yield from named("Answer by", until(response, at))
    if resolution:
        yield from named("Resolve by", until(resolution, at))
    clocks = clocks_of(row)
    if clocks.tier and clocks.tier_at:
        again = f", and again {counted(clocks.rounds, 'time')}" if clocks.rounds else ""
        told_at = f"told {exact(clocks.tier_at)}{again}"
        yield from named("Escalated", f"to tier {clocks.tier}, {told_at}")


def required(row: "IncidentRow", by: "Deadlines | None", at: datetime) -> Iterator[str]:
    """Give what the severity requires, a line each."""
    for number, each in enumerate(of_incident(row, by, at)):
        deadline = f" by {until(each.deadline, at)}" if each.deadline else ""
        told = f"{each.name}{deadline}: {each.how or each.state}"
        yield from named("" if number else "Required", told)


def told(deliveries: Sequence["DeliveryRow"], since: datetime) -> Iterator[str]:
    """Give what was sent about the incident, the newest first, what failed in any case."""
    if not deliveries:
        return
    newest = {row.id for row in deliveries[:_MOST]}
    rows = [row for row in deliveries if row.id in newest or row.status == "failed"]
    yield heading("Alerts")
    for row in rows:
        failed = row.status == "failed"
        mark = styled("✗", fg="red", bold=True) if failed else " "
        text = f"{row.channel}: {occasion_of(row)}, {outcome(row, since)} [{short(row.id)}]"
        first, *rest = wrapped(safe(text), space(), "      ")
        yield f"    {mark} {first.lstrip()}"
        yield from rest
    left = len(deliveries) - len(rows)
    if left:
        yield f"      and {left:,} more: tocsin why"
    yield ""


def as_object(row: "IncidentRow", by: "Deadlines | None", at: datetime) -> dict[str, Any]:
    """Give deadlines and obligations for machines."""
    response, resolution = limits(row, by) if by else (None, None)
    coming = due_of(row, by) if by else None
    return {
        "acknowledge_by": response,
        "resolve_by": resolution,
        "due": fields_of(coming) if coming else None,
        "obligations": [fields_of(each, but=("incident_id",)) for each in of_incident(row, by, at)],
    }
