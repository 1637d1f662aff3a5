"""The desk where the clocks of incidents are kept: deadlines, tiers, and obligations."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from application.commands.deciding import unopposed
from application.journal import Journal
from application.log import Headline
from application.ports import Clock
from application.working.agenda import Agenda
from domain.alerting.settings import AlertingSettings
from domain.incident.by_clock import keep_time
from domain.incident.incident import Incident
from domain.incident.levels import SeverityLevels
from domain.provenance import Act, Provenance

_TURN = timedelta(seconds=0.25)
_TOPICS = frozenset(
    f"incident.{what}"
    for what in (
        "detected", "acknowledged", "investigation_started", "resolved", "closed", "reopened",
        "severity_changed", "assigned", "escalated", "response_overdue", "obligations_arisen",
        "obligation_fulfilled", "obligation_overdue", "obligations_waived",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ticking:
    """An open incident, and when it has to be looked at."""

    incident_id: str
    at: datetime


class TimeKeeping:
    """Records what the clocks of an incident call for."""

    def __init__(
        self,
        journal: Journal,
        clock: Clock,
        levels: SeverityLevels,
        settings: AlertingSettings,
        actor: str,
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._levels = levels
        self._stale_after = settings.stale_length
        self._actor = actor

    def keep(self, incident_id: str) -> datetime | None:
        """Record what is due; give when something is due next, None if nothing will be."""
        return unopposed(lambda: self._keep(incident_id))

    def _keep(self, incident_id: str) -> datetime | None:
        incident = self._journal.load(Incident, incident_id)
        if incident is None or self._is_stale(incident):
            return None
        last = f"{incident.id}@{incident.version}"
        provenance = Provenance.of_worker(self._actor, last, incident.id)
        next_at = keep_time(incident, self._levels, Act(provenance, self._clock.now()))
        if incident.pending_events:
            self._journal.commit([incident])
        return next_at

    def _is_stale(self, incident: Incident) -> bool:
        """Say whether it was found in an old log: nobody was to answer it in time."""
        limit = self._stale_after
        return limit is not None and incident.age_when_recorded > limit


class ClockDesk:
    """Looks at each open incident when one of its clocks runs out, or something happens to it."""

    def __init__(
        self, clock: Clock, time_keeping: TimeKeeping, ticking: Iterable[Ticking] = ()
    ) -> None:
        self._clock = clock
        self._time_keeping = time_keeping
        self._agenda = Agenda()
        for each in ticking:
            self._agenda.put(each.incident_id, each.at)

    def settle(self) -> bool:
        """Nothing is performed from this desk."""
        return False

    def notice(self, headline: Headline) -> None:
        """Look at an incident to which something happened that moves a clock."""
        if headline.topic in _TOPICS:
            self._agenda.put(headline.originator_id, self._clock.now())

    def work(self) -> bool:
        """Look at the incidents whose time has come."""
        took = False
        until = self._clock.now() + _TURN
        while (now := self._clock.now()) < until and (of := self._agenda.take(now)):
            next_at = self._time_keeping.keep(of)
            if next_at is not None:
                self._agenda.put(of, next_at)
            took = True
        return took

    @property
    def busy(self) -> bool:
        """Nothing is performed from this desk."""
        return False

    @property
    def next_at(self) -> datetime | None:
        """When a clock runs out next."""
        return self._agenda.next_at
