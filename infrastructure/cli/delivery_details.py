"""Everything about one delivery: what it says, why it is sent, to whom, and what happened to it."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from infrastructure.cli.delivery_story import occasion_of, short, title_of, to_whom
from infrastructure.cli.moments import exact
from infrastructure.cli.named import named
from infrastructure.cli.output import counted, faint, fields_of, heading, space
from infrastructure.cli.texts import safe, wrapped

if TYPE_CHECKING:
    from eventsourcing.domain import DomainEventProtocol

    from application.alerting.views import DeliveryRow
    from domain.alerting.delivery import Delivery
    from domain.alerting.delivery_events import Event
    from infrastructure.bootstrap import Tocsin

    History = Sequence[DomainEventProtocol[str]]

_INDENT = " " * 24
_LISTED = 10


def described(row: "DeliveryRow", known: "Delivery", history: "History") -> Iterator[str]:
    """Give the lines that tell everything about a delivery."""
    yield title_of(row)
    yield from wrapped(safe(row.sentence), space(), "    ")
    yield ""
    yield from _errand(row, known)
    yield from _message(known)
    yield ""
    yield heading("History")
    for event in _own(history):
        first, *rest = wrapped(safe(sentence(event)), space(), _INDENT)
        yield f"  {faint(exact(event.timestamp))}  {first.lstrip()}"
        yield from rest
        if event.provenance.reason:
            yield from wrapped(f"Why: {safe(event.provenance.reason)}", space(), _INDENT)
    yield ""
    yield heading("Next")
    if row.status in {"failed", "cancelled"}:
        yield f"    tocsin deliveries retry {short(row.id)}"
    yield f"    tocsin why {short(row.id)}"


def _errand(row: "DeliveryRow", known: "Delivery") -> Iterator[str]:
    errand = known.errand
    yield from named("Tells", f"{occasion_of(row)}, of {exact(errand.content.at)}")
    yield from named("Incident", errand.incident_id)
    yield from named("Event", errand.event)
    for at, route in enumerate(errand.routes):
        yield from named("" if at else "Because", str(route))
    yield from named("For", ", ".join(errand.to))
    recipients = [each.model_dump() for each in known.recipients]
    yield from named("Last try", to_whom(recipients).removeprefix(" "))
    yield from named("Stands in for", errand.instead_of or "")
    replaced = "Went out in" if known.status == "gathered" else "Instead of it"
    yield from named(replaced, known.stands_in or "")
    yield from named("Receipt", ", ".join(f"{name}={it}" for name, it in known.receipt.items()))


def _message(known: "Delivery") -> Iterator[str]:
    content, covers = known.errand.content, known.errand.covers
    if content.subject or content.text:
        yield ""
        yield heading("Message")
        yield from wrapped(safe(content.subject), space(), "    ")
        for line in content.text.splitlines():
            yield from wrapped(safe(line), space(), "    ")
    if covers:
        yield ""
        yield heading(f"Covers {counted(len(covers), 'delivery', 'deliveries')}")
        for alert in content.covers[:_LISTED]:
            line = f"{alert.severity}  {alert.incident_id}  {safe(alert.rule_name)}"
            yield from wrapped(line, space(), "    ")


def sentence(event: "Event") -> str:
    """Tell an event of a delivery, also one that its incident's timeline leaves out."""
    from eventsourcing.utils import get_topic

    from application.projections.delivery_sentences import DELIVERY_SENTENCES
    from domain.alerting.delivery import Delivery

    if isinstance(event, Delivery.Planned):
        return f"Planned by {event.provenance.actor.name}"
    if isinstance(event, Delivery.Attempted):
        recipients = to_whom([each.model_dump() for each in event.recipients])
        return f"Try {event.attempt} begun by {event.worker}{recipients}"
    return DELIVERY_SENTENCES[get_topic(type(event))](event.model_dump(mode="json"))


def as_object(row: "DeliveryRow", known: "Delivery", history: "History") -> dict[str, Any]:
    """Give everything about a delivery for machines."""
    errand = known.errand.model_dump(mode="json")
    events = [
        {
            "at": event.timestamp,
            "by": event.provenance.actor.name,
            "reason": event.provenance.reason,
            "sentence": sentence(event),
        }
        for event in _own(history)
    ]
    return fields_of(row) | {
        "event": errand["event"],
        "to": errand["to"],
        "begins": errand["begins"],
        "covers": errand["covers"],
        "content": errand["content"],
        "receipt": known.receipt,
        "history": events,
    }


def warnings_of(failed: "Delivery", tocsin: "Tocsin") -> Iterator[str]:
    """Say what somebody should know who has a delivery sent again."""
    from domain.alerting.delivery import Delivery
    from infrastructure.configuration.mistakes import ConfigurationError

    stand_in = tocsin.journal.load(Delivery, failed.stands_in) if failed.stands_in else None
    if failed.status == "failed" and stand_in is not None:
        yield f"{safe(stand_in.errand.channel)} stood in for it: {stand_in.status}."
    try:
        channel = tocsin.configuration.alerting.channel(failed.errand.channel)
    except ConfigurationError:
        yield "The configuration has mistakes, and no worker starts: tocsin rules check"
        return
    if channel is None:
        yield f"channels.yaml has no channel {safe(failed.errand.channel)}: it will fail again."
    elif not channel.enabled:
        yield f"{safe(channel.id)} is switched off in channels.yaml: it will fail again."


def _own(history: "History") -> Iterator["Event"]:
    from domain.alerting.delivery_events import Event

    return (each for each in history if isinstance(each, Event))
