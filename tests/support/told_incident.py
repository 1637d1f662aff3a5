"""An incident that people were told of, in a real log: decided on by the routing, and delivered."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from eventsourcing.utils import get_topic

from application.alerting.counter import Counter
from application.alerting.gathering import Gathering
from application.alerting.routing import Policy, Routing
from application.alerting.silencing import SilenceBook
from application.alerting.telling import OCCASIONS
from application.journal import Journal
from domain.alerting.content import Content
from domain.alerting.delivery import Claim, Delivery
from domain.alerting.delivery_events import Addressed, Errand
from domain.alerting.settings import AlertingSettings
from domain.detection.detector import Opened
from domain.detection.diagnosing import diagnose
from domain.incident.by_clock import keep_time
from domain.incident.incident import Incident
from domain.incident.routed import Route
from domain.provenance import Act, Actor, Cause, Provenance
from tests.support.histories import BEGIN, LEVELS, POLICY, example_rule, example_signal

INCIDENT = "INC-20260301-EXAMPL"
HOSTILE = "it said \x1b[2J\u202e503"
SETTINGS = AlertingSettings.model_validate(
    {
        "channels": [
            {"id": "slack_security", "type": "slack", "to": ["#security"]},
            {"id": "pagerduty_high", "type": "pagerduty", "fallback": "email_night"},
            {"id": "email_night", "type": "email", "to": ["payments"]},
            {"id": "email_off", "type": "email", "enabled": False},
            {"id": "slack_p0", "type": "slack", "filters": {"minSeverity": "P0"}},
        ],
        "routing": {
            "routes": [
                {
                    "name": "leaks",
                    "when": {"category": "data_leak"},
                    "channels": ["pagerduty_high", "email_off", "slack_p0", "gone"],
                }
            ]
        },
    }
)
GRACE = Addressed(name="grace", why="on call for payments until 2026-03-02 09:00 CET")


class FrozenClock:
    """A clock that says what it was told."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """Give the time."""
        return self.at


def after(seconds: float) -> datetime:
    """A moment so many seconds after Tocsin learned of the incident."""
    return BEGIN + timedelta(seconds=10 + seconds)


def act(seconds: float, by: str = "worker-1", reason: str = "") -> Act:
    """What somebody does so many seconds after Tocsin learned of the incident."""
    kind: Any = "system" if by.startswith("worker") else "person"
    provenance = Provenance(
        actor=Actor(kind=kind, name=by), cause=Cause(kind="command", id="command-1"),
        correlation=INCIDENT, reason=reason,
    )  # fmt: skip
    return Act(provenance, after(seconds))


def detected(journal: Journal, incident_id: str = INCIDENT) -> Incident:
    """Open an incident, of which nobody has been told yet."""
    signals = (example_signal(1), example_signal(2))
    opened = Opened(example_rule(), '"192.0.2.1"', incident_id, signals[1], 2, signals, 0)
    found = act(0)
    diagnosis = diagnose(opened, "audit", POLICY)
    incident = Incident.detect(incident_id, diagnosis, found.provenance, found.at)
    journal.commit([incident])
    return incident


class Story:
    """What workers and people do about one incident, on a real log."""

    def __init__(self, journal: Journal, settings: AlertingSettings = SETTINGS) -> None:
        self.journal = journal
        self.clock = FrozenClock(after(1))
        policy = Policy(settings, LEVELS, SilenceBook(journal))
        self._routing = Routing(journal, self.clock, policy, "worker-1", lambda *_: None)

    def route(self, seconds: float = 1) -> dict[str, Delivery]:
        """Decide who is told of what is new; give the messages by occasion and channel."""
        self.clock.at = after(seconds)
        events = list(self.journal.events.get(INCIDENT, gt=self.incident().routed_to))
        planned: dict[str, Delivery] = {}
        for each in events:
            if get_topic(type(each)) in OCCASIONS:
                routed = self._routing.route(INCIDENT, each.originator_version)
                found = [one.delivery for one in routed]
                planned |= {f"{_occasion(one)} {one.errand.channel}": one for one in found}
        return planned

    def incident(self) -> Incident:
        """Give the incident as it is."""
        found = self.journal.load(Incident, INCIDENT)
        assert found is not None
        return found

    def keep_time(self, seconds: float) -> None:
        """Record what is due by then."""
        incident = self.incident()
        keep_time(incident, LEVELS, act(seconds))
        self.journal.commit([incident])

    def acknowledge(self, by: str, seconds: float) -> None:
        """Let somebody answer."""
        incident = self.incident()
        does = act(seconds, by)
        incident.acknowledge(does.provenance, does.at)
        self.journal.commit([incident])

    def deliver(self, delivery: Delivery, seconds: float, *to: Addressed) -> None:
        """Let a message get there."""
        claim(delivery, seconds, to)
        delivery.deliver(delivery.tries, {"ts": "1700000000.000100"}, act(seconds + 1))
        self.journal.commit([delivery])

    def defer(self, delivery: Delivery, seconds: float, why: str = HOSTILE) -> None:
        """Let a try fail."""
        claim(delivery, seconds, ())
        delivery.defer(delivery.tries, why, after(seconds + 60), act(seconds + 1))
        self.journal.commit([delivery])

    def fail(self, delivery: Delivery, seconds: float, channel: str = "") -> Delivery | None:
        """Let a message fail, and another channel stand in for it if one is named."""
        claim(delivery, seconds, ())
        stand_in = None
        if channel:
            changes = {
                "channel": channel,
                "routes": (Route(kind="fallback", name=delivery.errand.channel),),
                "instead_of": delivery.id, "begins": "",
            }  # fmt: skip
            stand_in = Delivery.plan(delivery.errand.model_copy(update=changes), act(seconds + 1))
        instead = stand_in.id if stand_in else None
        delivery.give_up(delivery.tries, HOSTILE, instead, act(seconds + 1))
        self.journal.commit([delivery, stand_in] if stand_in else [delivery])
        return stand_in

    def gather(self, deliveries: Sequence[Delivery], seconds: float) -> Delivery:
        """Let messages go out in one for many."""
        counter = Counter(self.journal, FrozenClock(after(seconds)), SETTINGS, "worker-1")
        channel = SETTINGS.channel(deliveries[0].errand.channel)
        assert channel is not None
        silences = SilenceBook(self.journal)
        summary = Gathering(counter, silences).gather([each.id for each in deliveries], channel)
        assert summary is not None
        return summary

    def write(self, text: str, seconds: float) -> Delivery:
        """Let a runbook write to somebody."""
        content = Content(
            occasion="message", at=after(seconds), sentence=text, subject=text, text=f"{text}\n",
        )  # fmt: skip
        errand = Errand(
            channel="email_night", event=f"message {text}", incident_id=INCIDENT, content=content,
            routes=(Route(kind="runbook", name="RUN-EXAMPL-AAAAAAAA/step-1"),), to=("grace",),
        )  # fmt: skip
        delivery = Delivery.plan(errand, act(seconds))
        self.journal.commit([delivery])
        return delivery


def _occasion(delivery: Delivery) -> str:
    return delivery.errand.content.occasion


def claim(delivery: Delivery, seconds: float, to: Sequence[Addressed]) -> None:
    """Begin a try."""
    delivery.claim(Claim("worker-1", after(seconds + 30), tuple(to)), act(seconds))
