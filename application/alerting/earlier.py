"""What was told of an incident before, or is about to be, and by which channels."""

from collections.abc import Iterable, Iterator

from application.journal import Journal
from domain.alerting.delivery import Delivery
from domain.incident.incident import Incident


class Earlier:
    """Which channels were told of an incident before, or are about to be."""

    def __init__(self) -> None:
        self.told: dict[str, str] = {}
        self.not_told: dict[str, str] = {}
        self.begins: dict[str, str] = {}

    def __bool__(self) -> bool:
        return bool(self.told or self.not_told)

    def see(self, delivery: Delivery) -> None:
        """Look at a delivery about the incident, in their order."""
        channel = delivery.errand.channel
        # One that failed for good at its first try was refused; of any other nobody can be sure.
        refused = delivery.status == "failed" and delivery.failing_since is None
        reached = delivery.tries > 0 and not refused
        pending = delivery.status in {"waiting", "silenced", "sending"}
        if pending or reached:
            self.begins.setdefault(channel, delivery.id)
        if reached or (pending and delivery.status != "silenced"):
            self.told.setdefault(channel, delivery.id)
            self.not_told.pop(channel, None)
        elif channel not in self.told:
            self.not_told[channel] = _WHY_NOT_TOLD.get(delivery.status, "")

    def forget(self, delivery: Delivery) -> None:
        """Learn that a delivery will never be made."""
        channel = delivery.errand.channel
        if self.told.get(channel) == delivery.id:
            del self.told[channel]
            self.not_told[channel] = _WHY_NOT_TOLD["cancelled"]


_WHY_NOT_TOLD = {
    "cancelled": "it had not been told of the incident",
    "silenced": "it had not been told of the incident: a silence held that back",
    "gathered": "it was told of the incident together with others",
    "failed": "it could not be told of the incident",
}


def earlier_of(incident: Incident, journal: Journal) -> Earlier:
    """Look at all that an incident was told by, and at what stood in for it."""
    earlier = Earlier()
    for deliveries in incident.told.values():
        for each in with_stand_ins(deliveries, journal):
            earlier.see(each)
    return earlier


def with_stand_ins(ids: Iterable[str], journal: Journal) -> Iterator[Delivery]:
    """Give deliveries, each with what took its place when it failed, and so on."""
    for each in ids:
        delivery = journal.load(Delivery, each)
        while delivery is not None:
            yield delivery
            stands_in = delivery.stands_in if delivery.status == "failed" else None
            delivery = journal.load(Delivery, stands_in) if stands_in else None


def unsent_before(delivery: Delivery, journal: Journal) -> str | None:
    """Name what its channel is still to be told about the same incident before it.

    What a silence holds may take long, and does not count. What is over has waited itself for all
    that came before it, unless it was never sent.
    """
    errand = delivery.errand
    if errand.begins == delivery.id:
        return None
    incident = journal.load(Incident, errand.incident_id)
    told = incident.told.get(errand.channel, ()) if incident else ()
    before = told[: told.index(delivery.id)] if delivery.id in told else ()
    # The first one may stand in for another one, and then is none of those that were chosen.
    for each in (errand.begins, *reversed(before)):
        earlier = journal.load(Delivery, each)
        status = earlier.status if earlier else "cancelled"
        if status in {"waiting", "sending"}:
            return each
        if status in {"delivered", "failed"} and each != errand.begins:
            return None
    return None
