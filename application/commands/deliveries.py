"""What people do with deliveries: try one again, and try a channel."""

from collections.abc import Callable

from application.commands.deciding import unopposed
from application.commands.incidents import Order, provenance_of
from application.journal import Journal
from application.ports import Clock
from domain.alerting.content import Content
from domain.alerting.delivery import Delivery, delivery_id
from domain.alerting.delivery_events import Errand
from domain.alerting.errors import UnknownDeliveryError, UnusableChannelError
from domain.alerting.settings import AlertingSettings
from domain.incident.routed import Route
from domain.provenance import Act


class DeliveryCommands:
    """The commands on deliveries. Each raises AlertingError with the reason when it is refused.

    The settings are asked for only where a channel is tried: a mistake in the configuration keeps
    nobody from having a message tried again.
    """

    def __init__(
        self, journal: Journal, clock: Clock, settings: Callable[[], AlertingSettings]
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._settings = settings

    def retry(self, of: str, order: Order) -> Delivery:
        """Have a message that failed, or was cancelled, tried again."""

        def attempt() -> Delivery:
            delivery = self._journal.load(Delivery, of)
            if delivery is None:
                msg = f"there is no delivery {of}"
                raise UnknownDeliveryError(msg)
            # By its incident its timeline finds what happens to a delivery.
            provenance = provenance_of(order, delivery.errand.incident_id or of)
            delivery.requeue(Act(provenance, self._clock.now()))
            self._journal.commit([delivery])
            return delivery

        return unopposed(attempt)

    def test(self, channel_id: str, order: Order) -> Delivery:
        """Plan a message that tries a channel, once for one order."""
        self._refuse_unless_usable(channel_id)
        event = f"test {order.id}"

        def attempt() -> Delivery:
            planned = delivery_id(event, channel_id)
            known = self._journal.load(Delivery, planned)
            if known is not None:
                return known
            act = Act(provenance_of(order, planned), self._clock.now())
            delivery = Delivery.plan(_errand(channel_id, event, order, act), act)
            self._journal.commit([delivery])
            return delivery

        return unopposed(attempt)

    def _refuse_unless_usable(self, channel_id: str) -> None:
        settings = self._settings()
        channel = settings.channel(channel_id)
        if channel is None:
            known = ", ".join(each.id for each in settings.channels) or "none at all"
            msg = f"channels.yaml has no channel {channel_id}; it has {known}"
            raise UnusableChannelError(msg)
        if not channel.enabled:
            msg = f"{channel_id} is switched off: take `enabled: false` away in channels.yaml"
            raise UnusableChannelError(msg)


def _errand(channel_id: str, event: str, order: Order, act: Act) -> Errand:
    content = Content(
        occasion="test",
        at=act.at,
        sentence=f"{order.by} tries the channel {channel_id}; nothing has happened",
    )
    return Errand(
        channel=channel_id,
        event=event,
        incident_id="",
        content=content,
        routes=(Route(kind="person", name=order.by),),
    )
