"""The delivery: one message to one channel, from the intention to what came of it."""

from __future__ import annotations

from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal

from eventsourcing.domain import BaseAggregate, event

from domain.alerting import delivery_events as events
from domain.alerting.delivery_events import Addressed, Errand
from domain.alerting.errors import DeliveryStateError, LostClaimError
from domain.alerting.silence import Covering
from domain.provenance import Act

Status = Literal["waiting", "silenced", "sending", "delivered", "failed", "cancelled", "gathered"]
OPEN = frozenset({"waiting", "silenced", "sending"})
_ID_LENGTH = 16


def delivery_id(cause: str, channel: str) -> str:
    """Give `DLV-` and 16 characters of the base32 (RFC 4648, section 6) of SHA-256(cause, channel).

    So an event leads to one message a channel, whoever decides on it, and however often.
    """
    digest = sha256(f"{cause}\n{channel}".encode()).digest()
    return f"DLV-{b32encode(digest).decode()[:_ID_LENGTH]}"


@dataclass(frozen=True, slots=True)
class Claim:
    """Which worker makes a try, until when at the latest, and for whom."""

    worker: str
    deadline: datetime
    recipients: tuple[Addressed, ...] = ()


class Delivery(BaseAggregate[str]):
    """One message to one channel. Commands check everything; appliers only assign.

    `attempts` counts the tries since a person last wanted more; `tries` all of them.
    """

    TOPIC = "delivery"

    Event = events.Event
    Planned = events.Planned
    Silenced = events.Silenced
    Attempted = events.Attempted
    Delivered = events.Delivered
    Deferred = events.Deferred
    Failed = events.Failed
    Cancelled = events.Cancelled
    Gathered = events.Gathered
    Requeued = events.Requeued

    # Deciding.

    @classmethod
    def plan(cls, errand: Errand, act: Act) -> Delivery:
        """Intend to send a message."""
        named = delivery_id(errand.event, errand.channel)
        if not errand.begins:
            errand = errand.model_copy(update={"begins": named})
        return cls._create(
            cls.Planned, id=named, channel=errand.channel, errand=errand,
            provenance=act.provenance, timestamp=act.at,
        )  # fmt: skip

    def silence(self, held_by: Covering, act: Act) -> None:
        """Hold the message back until a silence ends."""
        self._refuse_unless("waiting", "silenced")
        self._record(self.Silenced, act, held_by=held_by)

    def claim(self, claim: Claim, act: Act) -> None:
        """Begin a try: from here on the message may reach the other side."""
        self._refuse_unless("waiting", "silenced", "sending")
        self._record(
            self.Attempted, act, attempt=self.tries + 1,
            worker=claim.worker, deadline=claim.deadline, recipients=claim.recipients,
        )  # fmt: skip

    def deliver(self, attempt: int, receipt: dict[str, str], act: Act) -> None:
        """Record that a try brought the message to the other side."""
        if self.status in OPEN and 0 < attempt <= self.tries:
            # Also of a try that was given up for lost: it got there, which is all that counts.
            told = {"attempt": attempt, "recipients": self.recipients, "receipt": receipt}
            self._record(self.Delivered, act, **told)
            return
        msg = f"{self.id} is {self.status}, and try {attempt} does not count any more"
        raise LostClaimError(msg)

    def defer(self, attempt: int, why: str, not_before: datetime, act: Act) -> None:
        """Record that a try failed, and when the next one is made."""
        self._refuse_unless_counting(attempt)
        self._record(self.Deferred, act, attempt=attempt, why=why, not_before=not_before)

    def give_up(self, attempt: int, why: str, fallback: str | None, act: Act) -> None:
        """Record that the message is not tried any more, and which delivery stands in for it."""
        if self.status == "sending":
            self._refuse_unless_counting(attempt)
        self._refuse_unless("waiting", "silenced", "sending")
        self._record(self.Failed, act, why=why, fallback=fallback)

    def cancel(self, why: str, act: Act) -> None:
        """Leave a message unsent that is needless by now."""
        self._refuse_unless("waiting", "silenced")
        self._record(self.Cancelled, act, why=why)

    def gather(self, into: str, act: Act) -> None:
        """Let the message go out as part of another one."""
        self._refuse_unless("waiting", "silenced")
        self._record(self.Gathered, act, into=into)

    def requeue(self, act: Act) -> None:
        """Try a message that failed, or was cancelled, again."""
        self._refuse_unless("failed", "cancelled")
        self._record(self.Requeued, act)

    def _record(self, event_class: type[events.Event], act: Act, **fields: Any) -> None:
        who = {"provenance": act.provenance, "timestamp": act.at, "channel": self.errand.channel}
        self.trigger_event(event_class, **who, **fields)

    def _refuse_unless(self, *statuses: Status) -> None:
        if self.status not in statuses:
            wanted = " or ".join(statuses)
            msg = f"{self.id} is {self.status}; this takes one that is {wanted}"
            raise DeliveryStateError(msg)

    def _refuse_unless_counting(self, attempt: int) -> None:
        if self.status != "sending" or attempt != self.tries:
            msg = f"{self.id} is {self.status}, and try {attempt} does not count any more"
            raise LostClaimError(msg)

    # Applying.

    @event(Planned)
    def __init__(self, errand: Errand) -> None:
        self.errand = errand
        self.status: Status = "waiting"
        self.attempts = 0
        self.tries = 0
        self.not_before: datetime | None = None
        self.failing_since: datetime | None = None
        self.worker: str | None = None
        self.deadline: datetime | None = None
        self.held_by: Covering | None = None
        self.recipients: tuple[Addressed, ...] = ()
        self.receipt: dict[str, str] = {}
        self.why = ""
        self.stands_in: str | None = None

    @event(Silenced)
    def _silenced(self, held_by: Covering) -> None:
        self.status = "silenced"
        self.held_by = held_by
        self.not_before = held_by.until

    @event(Attempted)
    def _attempted(
        self, attempt: int, worker: str, deadline: datetime, recipients: tuple[Addressed, ...]
    ) -> None:
        self.status = "sending"
        self.recipients = recipients
        self.attempts = self.attempts + 1
        self.tries = attempt
        self.worker = worker
        self.deadline = deadline

    @event(Delivered)
    def _delivered(self, receipt: dict[str, str]) -> None:
        self.status = "delivered"
        self.receipt = receipt

    @event(Deferred)
    def _deferred(self, why: str, not_before: datetime, timestamp: datetime) -> None:
        self.status = "waiting"
        self.why = why
        self.not_before = not_before
        self.failing_since = self.failing_since or timestamp

    @event(Failed)
    def _failed(self, why: str, fallback: str | None) -> None:
        self.status = "failed"
        self.why = why
        self.stands_in = fallback

    @event(Cancelled)
    def _cancelled(self, why: str) -> None:
        self.status = "cancelled"
        self.why = why

    @event(Gathered)
    def _gathered(self, into: str) -> None:
        self.status = "gathered"
        self.stands_in = into

    @event(Requeued)
    def _requeued(self) -> None:
        self.status = "waiting"
        self.attempts = 0
        self.not_before = None
        self.failing_since = None
