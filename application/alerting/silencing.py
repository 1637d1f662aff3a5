"""The silences that hold, for whoever is about to tell somebody something."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from application.journal import Journal
from domain.alerting.content import Alert
from domain.alerting.delivery import Delivery
from domain.alerting.routing import FOLLOW_UPS
from domain.alerting.silence import Covering, Silence, first_covering
from domain.provenance import Act


class Silences(Protocol):
    """Knows the silences that hold now, as far as the log has been read."""

    def holding(self, alert: Alert, channel: str, at: datetime) -> Covering | None:
        """Give the silence that holds a message back longest; None if none does."""
        ...


class SilenceBook:
    """Keeps the silences in mind: a process that comes before those that tell anybody."""

    name = "silences"
    topics = frozenset({"silence.created", "silence.extended", "silence.ended"})

    def __init__(self, journal: Journal, known: Iterable[str] = ()) -> None:
        self._journal = journal
        self._silences: dict[str, Silence] = {}
        for each in known:
            self._look_at(each)

    def handle(self, originator_id: str, version: int) -> None:
        """Look at a silence that was made, moved or ended."""
        del version
        self._look_at(originator_id)

    def holding(self, alert: Alert, channel: str, at: datetime) -> Covering | None:
        """Give the silence that holds a message back longest; None if none does."""
        return first_covering(self._silences.values(), alert, channel, at)

    def _look_at(self, silence_id: str) -> None:
        silence = self._journal.load(Silence, silence_id)
        if silence is not None and silence.ended_at is None:
            self._silences[silence_id] = silence
        else:
            self._silences.pop(silence_id, None)


def hold(delivery: Delivery, silences: Silences, act: Act) -> datetime | None:
    """Hold a delivery back if a silence says so; give until when.

    Whoever was told of an incident before a silence began is told through it how that ends.
    """
    content = delivery.errand.content
    if content.alert is None or content.occasion in FOLLOW_UPS:
        return None
    found = silences.holding(content.alert, delivery.errand.channel, act.at)
    if found is None:
        return None
    if found != delivery.held_by or delivery.status != "silenced":
        delivery.silence(found, act)
    return found.until
