"""The desk to which runbooks bring what they write to people: it is planned as deliveries."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Protocol

from eventsourcing.persistence import RecordConflictError
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from application.alerting.counter import Counter
from application.log import Headline
from domain.alerting.channel import ChannelDefinition
from domain.alerting.content import Content
from domain.alerting.delivery import Delivery
from domain.alerting.delivery_events import Errand
from domain.incident.routed import Route
from domain.provenance import Act, Actor, Cause, Provenance

_INTERVAL = timedelta(seconds=1)
_AT_ONCE = 100


class Outbox(Protocol):
    """Keeps what runbooks wrote until it is planned; each message by an id."""

    def waiting(self, limit: int) -> Iterable[tuple[str, Any]]:
        """Give messages that were not taken, with their ids, the oldest first."""
        ...

    def taken(self, message_id: str) -> None:
        """Let a message rest: it is planned by now."""
        ...

    def spoilt(self, message_id: str) -> None:
        """Put a message away that nobody can read."""
        ...


class _Addressed(BaseModel):
    model_config = ConfigDict(extra="ignore")

    name: str
    email: str | None = None
    phone: str | None = None
    slack: str | None = None


class _Written(BaseModel):
    model_config = ConfigDict(extra="ignore")

    id: str
    created: AwareDatetime
    incident: str
    execution: str
    step: str
    recipient: _Addressed
    subject: str
    text: str


Reach = Callable[[ChannelDefinition], str | None]
"""Says by which of a person's addresses a channel sends."""


class OutboxDesk:
    """Plans a delivery for each message, by the first channel that reaches the person."""

    def __init__(
        self, counter: Counter, outbox: Outbox, reach: Reach, planned: Callable[[Delivery], None]
    ) -> None:
        settings = counter.settings
        found = [settings.channel(each) for each in settings.messages]
        self._channels = [each for each in found if each is not None]
        self._counter = counter
        self._outbox = outbox
        self._reach = reach
        self._planned = planned
        self._next_at = counter.clock.now()

    def settle(self) -> bool:
        """Nothing is performed from this desk."""
        return False

    def notice(self, headline: Headline) -> None:
        """Look into the outbox when a step has ended: it may have written something."""
        if headline.topic == "execution.step_succeeded":
            self._next_at = self._counter.clock.now()

    def work(self) -> bool:
        """Plan what waits in the outbox; without a channel for it everything stays there."""
        now = self._counter.clock.now()
        if not self._channels or now < self._next_at:
            return False
        self._next_at = now + _INTERVAL
        found = list(self._outbox.waiting(_AT_ONCE))
        for message_id, content in found:
            self._take(message_id, content)
        return bool(found)

    @property
    def busy(self) -> bool:
        """Nothing is performed from this desk."""
        return False

    @property
    def next_at(self) -> datetime | None:
        """When the outbox is looked into next."""
        return self._next_at if self._channels else None

    def _take(self, message_id: str, content: Any) -> None:
        try:
            written = _Written.model_validate(content)
        except ValidationError:
            self._outbox.spoilt(message_id)
            return
        delivery = self._delivery(written)
        if not self._counter.journal.has(delivery.id):
            try:
                self._counter.journal.commit([delivery])
            except RecordConflictError:
                # Another worker has planned it.
                pass
            else:
                self._planned(delivery)
        self._outbox.taken(message_id)

    def _delivery(self, written: _Written) -> Delivery:
        person = written.recipient
        reaching = (c for c in self._channels if getattr(person, self._reach(c) or "name", None))
        channel = next(reaching, self._channels[0])
        step = f"{written.execution}/{written.step}"
        content = Content(
            occasion="message",
            at=written.created,
            sentence=written.subject,
            subject=written.subject,
            text=written.text,
        )
        errand = Errand(
            channel=channel.id,
            event=f"message {written.id}",
            incident_id=written.incident,
            content=content,
            routes=(Route(kind="runbook", name=step),),
            to=(person.name,),
        )
        provenance = Provenance(
            actor=Actor(kind="system", name=self._counter.name),
            cause=Cause(kind="command", id=step),
            correlation=written.incident,
        )
        return Delivery.plan(errand, Act(provenance, self._counter.clock.now()))
