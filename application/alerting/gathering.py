"""One message for many: the summary of a storm, and the daily digest."""

from collections import Counter as Counts
from collections.abc import Iterable, Sequence
from datetime import datetime

from application.alerting.counter import Counter
from application.alerting.silencing import Silences
from application.alerting.telling import alert_of
from application.commands.deciding import unopposed
from domain.alerting.channel import ChannelDefinition
from domain.alerting.content import Alert, Content, Occasion
from domain.alerting.delivery import Delivery
from domain.alerting.delivery_events import Errand
from domain.incident.incident import Incident
from domain.provenance import Act, Provenance

MOST = 1000
"""How many messages are gathered into one at most; what is left goes into the next one."""
_LISTED = 100


class Gathering:
    """Plans messages that stand for many, and lets those go out in them."""

    def __init__(self, counter: Counter, silences: Silences) -> None:
        self._counter = counter
        self._silences = silences

    def gather(self, ids: Sequence[str], channel: ChannelDefinition) -> Delivery | None:
        """Plan one message for those that wait still; None if none of them does.

        One that a silence held waits, too, once that is over.
        """
        return unopposed(lambda: self._gather(ids[:MOST], channel))

    def _gather(self, ids: Sequence[str], channel: ChannelDefinition) -> Delivery | None:
        found = [self._counter.journal.load(Delivery, each) for each in ids]
        waiting = [each for each in found if each is not None and self._waits(each)]
        if not waiting:
            return None
        act = self._act(waiting[0])
        summary = Delivery.plan(self._errand(waiting, channel, act.at), act)
        for each in waiting:
            each.gather(summary.id, act)
        self._counter.journal.commit([summary, *waiting])
        return summary

    def _waits(self, delivery: Delivery) -> bool:
        if delivery.status != "silenced":
            return delivery.status == "waiting"
        alert, channel = delivery.errand.content.alert, delivery.errand.channel
        now = self._counter.clock.now()
        return alert is None or self._silences.holding(alert, channel, now) is None

    def _act(self, first: Delivery) -> Act:
        # It belongs to no single incident, and so to the story of none.
        correlation, last = first.errand.channel, f"{first.id}@{first.version}"
        provenance = Provenance.of_worker(self._counter.name, last, correlation)
        return Act(provenance, self._counter.clock.now())

    def _errand(
        self, waiting: Sequence[Delivery], channel: ChannelDefinition, at: datetime
    ) -> Errand:
        occasion: Occasion = "digest" if channel.digest else "summary"
        alerts = self._alerts(waiting)
        routes = dict.fromkeys(route for each in waiting for route in each.errand.routes)
        return Errand(
            channel=channel.id,
            event=f"{occasion} of {waiting[0].id}",
            incident_id="",
            content=content_of_many(occasion, alerts, at),
            routes=tuple(routes)[:_LISTED],
            to=tuple(dict.fromkeys(name for each in waiting for name in each.errand.to)),
            covers=tuple(each.id for each in waiting),
        )

    def _alerts(self, waiting: Iterable[Delivery]) -> list[Alert]:
        """Tell of each incident once, those that can be listed as they are now."""
        known = {
            alert.incident_id: alert for each in waiting if (alert := each.errand.content.alert)
        }
        worst = sorted(known.values(), key=lambda alert: (-alert.severity.rank, alert.detected_at))
        return [self._as_it_is(alert) for alert in worst[:_LISTED]] + worst[_LISTED:]

    def _as_it_is(self, alert: Alert) -> Alert:
        incident = self._counter.journal.load(Incident, alert.incident_id)
        return alert_of(incident) if incident else alert


def content_of_many(occasion: Occasion, alerts: Sequence[Alert], at: datetime) -> Content:
    """Say what a message about many incidents says."""
    counts = Counts(alert.severity for alert in alerts)
    worst = min(counts, default=None)
    of = f", {counts[worst]:,} of them {worst}" if worst and len(counts) > 1 else ""
    number = f"{len(alerts):,} incident{'s' if len(alerts) != 1 else ''}"
    what = "since the last digest" if occasion == "digest" else "in short order"
    bare = [alert.model_copy(update={"context": {}, "labels": {}}) for alert in alerts[:_LISTED]]
    return Content(
        occasion=occasion,
        at=at,
        sentence=f"{number} {what}{of}",
        covers=tuple(bare),
        counts=dict(counts),
    )
