"""What can happen to a silence, as it is stored for ever: a change of shape is a new version."""

from typing import ClassVar

from eventsourcing.domain import CanInitAggregate, CanMutateAggregate

from domain.alerting.schedule import Schedule
from domain.alerting.silence_definition import SilenceDefinition
from domain.event import RecordedEvent


class Event(RecordedEvent, CanMutateAggregate[str]):
    """What all events of a silence share."""

    TOPIC: ClassVar[str] = "silence.event"


class Created(Event, CanInitAggregate[str]):
    """Somebody wants alerts to be held back."""

    TOPIC: ClassVar[str] = "silence.created"
    originator_topic: str
    definition: SilenceDefinition


class Extended(Event):
    """The silence ends at another time than it was to, later or earlier."""

    TOPIC: ClassVar[str] = "silence.extended"
    schedule: Schedule


class Ended(Event):
    """Somebody ended the silence before its time."""

    TOPIC: ClassVar[str] = "silence.ended"
