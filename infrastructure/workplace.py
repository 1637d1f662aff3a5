"""The part of the composition root that puts a worker together: its desks, and what they use."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from threading import Event
from typing import TYPE_CHECKING

from application.actions import Surroundings
from application.alerting.counter import Counter
from application.alerting.gathering import Gathering
from application.alerting.reaching import DirectoryReaching
from application.alerting.routing import Policy, Routing
from application.alerting.settling import Settling as Answers
from application.alerting.shipping import Planned, Shipping
from application.alerting.silencing import SilenceBook
from application.alerting.ticking import is_stale, looked_at
from application.alerting.views import DeliveryFilter
from application.processes.alerting import Alerting
from application.processes.auto_remediation import AutoRemediation
from application.processes.following import Following, Process
from application.processes.fulfilment import Fulfilment
from application.working.clock_desk import ClockDesk, Ticking, TimeKeeping
from application.working.delivery_desk import DeliveryDesk, Known, Shipped, Shop
from application.working.desk import Desk
from application.working.execution_desk import Active, ExecutionDesk, Told, Tools
from application.working.heartbeat_desk import HeartbeatDesk
from application.working.outbox_desk import OutboxDesk
from application.working.settling import Settling
from application.working.stepping import Stepping
from application.working.worker import Rhythm, Worker
from domain.alerting.channel import ChannelDefinition
from domain.alerting.delivery import OPEN, Delivery
from infrastructure.actions.notify import NotifySettings
from infrastructure.actions.performing import ActionPerformer
from infrastructure.channels.catalogue import channel_class
from infrastructure.channels.sending import ChannelSender
from infrastructure.outbox import Outbox
from infrastructure.secrets import EnvironmentSecrets
from infrastructure.store.bookmarks import StoredBookmarks
from infrastructure.waking.log import ringing_with_the_log
from infrastructure.working.bell import Bell, WakingStop
from infrastructure.working.couriers import ThreadCouriers
from infrastructure.working.hands import ThreadHands
from infrastructure.working.presence import LockPresence
from infrastructure.working.pulse import HttpPulse

if TYPE_CHECKING:
    from infrastructure.bootstrap import Tocsin


@dataclass(frozen=True, slots=True)
class Working:
    """How a worker works: with how many hands, and how long they may go on when it is stopped."""

    hands: int = 4
    grace: float = 10.0
    once: bool = False


Telling = Callable[[Told | Shipped], None]
"""Is told of every effect and every message, when it begins and when it ends."""


class Workplace:
    """A worker's desks on one Tocsin."""

    def __init__(
        self, tocsin: "Tocsin", presence: LockPresence, working: Working, told: Telling
    ) -> None:
        self._tocsin = tocsin
        self._presence = presence
        self._working = working
        self._told = told
        self._bell = Bell()
        configuration = tocsin.configuration
        self._settings = configuration.alerting
        self._levels = configuration.levels
        self._counter = Counter(tocsin.journal, tocsin.clock, self._settings, presence.name)

    def work(self, stop: Event) -> None:
        """Work until told to stop, or until there is nothing left to do now."""
        with ringing_with_the_log(self._tocsin.settings.database, self._bell.ring):
            self._worker.run(WakingStop(stop, self._bell), once=self._working.once)

    @cached_property
    def _worker(self) -> Worker:
        tocsin = self._tocsin
        known = tocsin.log.head()
        tocsin.catch_up()
        bookmarks = StoredBookmarks(tocsin.journal)
        following = Following(tocsin.log, bookmarks, self._processes, known)
        rhythm = Rhythm(grace=timedelta(seconds=self._working.grace))
        return Worker(tocsin.clock, following, self._desks, self._bell, rhythm)

    @cached_property
    def _silences(self) -> SilenceBook:
        rows = self._tocsin.views.silences(self._tocsin.clock.now())
        return SilenceBook(self._tocsin.journal, [row.id for row in rows])

    @property
    def _processes(self) -> Sequence[Process]:
        tocsin = self._tocsin
        policy = Policy(self._settings, self._levels, self._silences)
        deliveries, name = self._deliveries, self._presence.name
        routing = Routing(tocsin.journal, tocsin.clock, policy, name, deliveries.claim_first)
        return [
            self._silences,
            # People are told before machines begin.
            Alerting(routing, deliveries.planned),
            AutoRemediation(tocsin.journal, tocsin.runbooks, tocsin.starting),
            Fulfilment(tocsin.journal, tocsin.clock, self._levels, name),
        ]

    @property
    def _desks(self) -> Sequence[Desk]:
        desks: list[Desk] = [self._deliveries, self._clocks, self._executions, self._outbox]
        if self._settings.heartbeat is not None:
            surroundings = self._surroundings
            pulse = HttpPulse(self._settings.heartbeat, surroundings.outgoing, surroundings.secrets)
            desks.append(HeartbeatDesk(self._tocsin.clock, self._settings.heartbeat, pulse))
        return desks

    @cached_property
    def _surroundings(self) -> Surroundings:
        return surroundings_of(self._tocsin)

    @cached_property
    def _executions(self) -> ExecutionDesk:
        tocsin, presence = self._tocsin, self._presence
        secrets = self._surroundings.secrets
        assert isinstance(secrets, EnvironmentSecrets)  # noqa: S101 - made above
        performer = ActionPerformer(tocsin.configuration.actions, self._surroundings, secrets)
        hands = ThreadHands(performer, self._working.hands, self._bell)
        stepping = Stepping(tocsin.journal, tocsin.clock, tocsin.templates, hands, presence)
        settling = Settling(tocsin.journal, tocsin.clock, presence.name)
        active = [Active(row.id, row.incident_id) for row in tocsin.views.executions()]
        tools = Tools(stepping, settling, hands, self._told)
        return ExecutionDesk(presence.name, tocsin.clock, tools, active)

    @cached_property
    def _deliveries(self) -> DeliveryDesk:
        tocsin, presence, counter = self._tocsin, self._presence, self._counter
        reaching = DirectoryReaching(tocsin.configuration.directory)
        sender = ChannelSender(
            {each.id: each for each in self._settings.channels}, self._surroundings
        )
        shop = Shop(
            Shipping(counter, presence, reaching, self._silences),
            Answers(counter),
            Gathering(counter, self._silences),
            ThreadCouriers(sender, self._bell),
            lambda of: tocsin.journal.load(Delivery, of),
            self._told,
        )
        rows = tocsin.views.deliveries(DeliveryFilter(statuses=sorted(OPEN)))
        waiting = [
            Known(row.id, row.channel, row.incident_id, row.occasion, row.planned_at)
            for row in reversed(rows)
        ]
        return DeliveryDesk(presence.name, tocsin.clock, self._settings, shop, waiting)

    @cached_property
    def _clocks(self) -> ClockDesk:
        tocsin, levels = self._tocsin, self._levels
        keeping = TimeKeeping(
            tocsin.journal, tocsin.clock, levels, self._settings, self._presence.name
        )
        stale_after = self._settings.stale_length
        now = tocsin.clock.now()
        found = [
            Ticking(row.id, at)
            for row in tocsin.views.open_incidents()
            if not is_stale(row, stale_after) and (at := looked_at(row, levels, now))
        ]
        return ClockDesk(tocsin.clock, keeping, found)

    @cached_property
    def _outbox(self) -> OutboxDesk:
        settings = self._tocsin.configuration.actions.get("notify")
        folder = settings if isinstance(settings, NotifySettings) else NotifySettings()
        return OutboxDesk(
            self._counter,
            Outbox(folder.outbox),
            _reach,
            lambda delivery: self._deliveries.planned([Planned(delivery)]),
        )


def surroundings_of(tocsin: "Tocsin") -> Surroundings:
    """Give what actions and channels use of the world outside."""
    configuration = tocsin.configuration
    return Surroundings(
        EnvironmentSecrets(),
        configuration.outgoing.client(),
        templates=tocsin.settings.config / "templates",
        directory=configuration.directory,
    )


def _reach(channel: ChannelDefinition) -> str | None:
    return channel_class(channel.type).reaches
