"""What led to one delivery: the event, the routes, and the deliveries before it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from infrastructure.cli.delivery_story import occasion_of, outcome, short, title_of
from infrastructure.cli.moments import exact
from infrastructure.cli.named import named
from infrastructure.cli.output import counted, heading, space
from infrastructure.cli.texts import safe, wrapped

if TYPE_CHECKING:
    from application.alerting.views import DeliveryRow
    from domain.alerting.delivery import Delivery
    from infrastructure.bootstrap import Tocsin


@dataclass(frozen=True)
class Causes:
    """What led to a delivery.

    `event` is its name in the log, or what else caused it; `sentence` and `at` tell that event.
    `before` are the deliveries whose place it took, the newest first; `covers` those that it
    stands for.
    """

    event: str
    at: datetime
    sentence: str
    reasons: tuple[str, ...]
    incident: dict[str, Any] | None
    detected: str
    before: "tuple[DeliveryRow, ...]"
    covers: "tuple[DeliveryRow, ...]"


def causes(row: "DeliveryRow", tocsin: "Tocsin") -> Causes:
    """Follow a delivery back to what happened."""
    from domain.alerting.delivery import Delivery

    known = tocsin.journal.load(Delivery, row.id)
    assert known is not None  # noqa: S101 - the view shows nothing that is not in the log
    incident = tocsin.views.incident(row.incident_id) if row.incident_id else None
    told = None
    if incident is not None:
        names = ("id", "severity", "status", "rule_id", "rule_name")
        told = {name: getattr(incident, name) for name in names}
    return Causes(
        event=known.errand.event,
        at=known.errand.content.at,
        sentence=known.errand.content.sentence,
        reasons=tuple(str(route) for route in known.errand.routes),
        incident=told,
        detected=_detected(row.incident_id, tocsin) if incident else "",
        before=tuple(_before(row, tocsin)),
        covers=tuple(_covered(known, tocsin)),
    )


def told(row: "DeliveryRow", found: Causes) -> Iterator[str]:
    """Give the lines that tell what led to a delivery."""
    yield title_of(row)
    yield ""
    yield from named("Tells", occasion_of(row))
    yield from named("What came", outcome(row, found.at))
    for at, reason in enumerate(found.reasons):
        yield from named("" if at else "Because", reason)
    for each in found.before:
        yield from named(
            "Before it", f"{each.channel} [{short(each.id)}] {outcome(each, found.at)}"
        )
    yield from named("Event", f"{found.event}, {exact(found.at)}: {found.sentence}")
    yield from _incident(found)
    if found.covers:
        yield ""
        yield heading(f"It stands for {counted(len(found.covers), 'delivery', 'deliveries')}")
        for each in found.covers[:_LISTED]:
            line = f"{each.incident_id}  {each.severity}  {occasion_of(each)}: {each.sentence}"
            yield from wrapped(safe(line), space(), "    ")
        if len(found.covers) > _LISTED:
            yield f"    and {len(found.covers) - _LISTED:,} more: tocsin why {short(row.id)} --json"
    yield ""
    yield heading("Next")
    yield f"    tocsin deliveries show {short(row.id)}"
    if found.incident:
        yield f"    tocsin why {found.incident['id'].rpartition('-')[2]}"


_LISTED = 20


def _incident(found: Causes) -> Iterator[str]:
    if found.incident is None:
        return
    incident = found.incident
    named_so = f"{incident['id']}, {incident['severity']}, {incident['status']}"
    yield from named("Incident", f"{named_so}: {incident['rule_name']}")
    if found.detected != found.sentence:
        yield from named("Detected", found.detected)


def _detected(incident_id: str, tocsin: "Tocsin") -> str:
    """Tell how the incident began."""
    from application.alerting.telling import sentence_of
    from domain.incident.events import Event

    first = next(iter(tocsin.journal.events.get(incident_id, lte=1)), None)
    return sentence_of(first) if isinstance(first, Event) else ""


def _before(row: "DeliveryRow", tocsin: "Tocsin") -> Iterator["DeliveryRow"]:
    from infrastructure.cli.deliveries import row_of

    while row.instead_of:
        row = row_of(tocsin.views, row.instead_of)
        yield row


def _covered(known: "Delivery", tocsin: "Tocsin") -> "list[DeliveryRow]":
    from application.alerting.views import DeliveryFilter

    covers = known.errand.covers
    return tocsin.views.deliveries(DeliveryFilter(ids=covers)) if covers else []
