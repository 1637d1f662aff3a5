"""The role of silences for whoever is about to tell somebody something."""

from datetime import datetime
from typing import Protocol

from domain.alerting.content import Alert
from domain.alerting.delivery import Delivery
from domain.alerting.delivery_events import HeldBy
from domain.provenance import Act


class Silences(Protocol):
    """Knows the silences that hold now, as far as the log has been read."""

    def holding(self, alert: Alert, channel: str, at: datetime) -> tuple[HeldBy, datetime] | None:
        """Give the silence that holds a message back longest, and until when; None if none does."""
        ...


class NoSilences:
    """Holds nothing back."""

    def holding(self, alert: Alert, channel: str, at: datetime) -> tuple[HeldBy, datetime] | None:
        """Give nothing."""
        del alert, channel, at
        return None


def hold(delivery: Delivery, silences: Silences, act: Act) -> datetime | None:
    """Hold a delivery back if a silence says so; give until when."""
    alert = delivery.errand.content.alert
    found = silences.holding(alert, delivery.errand.channel, act.at) if alert else None
    if found is None:
        return None
    held_by, until = found
    delivery.silence(held_by, until, act)
    return until
