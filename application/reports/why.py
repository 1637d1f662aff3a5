"""Why people were told of an incident, or were not: every decision, and what came of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from application.alerting.telling import OCCASIONS, sentence_of
from application.alerting.views import DeliveryFilter, DeliveryRow
from application.journal import Journal
from application.ports import Bookmarks
from application.processes.alerting import Alerting
from application.views import TimelineRow, Views
from domain.incident.events import (
    Acknowledged,
    AlertsRouted,
    Closed,
    Event,
    InvestigationStarted,
    Reopened,
    Resolved,
)
from domain.incident.routed import Chosen, PassedOver, Route

_ANSWERS = (Acknowledged, InvestigationStarted)
_ENDS = (Resolved, Closed)


@dataclass(frozen=True, slots=True)
class Way:
    """A route that led to a channel, and the same in words."""

    kind: str
    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Told:
    """A channel that was chosen, and what came of it.

    `deliveries` begins with the message itself; each further one took the place of the one before
    it, or is the one that this one went out in.
    """

    channel: str
    routes: tuple[Way, ...]
    deliveries: tuple[DeliveryRow, ...]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A channel that a route led to and that was passed over; empty if none led anywhere."""

    channel: str
    routes: tuple[Way, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """One decision on who is told of an event. `at` is when it was made, `worker` by whom."""

    at: datetime
    worker: str
    occasion: str
    version: int
    happened_at: datetime
    sentence: str
    told: tuple[Told, ...]
    passed_over: tuple[Skipped, ...]


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of the incident that matters for the answer."""

    at: datetime
    version: int
    by: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """The whole answer.

    `undecided` are the events that no worker has looked at yet; `messages` what runbooks wrote to
    people about the incident; `known_at` is when Tocsin learned of it, or when it was reopened.
    """

    incident_id: str
    known_at: datetime
    rulings: tuple[Ruling, ...]
    undecided: tuple[Happened, ...]
    messages: tuple[DeliveryRow, ...]
    answers: tuple[Happened, ...]
    ends: tuple[Happened, ...]
    a_worker_has_run: bool


def explain(incident_id: str, journal: Journal, views: Views, bookmarks: Bookmarks) -> Explanation:
    """Give the answer, from the log and from what the views say of the deliveries."""
    events = [each for each in journal.events.get(incident_id) if isinstance(each, Event)]
    deliveries = {row.id: row for row in _deliveries(incident_id, views)}
    decided = [each for each in events if isinstance(each, AlertsRouted)]
    by_version = {each.originator_version: each for each in events}
    looked_at = bookmarks.position(Alerting.name)
    return Explanation(
        incident_id,
        _began(events).timestamp,
        tuple(_ruling(each, by_version, deliveries) for each in decided),
        tuple(_undecided(views.timeline(incident_id), decided, looked_at)),
        tuple(row for row in reversed(deliveries.values()) if row.occasion == "message"),
        tuple(_happened(each) for each in _since_it_began(events) if isinstance(each, _ANSWERS)),
        tuple(_happened(each) for each in _since_it_began(events) if isinstance(each, _ENDS)),
        bool(looked_at or decided),
    )


def ways(routes: Sequence[Route]) -> tuple[Way, ...]:
    """Give routes with their words."""
    return tuple(Way(each.kind, each.name, str(each)) for each in routes)


def chain(first: str, known: Mapping[str, DeliveryRow]) -> tuple[DeliveryRow, ...]:
    """Give a delivery, and what took its place, one after the other."""
    found: list[DeliveryRow] = []
    row = known.get(first)
    while row is not None and row not in found:
        found.append(row)
        row = known.get(row.stands_in or "")
    return tuple(found)


def _deliveries(incident_id: str, views: Views) -> Iterator[DeliveryRow]:
    """Give the incident's deliveries, and the summaries and digests that some went out in."""
    own = views.deliveries(DeliveryFilter(incident_id=incident_id))
    yield from own
    known = {row.id for row in own}
    into = {row.stands_in for row in own if row.stands_in} - known
    while into:
        found = views.deliveries(DeliveryFilter(ids=sorted(into)))
        yield from found
        known |= into
        into = {row.stands_in for row in found if row.stands_in} - known


def _began(events: Sequence[Event]) -> Event:
    """Give the event from which on an answer is awaited."""
    return next((each for each in reversed(events) if isinstance(each, Reopened)), events[0])


def _since_it_began(events: Sequence[Event]) -> Sequence[Event]:
    return events[_began(events).originator_version - 1 :]


def _ruling(
    decided: AlertsRouted,
    events: Mapping[int, Event],
    deliveries: Mapping[str, DeliveryRow],
) -> Ruling:
    cause = events[decided.of_version]
    return Ruling(
        decided.timestamp,
        decided.provenance.actor.name,
        decided.occasion,
        decided.of_version,
        cause.timestamp,
        sentence_of(cause),
        tuple(_told(each, deliveries) for each in decided.chosen),
        tuple(_skipped(each) for each in decided.passed_over),
    )


def _told(chosen: Chosen, deliveries: Mapping[str, DeliveryRow]) -> Told:
    return Told(chosen.channel, ways(chosen.routes), chain(chosen.delivery, deliveries))


def _skipped(each: PassedOver) -> Skipped:
    return Skipped(each.channel, ways(each.routes), each.why)


def _undecided(
    timeline: Sequence[TimelineRow], decided: Sequence[AlertsRouted], looked_at: int
) -> Iterator[Happened]:
    # What comes before an event that was decided on was looked at, too.
    last = max((each.of_version for each in decided), default=0)
    for row in timeline:
        if row.kind in OCCASIONS and row.position > looked_at and row.version > last:
            yield Happened(row.recorded_at, row.version, row.actor_name, row.sentence)


def _happened(event: Event) -> Happened:
    by = event.provenance.actor.name
    return Happened(event.timestamp, event.originator_version, by, sentence_of(event))
