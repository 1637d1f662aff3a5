"""Every type of stored event: importing this makes their topics known."""

from eventsourcing.utils import get_topic, resolve_topic

from domain.alerting.delivery import Delivery
from domain.alerting.silence import Silence
from domain.detection.rule_book import RuleBook
from domain.event import RecordedEvent
from domain.incident.incident import Incident
from domain.runbook.execution import RunbookExecution
from domain.source.source import Source

AGGREGATES = (Delivery, Incident, RuleBook, RunbookExecution, Silence, Source)


def event_types() -> dict[str, type[RecordedEvent]]:
    """Give every stored event's class by its topic."""
    return {
        get_topic(member): resolve_topic(get_topic(member))
        for aggregate in AGGREGATES
        for member in vars(aggregate).values()
        if isinstance(member, type)
        and issubclass(member, RecordedEvent)
        and member is not aggregate.Event
    }
