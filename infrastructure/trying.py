"""Sends one message at once, as a worker would, and leaves alone all else that waits for one."""

import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from application.alerting.counter import Counter
from application.alerting.reaching import DirectoryReaching
from application.alerting.settling import Settling
from application.alerting.shipping import SECONDS, Shipping
from application.alerting.silencing import SilenceBook
from domain.alerting.delivery import OPEN, Delivery
from infrastructure.channels.sending import ChannelSender
from infrastructure.workplace import surroundings_of

if TYPE_CHECKING:
    from infrastructure.bootstrap import Tocsin
    from infrastructure.working.presence import LockPresence

_PATIENCE = timedelta(seconds=SECONDS + 5)
_LOOK = 0.2


class Trial:
    """One try, claimed in the log; a worker that is faster makes it, and is waited for."""

    def __init__(self, tocsin: "Tocsin", presence: "LockPresence") -> None:
        self._journal = tocsin.journal
        self._clock = tocsin.clock
        configuration = tocsin.configuration
        settings = configuration.alerting
        counter = Counter(tocsin.journal, tocsin.clock, settings, presence.name)
        reaching = DirectoryReaching(configuration.directory)
        self._shipping = Shipping(counter, presence, reaching, SilenceBook(tocsin.journal))
        self._settling = Settling(counter)
        channels = {each.id: each for each in settings.channels}
        self._sender = ChannelSender(channels, surroundings_of(tocsin))

    def of(self, delivery_id: str) -> Delivery:
        """Try a delivery; give it as it is after the try, or when patience is at its end."""
        until = self._clock.now() + _PATIENCE
        self._try(delivery_id)
        while self._is_under_way(delivery := self._as_it_is(delivery_id), until):
            time.sleep(_LOOK)
        return delivery

    def _try(self, delivery_id: str) -> None:
        parcel = self._shipping.take_on(delivery_id).parcel
        if parcel is not None:
            self._settling.settle(parcel, self._sender.send(parcel.channel, parcel.message))

    def _is_under_way(self, delivery: Delivery, until: datetime) -> bool:
        """Say whether the answer to the first try is still to come."""
        unanswered = delivery.status in OPEN and not delivery.why
        return unanswered and self._clock.now() < until

    def _as_it_is(self, delivery_id: str) -> Delivery:
        delivery = self._journal.load(Delivery, delivery_id)
        assert delivery is not None  # noqa: S101 - it was planned before
        return delivery
