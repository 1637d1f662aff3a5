"""What everybody who handles deliveries works with: the log, the clock, the settings, a name."""

from dataclasses import dataclass
from typing import Protocol

from application.channels import Recipient
from application.journal import Journal
from application.ports import Clock
from domain.alerting.channel import ChannelDefinition
from domain.alerting.delivery import Delivery, delivery_id
from domain.alerting.delivery_events import Errand
from domain.alerting.settings import AlertingSettings
from domain.incident.incident import Incident
from domain.incident.routed import Route
from domain.provenance import Act, Provenance


class Reaching(Protocol):
    """Finds out who is reached by a message."""

    def recipients(self, errand: Errand, channel: ChannelDefinition, act: Act) -> list[Recipient]:
        """Give who gets a message now: whoever is on call, or in the team, at that moment.

        Raises NobodyError if the message is for names behind which there is nobody.
        """
        ...


@dataclass(frozen=True, slots=True)
class Counter:
    """The place where deliveries are handled by one worker."""

    journal: Journal
    clock: Clock
    settings: AlertingSettings
    name: str

    def act(self, delivery: Delivery) -> Act:
        """Say that this worker acts now, because of what happened last to a delivery."""
        last = f"{delivery.id}@{delivery.version}"
        correlation = delivery.errand.incident_id or delivery.id
        provenance = Provenance.of_worker(self.name, last, correlation)
        return Act(provenance, self.clock.now())

    def give_up(self, delivery: Delivery, attempt: int, why: str, act: Act) -> Delivery | None:
        """Let a delivery fail, and its fallback channel be told; give what stands in, if new."""
        channel = self.settings.channel(delivery.errand.channel)
        fallback = self.settings.channel(channel.fallback) if channel and channel.fallback else None
        if fallback is None or not fallback.enabled:
            delivery.give_up(attempt, why, None, act)
            self.journal.commit([delivery])
            return None
        stand_in = self._stand_in(delivery, fallback, act)
        is_new = not self.journal.has(stand_in.id)
        delivery.give_up(attempt, why, stand_in.id, act)
        self.journal.commit([delivery, stand_in] if is_new else [delivery])
        return stand_in if is_new else None

    def _stand_in(self, delivery: Delivery, fallback: ChannelDefinition, act: Act) -> Delivery:
        errand = delivery.errand
        incident = self.journal.load(Incident, errand.incident_id) if errand.incident_id else None
        told = incident.told.get(fallback.id, ()) if incident else ()
        # The channel may have been chosen for the same event: then it has this very delivery.
        named = delivery_id(errand.event, fallback.id)
        changed = {
            "channel": fallback.id,
            "routes": (Route(kind="fallback", name=errand.channel),),
            "begins": next((each for each in told if each != named), ""),
            "instead_of": delivery.id,
        }
        return Delivery.plan(errand.model_copy(update=changed), act)
