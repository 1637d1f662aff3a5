"""Taking a delivery on: whether it goes now, and if so, claiming it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from application.alerting.counter import Counter, Reaching
from application.alerting.earlier import unsent_before
from application.alerting.silencing import Silences, hold
from application.channels import Message
from application.commands.deciding import unopposed
from application.working.performing import Presence
from domain.alerting.channel import ChannelDefinition
from domain.alerting.delivery import OPEN, Claim, Delivery
from domain.alerting.delivery_events import Addressed
from domain.alerting.routing import PAGING
from domain.duration import parse_duration
from domain.incident.incident import Incident
from domain.provenance import Act
from domain.responder.directory import NobodyError

SECONDS = 30.0
"""How long one try may take."""
GRACE = timedelta(seconds=15)
"""How long after that a worker is believed to have ended, if nobody can tell."""

_SOON = timedelta(seconds=0.5)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A claimed try: what is to be sent by which channel."""

    delivery_id: str
    channel: str
    attempt: int
    message: Message


@dataclass(frozen=True, slots=True)
class Planned:
    """A message that was planned; `parcel` if its first try was claimed together with that."""

    delivery: Delivery
    parcel: Parcel | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a delivery stands after it was taken on.

    There is a parcel to send, or a time at which to look again, or neither: then nothing is to be
    done any more, but for what was planned instead. `after` is what has to go before it;
    `lets_pass`: what comes after it about the same incident need not wait for it, for that may be
    worse by now, and not silent any more.
    """

    parcel: Parcel | None = None
    look_again: datetime | None = None
    after: str | None = None
    lets_pass: bool = False
    instead: Delivery | None = None


class Shipping:
    """Takes deliveries on, one decision a transaction."""

    def __init__(
        self, counter: Counter, presence: Presence, reaching: Reaching, silences: Silences
    ) -> None:
        self._counter = counter
        self._presence = presence
        self._reaching = reaching
        self._silences = silences

    def take_on(self, of: str, failing_since: datetime | None = None) -> Standing:
        """Claim a delivery if it may go now; `failing_since` is when its channel began to fail."""
        return unopposed(lambda: self._take_on(of, failing_since))

    def held_up(self, of: str) -> Standing | None:
        """Say what keeps a delivery from being claimed now; None if nothing does."""
        return unopposed(lambda: self._held_up(self._counter.journal.load(Delivery, of)))

    def claim_first(self, delivery: Delivery, act: Act) -> Parcel | None:
        """Claim a delivery that is being planned, if nothing speaks against it; saves nothing."""
        channel = self._counter.settings.channel(delivery.errand.channel)
        if channel is None or not channel.enabled or delivery.status != "waiting":
            return None
        try:
            return self._claimed(delivery, channel, act)
        except NobodyError:
            # Whoever takes it on gives it up, and has somebody else told instead.
            return None

    def _take_on(self, of: str, failing_since: datetime | None) -> Standing:
        delivery = self._counter.journal.load(Delivery, of)
        standing = self._held_up(delivery)
        if standing is not None or delivery is None:
            return standing or Standing()
        return self._go(delivery, failing_since, self._counter.act(delivery))

    def _held_up(self, delivery: Delivery | None) -> Standing | None:
        if delivery is None or delivery.status not in OPEN:
            return Standing()
        act = self._counter.act(delivery)
        return _LOOKS[delivery.status](self, delivery, act) or self._follow(delivery, act)

    def _follow(self, delivery: Delivery, act: Act) -> Standing | None:
        """Let what comes before it go first, also where this worker learned of that later."""
        first = unsent_before(delivery, self._counter.journal)
        return Standing(look_again=act.at + _SOON, after=first) if first else None

    def _wait(self, delivery: Delivery, act: Act) -> Standing | None:
        not_before = delivery.not_before
        return Standing(look_again=not_before) if not_before and not_before > act.at else None

    def _hold(self, delivery: Delivery, act: Act) -> Standing | None:
        """Keep holding back what a silence holds, until that ends or somebody answers."""
        if (why := self._needless(delivery)) is not None:
            delivery.cancel(why, act)
            self._counter.journal.commit([delivery])
            return Standing()
        until = hold(delivery, self._silences, act)
        if delivery.pending_events:
            self._counter.journal.commit([delivery])
        return Standing(look_again=until, lets_pass=True) if until is not None else None

    def _needless(self, delivery: Delivery) -> str | None:
        errand = delivery.errand
        incident = self._counter.journal.load(Incident, errand.incident_id)
        if incident is None or errand.content.occasion not in PAGING:
            return None
        if incident.status in {"resolved", "closed"}:
            return f"{incident.id} was {incident.status} while a silence held it back"
        if incident.acknowledged_by is not None:
            return f"{incident.acknowledged_by} answered while a silence held it back"
        return self._told_since(delivery, incident)

    def _told_since(self, delivery: Delivery, incident: Incident) -> str | None:
        """Say if the channel was told of the incident while this message was held back."""
        known = incident.told.get(delivery.errand.channel, ())
        later = known[known.index(delivery.id) + 1 :] if delivery.id in known else ()
        for each in later:
            other = self._counter.journal.load(Delivery, each)
            if other is not None and other.tries > 0:
                return f"{delivery.errand.channel} was told by {each} while a silence held it back"
        return None

    def _leave(self, delivery: Delivery, act: Act) -> Standing | None:
        """Leave alone what another worker is believed to send."""
        worker, deadline = delivery.worker or "", delivery.deadline or act.at
        limit = deadline + GRACE
        if worker == self._presence.name or self._presence.is_gone(worker) or limit <= act.at:
            return None
        return Standing(look_again=min(limit, act.at + GRACE / 10))

    def _go(self, delivery: Delivery, failing_since: datetime | None, act: Act) -> Standing:
        channel = self._counter.settings.channel(delivery.errand.channel)
        why = _why_never(channel, failing_since, act.at)
        if channel is None or why is not None:
            attempt = delivery.tries
            return Standing(instead=self._counter.give_up(delivery, attempt, why or "", act))
        try:
            parcel = self._claimed(delivery, channel, act)
        except NobodyError as error:
            return Standing(
                instead=self._counter.give_up(delivery, delivery.tries, str(error), act)
            )
        self._counter.journal.commit([delivery])
        return Standing(parcel)

    def _claimed(self, delivery: Delivery, channel: ChannelDefinition, act: Act) -> Parcel:
        recipients = self._reaching.recipients(delivery.errand, channel, act)
        told = tuple(Addressed(name=each.name or each.address, why=each.why) for each in recipients)
        deadline = act.at + timedelta(seconds=SECONDS)
        delivery.claim(Claim(self._presence.name, deadline, told), act)
        message = Message(
            id=delivery.id,
            content=delivery.errand.content,
            recipients=tuple(recipients),
            begins=delivery.errand.begins,
            receipt=self._first_receipt(delivery),
            seconds=SECONDS,
        )
        return Parcel(delivery.id, channel.id, delivery.tries, message)

    def _first_receipt(self, delivery: Delivery) -> dict[str, str]:
        if delivery.errand.begins == delivery.id:
            return {}
        first = self._counter.journal.load(Delivery, delivery.errand.begins)
        return first.receipt if first else {}


def _why_never(
    channel: ChannelDefinition | None, failing_since: datetime | None, now: datetime
) -> str | None:
    if channel is None:
        return "channels.yaml has no such channel any more"
    if not channel.enabled:
        return "it was switched off in channels.yaml"
    limit = channel.retry.give_up_after
    if failing_since is not None and now - failing_since >= parse_duration(limit):
        return f"nothing has got through to {channel.id} for {limit}"
    return None


_LOOKS: dict[str, Callable[[Shipping, Delivery, Act], Standing | None]] = {
    "waiting": Shipping._wait,
    "silenced": Shipping._hold,
    "sending": Shipping._leave,
}
