"""What a batch of detections does to incidents: open, attach, reopen, continue as a recurrence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from application.commands.naming import IncidentNames
from application.journal import Journal
from domain.detection.detector import Attached, Detection, Opened
from domain.detection.diagnosing import diagnose
from domain.incident.classification import ClassificationPolicy
from domain.incident.evidence import KEPT_IN_FULL, Tally, Unrecorded, is_worth_recording
from domain.incident.incident import Incident
from domain.provenance import Actor, Cause, Provenance
from domain.signal import Signal

Move = tuple[str, str, str]  # rule, incident before, incident after


@dataclass(frozen=True, slots=True)
class Workplace:
    """What detecting in a source needs besides its signals."""

    source: str
    journal: Journal
    names: IncidentNames
    policy: ClassificationPolicy


@dataclass(slots=True)
class _Growth:
    incident: Incident
    running: Tally
    kept: list[Signal] = field(default_factory=list)
    newest: str | None = None


class IncidentBatch:
    """The incidents that a batch of detections touches, each loaded once.

    `moves` says which closed incidents continue as which new ones.
    """

    def __init__(
        self, place: Workplace, unrecorded: Mapping[str, Unrecorded], at: datetime
    ) -> None:
        self._place = place
        self._unrecorded = unrecorded
        self._at = at
        self._growing: dict[str, _Growth] = {}
        self._moved: dict[str, str] = {}
        self.moves: list[Move] = []
        self.opened: list[str] = []

    @property
    def incidents(self) -> list[Incident]:
        """The incidents touched, in the order in which they were."""
        return [growth.incident for growth in self._growing.values()]

    def apply(self, detection: Detection) -> None:
        """Do what a detection asks for."""
        if isinstance(detection, Opened):
            self._open(detection)
        else:
            self._attach(detection)

    def record(self, *, everything: bool) -> dict[str, Unrecorded | None]:
        """Record the signals that are worth an event; give those that wait for a later one."""
        if everything:
            for incident_id in self._unrecorded:
                self._growth_of(incident_id)
        waiting: dict[str, Unrecorded | None] = {}
        for incident_id, growth in self._growing.items():
            recorded = growth.incident.tally
            if growth.running == recorded:
                continue
            if everything or growth.kept or is_worth_recording(recorded, growth.running):
                growth.incident.attach(
                    tuple(growth.kept), growth.running, self._provenance(growth), self._at
                )
                if incident_id in self._unrecorded:
                    waiting[incident_id] = None
            else:
                waiting[incident_id] = Unrecorded(base=recorded, running=growth.running)
        return waiting

    def _open(self, opened: Opened) -> None:
        if self._is_there(opened.incident_id):
            # The very same signal came again, or by another source: it is the same incident.
            self._attach(
                Attached(opened.rule, opened.key, opened.incident_id, opened.signals, False)
            )
            return
        diagnosis = diagnose(opened, self._place.source, self._place.policy)
        incident = Incident.detect(
            opened.incident_id,
            diagnosis,
            _provenance(opened.rule.id, opened.opening.id, opened.incident_id),
            self._at,
        )
        self._growing[incident.id] = _Growth(incident, incident.tally)
        self.opened.append(incident.id)

    def _is_there(self, incident_id: str) -> bool:
        if incident_id in self._growing:
            return True
        return not self._place.names.is_new(incident_id) and bool(self._growth_of(incident_id))

    def _attach(self, attached: Attached) -> None:
        growth = self._growth_of(self._moved.get(attached.incident_id, attached.incident_id))
        assert growth is not None  # noqa: S101 - it was opened in the same log
        incident = growth.incident
        if incident.status == "closed":
            self._recur(attached, incident)
            return
        if incident.status == "resolved":
            incident.reopen(
                _provenance(attached.rule.id, attached.signals[0].id, incident.id), self._at
            )
        room = max(0, KEPT_IN_FULL - growth.running.count)
        growth.kept.extend(attached.signals[:room])
        growth.running = growth.running.with_signals(attached.signals, overflow=attached.overflow)
        growth.newest = attached.signals[-1].id

    def _recur(self, attached: Attached, closed: Incident) -> None:
        opening = attached.signals[0]
        incident_id = self._place.names(attached.rule, attached.key, opening)
        self._open(
            Opened(
                rule=attached.rule,
                key=attached.key,
                incident_id=incident_id,
                opening=opening,
                in_window=len(attached.signals),
                signals=attached.signals,
                related=1,
            )
        )
        self._growing[incident_id].incident.link_as_recurrence(
            closed.id, _provenance(attached.rule.id, opening.id, incident_id), self._at
        )
        self._moved[closed.id] = incident_id
        self.moves.append((attached.rule.id, closed.id, incident_id))

    def _growth_of(self, incident_id: str) -> _Growth | None:
        if incident_id not in self._growing:
            incident = self._place.journal.load(Incident, incident_id)
            if incident is None:
                return None
            unrecorded = self._unrecorded.get(incident_id)
            running = unrecorded.onto(incident.tally) if unrecorded else incident.tally
            self._growing[incident_id] = _Growth(incident, running)
        return self._growing[incident_id]

    def _provenance(self, growth: _Growth) -> Provenance:
        incident = growth.incident
        rule_id = incident.diagnosis.rule.id
        if growth.newest is not None:
            return _provenance(rule_id, growth.newest, incident.id)
        return Provenance(
            actor=Actor(kind="rule", name=rule_id),
            cause=Cause(kind="event", id=f"{incident.id}@{incident.version}"),
            correlation=incident.id,
        )


def _provenance(rule_id: str, signal_id: str, incident_id: str) -> Provenance:
    return Provenance(
        actor=Actor(kind="rule", name=rule_id),
        cause=Cause(kind="signal", id=signal_id),
        correlation=incident_id,
    )
