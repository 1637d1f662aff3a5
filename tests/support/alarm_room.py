"""A whole worker in memory: real desks, a clock that tests move, and scripted channels."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from application.alerting.counter import Counter
from application.alerting.gathering import Gathering
from application.alerting.reaching import DirectoryReaching
from application.alerting.routing import Policy, Routing
from application.alerting.settling import Settling
from application.alerting.shipping import Parcel, Shipping
from application.alerting.silencing import SilenceBook
from application.alerting.telling import sentence_of
from application.channels import Answer, Delivered, Message
from application.commands.incidents import IncidentCommands, Order, provenance_of
from application.commands.silences import SilenceCommands
from application.journal import Journal
from application.processes.alerting import Alerting
from application.processes.following import Following
from application.processes.fulfilment import Fulfilment
from application.working.clock_desk import ClockDesk, Ticking, TimeKeeping
from application.working.delivery_desk import DeliveryDesk, Known, Shop
from application.working.desk import Desk
from application.working.worker import Rhythm, Worker
from domain.alerting.delivery import OPEN, Delivery
from domain.alerting.settings import AlertingSettings
from domain.incident.classification import ClassificationPolicy
from domain.incident.incident import Incident
from domain.incident.levels import SeverityLevels
from domain.incident.severity import Severity
from domain.provenance import Act, Actor, Cause, Provenance
from domain.responder.directory import Directory
from tests.support.incidents import DIAGNOSIS
from tests.support.working import (
    FakeBell,
    FakeClock,
    FakePresence,
    FakeStop,
    MemoryBookmarks,
    MemoryHeadlines,
)

Script = Callable[[Message], Answer]


@dataclass(frozen=True)
class Sent:
    """A message that reached a channel, as tests tell it."""

    at: datetime
    channel: str
    message: Message

    @property
    def occasion(self) -> str:
        """Why it was sent."""
        return self.message.content.occasion


class FakeCouriers:
    """Channels that answer as scripted, by channel; without a script everything arrives."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self.scripts: dict[str, Script] = {}
        self.sent: list[Sent] = []
        self.dies = False
        self._ended: list[tuple[Parcel, Answer]] = []

    @property
    def busy(self) -> bool:
        """Whether an answer waits to be taken."""
        return bool(self._ended) and not self.dies

    def begin(self, parcel: Parcel) -> None:
        """Send at once."""
        self.sent.append(Sent(self._clock.now(), parcel.channel, parcel.message))
        script = self.scripts.get(parcel.channel, _arrives)
        self._ended.append((parcel, script(parcel.message)))

    def ended(self) -> list[tuple[Parcel, Answer]]:
        """Give the answers, unless the worker is to die before it learns of them."""
        if self.dies:
            self._ended.clear()
        taken, self._ended = self._ended, []
        return taken


def _arrives(message: Message) -> Answer:
    return Delivered({"ref": message.id})


def levels_of(**changes: Mapping[str, Any]) -> SeverityLevels:
    """The original design's levels, but for what a test wants to be otherwise of each."""
    usual: dict[str, dict[str, Any]] = {
        "P0": {
            "response_time": "15 minutes", "escalation_time": "30 minutes",
            "notifications": ["pagerduty_critical", "slack_incidents", "email_oncall"],
        },
        "P1": {
            "response_time": "1 hour", "escalation_time": "2 hours",
            "notifications": ["pagerduty_high", "slack_incidents"],
        },
        "P2": {
            "response_time": "4 hours", "escalation_time": "8 hours",
            "notifications": ["slack_incidents"],
        },
        "P3": {
            "response_time": "24 hours", "escalation_time": "48 hours",
            "notifications": ["slack_alerts"],
        },
        "P4": {
            "response_time": "Best effort", "escalation_time": "None",
            "notifications": ["email_daily_digest"],
        },
    }  # fmt: skip
    obligations = changes.pop("obligations", {})
    written = {
        name: {"name": name, "description": "", **level, **changes.get(name, {})}
        for name, level in usual.items()
    }
    return SeverityLevels.model_validate({"severity_levels": written, "obligations": obligations})


def channels_of(**changes: Any) -> AlertingSettings:
    """The channels of the original design, in memory, but for what a test wants otherwise."""
    names = (
        "pagerduty_critical", "pagerduty_high", "slack_incidents", "slack_alerts", "slack_security",
        "email_oncall", "email_daily_digest",
    )  # fmt: skip
    channels = changes.pop("channels", {})
    for name in [*names, *(each for each in channels if each not in names)]:
        channels[name] = {"id": name, "type": "memory", **channels.get(name, {})}
    return AlertingSettings.model_validate({"channels": list(channels.values()), **changes})


class MemoryJournal(Journal):
    """A log in memory."""

    def has(self, aggregate_id: str) -> bool:
        """Say whether an aggregate has events."""
        return next(iter(self.events.get(aggregate_id)), None) is not None


