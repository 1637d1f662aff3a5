"""Recording what came of a try: it got there, it is tried again, or the fallback is told."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from application.alerting.counter import Counter
from application.alerting.shipping import Parcel
from application.channels import Answer, Delivered, Never, TryLater
from application.commands.deciding import unopposed
from domain.alerting.channel import ChannelDefinition, Retrying
from domain.alerting.delivery import Delivery
from domain.alerting.errors import AlertingError
from domain.duration import parse_duration

_LONGEST_ASKED = 3600.0
"""What another side asks to be left alone for is obeyed up to so many seconds."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of a try.

    `again` is when the next one is made; `instead` is what was planned on the fallback channel.
    `counts` is False if somebody else had decided about the delivery in the meantime.
    """

    again: datetime | None = None
    instead: Delivery | None = None
    counts: bool = True


class Settling:
    """Records answers in the name of a worker."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    def settle(self, parcel: Parcel, answer: Answer) -> Settled:
        """Record an answer."""
        return unopposed(lambda: self._settle(parcel, answer))

    def _settle(self, parcel: Parcel, answer: Answer) -> Settled:
        delivery = self._counter.journal.load(Delivery, parcel.delivery_id)
        assert delivery is not None  # noqa: S101 - the try was claimed in it
        try:
            return self._recorded(delivery, parcel, answer)
        except AlertingError:
            return Settled(counts=False)

    def _recorded(self, delivery: Delivery, parcel: Parcel, answer: Answer) -> Settled:
        act = self._counter.act(delivery)
        if isinstance(answer, Delivered):
            delivery.deliver(parcel.attempt, dict(answer.receipt), act)
            self._counter.journal.commit([delivery])
            return Settled()
        channel = self._counter.settings.channel(parcel.channel)
        if channel is None or isinstance(answer, Never) or _is_last(delivery, channel, act.at):
            instead = self._counter.give_up(delivery, parcel.attempt, answer.why, act)
            return Settled(instead=instead)
        again = act.at + wait_before_next(delivery, channel.retry, answer)
        delivery.defer(parcel.attempt, answer.why, again, act)
        self._counter.journal.commit([delivery])
        return Settled(again=again)


def _is_last(delivery: Delivery, channel: ChannelDefinition, now: datetime) -> bool:
    since = delivery.failing_since or now
    too_long = now - since >= parse_duration(channel.retry.give_up_after)
    return delivery.attempts >= channel.retry.attempts or too_long


def wait_before_next(delivery: Delivery, retry: Retrying, answer: TryLater) -> timedelta:
    """Say how long to wait: longer after each failure, by chance a little less, or as asked.

    The chance is that of the delivery's id and the number of the try, so that what failed at one
    time is not tried again at one time, and yet each wait can be foretold.
    """
    share = sha256(f"{delivery.id}\n{delivery.tries}".encode()).digest()[0] / 255
    wait = retry.wait_after(max(delivery.attempts, 1)) * (0.5 + share / 2)
    asked = timedelta(seconds=min(answer.seconds or 0.0, _LONGEST_ASKED))
    return max(wait, asked)
