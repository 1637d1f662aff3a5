"""What can happen to a delivery, as it is stored: a change of shape is a new version."""

from typing import ClassVar

from eventsourcing.domain import CanInitAggregate, CanMutateAggregate
from pydantic import AwareDatetime, BaseModel, ConfigDict

from domain.alerting.content import Content
from domain.alerting.silence import Covering
from domain.event import RecordedEvent
from domain.incident.routed import Route


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Errand(_Part):
    """What is to be delivered to whom, and why.

    `event` is the event that caused it, `incident_id` the incident that it is about, empty for
    none. `to` names who gets it where the channel is for people. `begins` is the first delivery of
    this channel about this incident. `covers` are the deliveries that this one stands for, and
    `instead_of` the one that failed before it.
    """

    channel: str
    event: str
    incident_id: str
    content: Content
    routes: tuple[Route, ...]
    to: tuple[str, ...] = ()
    begins: str = ""
    covers: tuple[str, ...] = ()
    instead_of: str | None = None


class Addressed(_Part):
    """Somebody a try is for: a name of the directory, or an address; `why` if not directly."""

    name: str
    why: str = ""


class Event(RecordedEvent, CanMutateAggregate[str]):
    """What all events of a delivery share: each says by which channel."""

    TOPIC: ClassVar[str] = "delivery.event"
    channel: str


class Planned(Event, CanInitAggregate[str]):
    """A message is to be sent."""

    TOPIC: ClassVar[str] = "delivery.planned"
    originator_topic: str
    errand: Errand


class Silenced(Event):
    """The message is held back until a silence ends."""

    TOPIC: ClassVar[str] = "delivery.silenced"
    held_by: Covering


class Attempted(Event):
    """A worker is about to send the message, and has until `deadline`."""

    TOPIC: ClassVar[str] = "delivery.attempted"
    attempt: int
    worker: str
    deadline: AwareDatetime
    recipients: tuple[Addressed, ...]


class Delivered(Event):
    """The other side has the message, for `recipients`; `receipt` is how it refers to it."""

    TOPIC: ClassVar[str] = "delivery.delivered"
    attempt: int
    recipients: tuple[Addressed, ...]
    receipt: dict[str, str]


class Deferred(Event):
    """A try failed; the next one is not made before `not_before`."""

    TOPIC: ClassVar[str] = "delivery.deferred"
    attempt: int
    why: str
    not_before: AwareDatetime


class Failed(Event):
    """The message is not tried any more; `fallback` is the delivery that stands in for it."""

    TOPIC: ClassVar[str] = "delivery.failed"
    why: str
    fallback: str | None


class Cancelled(Event):
    """The message is needless by now."""

    TOPIC: ClassVar[str] = "delivery.cancelled"
    why: str


class Gathered(Event):
    """The message goes out as part of another one."""

    TOPIC: ClassVar[str] = "delivery.gathered"
    into: str


class Requeued(Event):
    """A person wants a message that failed to be tried again."""

    TOPIC: ClassVar[str] = "delivery.requeued"