class AlarmRoom:
    """A log in memory, and as many workers on it as a test wants."""

    def __init__(
        self,
        settings: AlertingSettings | None = None,
        levels: SeverityLevels | None = None,
        directory: Directory | None = None,
    ) -> None:
        self.journal = MemoryJournal({
            "ORIGINATOR_ID_TYPE": "text",
            "MAPPER_TOPIC": "infrastructure.store.mapper:JsonMapper",
        })  # fmt: skip
        self.clock = FakeClock()
        self.settings = settings or channels_of()
        self.levels = levels or levels_of()
        self.directory = directory or Directory()
        self.couriers = FakeCouriers(self.clock)
        self.bookmarks = MemoryBookmarks()
        self.gone: set[str] = set()
        self.incidents = IncidentCommands(self.journal, self.clock, ClassificationPolicy)
        self.silences = SilenceCommands(self.journal, self.clock)
        self._orders = 0

    # What happens.

    def detect(
        self,
        severity: str = "P1",
        number: int = 1,
        *,
        names: Iterable[str] = (),
        days_ago: int = 0,
        **changes: Any,
    ) -> str:
        """Let an incident be detected now; give its id."""
        incident_id = f"INC-20260301-AA{number:04d}"
        now = self.clock.now()
        told = {
            "detected_at": now - timedelta(days=days_ago),
            "base_severity": Severity(severity),
            "severity": Severity(severity),
            "notify_channels": tuple(names),
            **changes,
        }
        cause = Provenance(
            actor=Actor(kind="rule", name="rule"),
            cause=Cause(kind="signal", id=f"s{number}"),
            correlation=incident_id,
        )
        diagnosis = DIAGNOSIS.model_copy(update=told)
        self.journal.commit([Incident.detect(incident_id, diagnosis, cause, now)])
        return incident_id

    def severity(self, name: str) -> Severity:
        """Give a severity by its name."""
        return Severity(name)

    def order(self, by: str = "ana", reason: str = "") -> Order:
        """Give a person's order."""
        self._orders += 1
        return Order(by=by, id=f"command-{self._orders}", reason=reason)

    def act(self, correlation: str, by: str = "ana") -> Act:
        """Let a person act now."""
        return Act(provenance_of(self.order(by), correlation), self.clock.now())

    # Work.

    def worker(self, name: str = "worker-1") -> Worker:
        """Make a worker that knows of everything that is not over."""
        clock, journal = self.clock, self.journal
        counter = Counter(journal, clock, self.settings, name)
        silences = SilenceBook(journal, self._ids("silence.created"))
        reaching = DirectoryReaching(self.directory)
        shop = Shop(
            Shipping(counter, FakePresence(name, self.gone), reaching, silences),
            Settling(counter),
            Gathering(counter, silences),
            self.couriers,
            lambda of: journal.load(Delivery, of),
        )
        waiting = [Known.of(each) for each in self.deliveries() if each.status in OPEN]
        deliveries = DeliveryDesk(name, clock, self.settings, shop, waiting)
        keeping = TimeKeeping(journal, clock, self.levels, self.settings, name)
        ticking = [Ticking(each, clock.now()) for each in self._ids("incident.detected")]
        policy = Policy(self.settings, self.levels, silences)
        routing = Routing(journal, clock, policy, name, deliveries.claim_first)
        following = Following(
            MemoryHeadlines(journal),
            self.bookmarks,
            [
                silences,
                Alerting(routing, deliveries.planned),
                Fulfilment(journal, clock, self.levels, name),
            ],
        )
        desks: list[Desk] = [deliveries, ClockDesk(clock, keeping, ticking)]
        return Worker(clock, following, desks, FakeBell(), Rhythm())

    def work(self, name: str = "worker-1") -> None:
        """Let a new worker do what there is to do now."""
        self.worker(name).run(FakeStop(self.clock), once=True)

    def run(self, worker: Worker) -> None:
        """Let a worker that is there already do what there is to do now."""
        worker.run(FakeStop(self.clock), once=True)

    # What came of it.

    def deliveries(self) -> list[Delivery]:
        """Give all deliveries, in the order in which they were planned."""
        found = [self.journal.load(Delivery, each) for each in self._ids("delivery.planned")]
        return [each for each in found if each is not None]

    def delivery(self, channel: str, occasion: str) -> Delivery:
        """Give the only delivery to a channel for an occasion."""
        (found,) = [
            each for each in self.deliveries()
            if (each.errand.channel, each.errand.content.occasion) == (channel, occasion)
        ]  # fmt: skip
        return found

    def incident(self, of: str) -> Incident:
        """Give an incident as it is now."""
        found = self.journal.load(Incident, of)
        assert found is not None
        return found

    def told(self) -> list[tuple[str, str]]:
        """Tell which channels were told what, in order."""
        return [(each.channel, each.occasion) for each in self.couriers.sent]

    def story(self, of: str, *but: str) -> list[str]:
        """Tell what happened to an aggregate, in order, by topic."""
        found = [
            each.topic.partition(".")[2] for each in self._headlines() if each.originator_id == of
        ]
        return [each for each in found if each not in but]

    def events(self, of: str, topic: str) -> list[Any]:
        """Give the events of a topic that happened to an aggregate."""
        events: Iterable[Any] = self.journal.events.get(of)
        return [each for each in events if topic == type(each).TOPIC]

    def sentences(self, of: str, topic: str) -> list[str]:
        """Tell the events of a topic in sentences."""
        events: Iterable[Any] = self.journal.events.get(of)
        return [sentence_of(each) for each in events if topic == type(each).TOPIC]

    def _headlines(self) -> Sequence[Any]:
        return MemoryHeadlines(self.journal).headlines(0, 1_000_000)

    def _ids(self, topic: str) -> list[str]:
        return [each.originator_id for each in self._headlines() if each.topic == topic]
