"""The desk from which messages are sent: a lane for each channel, so that none delays another."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from application.alerting.gathering import MOST, Gathering
from application.alerting.lane import Lane
from application.alerting.pace import Waiting
from application.alerting.settling import Settled, Settling
from application.alerting.shipping import Parcel, Planned, Shipping, Standing
from application.channels import Answer, Delivered, TryLater
from application.log import Headline
from application.ports import Clock
from application.working.courtesy import courtesy
from domain.alerting.channel import ChannelDefinition
from domain.alerting.delivery import Delivery
from domain.alerting.settings import AlertingSettings
from domain.provenance import Act

_NEW = frozenset({"detected", "reopened"})
_ALONE = frozenset({"summary", "digest", "message", "test"})
_ENDED = frozenset(f"delivery.{how}" for how in ("delivered", "failed", "cancelled", "gathered"))
_TURN = timedelta(seconds=0.25)
_REMEMBERED = 100_000


class Couriers(Protocol):
    """Send messages, many at a time, apart from whoever reads and writes the log."""

    @property
    def busy(self) -> bool:
        """Whether a message is being sent, or its answer waits to be taken."""
        ...

    def begin(self, parcel: Parcel) -> None:
        """Begin to send a message."""
        ...

    def ended(self) -> list[tuple[Parcel, Answer]]:
        """Give the tries that ended since the last time."""
        ...


@dataclass(frozen=True, slots=True)
class Shipped:
    """What is told of a message: that it is being sent, or what came of it."""

    parcel: Parcel
    answer: Answer | None = None
    settled: Settled | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A delivery that waits, as far as its lane needs to know."""

    id: str
    channel: str
    incident_id: str
    occasion: str
    planned_at: datetime

    @classmethod
    def of(cls, delivery: Delivery) -> "Known":
        """Take from a delivery what its lane needs to know."""
        errand, at = delivery.errand, delivery.created_on
        return cls(delivery.id, errand.channel, errand.incident_id, errand.content.occasion, at)


def _untold(shipped: Shipped) -> None:
    del shipped


@dataclass(frozen=True, slots=True)
class Shop:
    """What the desk works with; `load` gives a delivery as it is now."""

    shipping: Shipping
    settling: Settling
    gathering: Gathering
    couriers: Couriers
    load: Callable[[str], Delivery | None]
    told: Callable[[Shipped], None] = _untold


class DeliveryDesk:
    """Sends what is planned, channel by channel; several workers share that by the log alone."""

    def __init__(
        self,
        name: str,
        clock: Clock,
        settings: AlertingSettings,
        shop: Shop,
        waiting: Iterable[Known] = (),
    ) -> None:
        self._name = name
        self._clock = clock
        self._shop = shop
        self._lanes = {each.id: Lane(each) for each in settings.channels}
        self._seen: OrderedDict[str, str] = OrderedDict()
        for each in waiting:
            self._add(each, clock.now())

    def claim_first(self, delivery: Delivery, act: Act) -> Parcel | None:
        """Claim a message that this worker is planning, if it may go at once; saves nothing.

        Only the first one of an incident to a channel: what is before it can be known here.
        """
        errand = delivery.errand
        lane = self._lanes.get(errand.channel)
        if lane is None or errand.begins != delivery.id:
            return None
        waiting = _waiting(Known.of(delivery), lane.channel)
        if not lane.is_free_for(waiting, act.at):
            return None
        return self._shop.shipping.claim_first(delivery, act)

    def planned(self, found: Sequence[Planned]) -> None:
        """Take in messages that this worker has planned: they are its own to send first."""
        for each in found:
            known, now = Known.of(each.delivery), self._clock.now()
            if each.parcel is None:
                self._add(known, now)
            else:
                lane = self._add(known, None)
                self._begin(lane, _waiting(known, lane.channel), each.parcel, now)

    def settle(self) -> bool:
        """Record what came of messages."""
        ended = self._shop.couriers.ended()
        for parcel, answer in ended:
            settled = self._shop.settling.settle(parcel, answer)
            self._shop.told(Shipped(parcel, answer, settled))
            self._after(parcel, answer, settled)
        return bool(ended)

    def notice(self, headline: Headline) -> None:
        """Take in what others have planned, and look again at what they have changed."""
        topic, of, now = headline.topic, headline.originator_id, self._clock.now()
        if topic.startswith("silence."):
            for each in self._lanes.values():
                each.stir(now)
        if not topic.startswith("delivery."):
            return
        lane = self._lanes.get(self._seen.get(of, ""))
        if topic in _ENDED and lane is not None:
            lane.finish(of, now)
        elif lane is not None and lane.knows(of):
            lane.later(of, now)
        elif topic == "delivery.requeued" or (topic == "delivery.planned" and lane is None):
            self._take_in(of, now)

    def work(self) -> bool:
        """Send what is due, a turn long: each channel gets as much as it takes."""
        took = False
        until = self._clock.now() + _TURN
        going = list(self._lanes.values())
        while going and self._clock.now() < until:
            going = [lane for lane in going if self._one(lane)]
            took = took or bool(going)
        return took

    @property
    def busy(self) -> bool:
        """Whether a message is being sent."""
        return self._shop.couriers.busy

    @property
    def next_at(self) -> datetime | None:
        """When something may go next."""
        return min(filter(None, (each.next_at for each in self._lanes.values())), default=None)

    def _one(self, lane: Lane) -> bool:
        now = self._clock.now()
        if together := lane.together(now):
            self._gather(lane, together)
            return True
        waiting = lane.take(now)
        if waiting is None:
            return False
        standing = self._shop.shipping.take_on(waiting.id, lane.failing_since(now))
        if standing.parcel is not None:
            self._begin(lane, waiting, standing.parcel, now)
        else:
            self._put_off(lane, waiting.id, standing)
        return True

    def _put_off(self, lane: Lane, of: str, standing: Standing) -> None:
        now = self._clock.now()
        if standing.look_again is None:
            lane.finish(of, now)
            self._stand_in(standing.instead)
        elif standing.after is not None:
            lane.behind(of, standing.after, standing.look_again, now)
        elif standing.lets_pass:
            lane.aside(of, standing.look_again, now)
        else:
            lane.later(of, standing.look_again)

    def _begin(self, lane: Lane, waiting: Waiting, parcel: Parcel, now: datetime) -> None:
        lane.began(waiting, now)
        self._shop.couriers.begin(parcel)
        self._shop.told(Shipped(parcel))

    def _after(self, parcel: Parcel, answer: Answer, settled: Settled) -> None:
        lane, now = self._lanes[parcel.channel], self._clock.now()
        passing = isinstance(answer, TryLater)
        success = False if passing else isinstance(answer, Delivered) or None
        lane.ended(parcel.delivery_id, now, success=success)
        if isinstance(answer, TryLater) and answer.seconds and settled.again is not None:
            # Whoever is asked too much is asked too much by all messages.
            lane.pause(settled.again)
        if settled.again is not None:
            lane.later(parcel.delivery_id, settled.again)
        elif settled.counts:
            lane.finish(parcel.delivery_id, now)
            self._stand_in(settled.instead)
        else:
            # Somebody else has decided about it: look what it is now.
            lane.later(parcel.delivery_id, now)

    def _gather(self, lane: Lane, together: Sequence[Waiting]) -> None:
        summary = self._shop.gathering.gather([each.id for each in together], lane.channel)
        covered = summary.errand.covers if summary else ()
        now = self._clock.now()
        for each in together[:MOST]:
            if each.id in covered:
                lane.finish(each.id, now)
            else:
                self._leave_out(lane, each.id, now)
        for each in together[MOST:]:
            lane.later(each.id, now)
        self._stand_in(summary)

    def _leave_out(self, lane: Lane, of: str, now: datetime) -> None:
        """Decide what becomes of a delivery that could not be gathered."""
        standing = self._shop.shipping.held_up(of)
        if standing is None:
            # Who began to send it is gone: it may be there already, and goes again as it is.
            lane.alone(of, now)
        else:
            self._put_off(lane, of, standing)

    def _stand_in(self, delivery: Delivery | None) -> None:
        if delivery is not None:
            self._add(Known.of(delivery), self._clock.now())

    def _take_in(self, of: str, now: datetime) -> None:
        found = self._shop.load(of)
        if found is not None:
            self._add(Known.of(found), now + courtesy(self._name, of))

    def _add(self, known: Known, at: datetime | None) -> Lane:
        self._seen[known.id] = known.channel
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        lane = self._lanes.get(known.channel)
        if lane is None:
            # The channel was taken out of the configuration: it has a lane only to be given up.
            lane = self._lanes[known.channel] = Lane(_gone(known.channel))
        lane.add(_waiting(known, lane.channel), at)
        return lane


def _waiting(known: Known, channel: ChannelDefinition) -> Waiting:
    alone = known.occasion in _ALONE
    apart = alone or channel.digest is not None or not known.incident_id
    key = known.id if apart else known.incident_id
    is_new = known.occasion in _NEW
    return Waiting(known.id, key, known.planned_at, is_new=is_new, is_alone=alone)


def _gone(channel: str) -> ChannelDefinition:
    return ChannelDefinition(id=channel, type="gone", enabled=False, group=None)
