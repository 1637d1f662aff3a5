"""What can happen to an incident, as it is stored for ever: a change of shape is a new version."""

from typing import Any, ClassVar, Literal

from eventsourcing.domain import CanInitAggregate, CanMutateAggregate
from pydantic import AwareDatetime

from domain.event import RecordedEvent
from domain.incident.classification import Reason
from domain.incident.diagnosis import Diagnosis
from domain.incident.evidence import Tally
from domain.incident.facts import Facts
from domain.incident.obligations import Evidence, Obligation
from domain.incident.routed import Chosen, PassedOver
from domain.incident.severity import Severity
from domain.signal import Signal

Outcome = Literal["resolved", "false_alarm", "duplicate"]


class Event(RecordedEvent, CanMutateAggregate[str]):
    """What all events of an incident share."""

    TOPIC: ClassVar[str] = "incident.event"


class Detected(Event, CanInitAggregate[str]):
    """A rule found an incident."""

    TOPIC: ClassVar[str] = "incident.detected"
    originator_topic: str
    diagnosis: Diagnosis


class SignalsAttached(Event):
    """More signals reached the incident; `tally` is of all its signals, these included."""

    TOPIC: ClassVar[str] = "incident.signals_attached"
    signals: tuple[Signal, ...]
    attached: int
    tally: Tally


class Acknowledged(Event):
    """Somebody answers for the incident."""

    TOPIC: ClassVar[str] = "incident.acknowledged"


class InvestigationStarted(Event):
    """Somebody looks into the incident."""

    TOPIC: ClassVar[str] = "incident.investigation_started"


class Resolved(Event):
    """The harm has ended."""

    TOPIC: ClassVar[str] = "incident.resolved"


class Closed(Event):
    """Nothing is left to do."""

    TOPIC: ClassVar[str] = "incident.closed"
    outcome: Outcome


class Reopened(Event):
    """The incident is not over after all, and waits to be acknowledged again."""

    TOPIC: ClassVar[str] = "incident.reopened"


class FactsAssessed(Event):
    """New facts became known; `facts` are all that are known now."""

    TOPIC: ClassVar[str] = "incident.facts_assessed"
    learned: dict[str, Any]
    facts: Facts


class SeverityChanged(Event):
    """The severity is another one now, for these reasons."""

    TOPIC: ClassVar[str] = "incident.severity_changed"
    previous: Severity
    severity: Severity
    base_severity: Severity
    reasons: tuple[Reason, ...]


class Assigned(Event):
    """Somebody is responsible for the incident."""

    TOPIC: ClassVar[str] = "incident.assigned"
    assignee: str


class Noted(Event):
    """Somebody wrote something down."""

    TOPIC: ClassVar[str] = "incident.noted"
    text: str


class LinkedAsRecurrence(Event):
    """The incident continues one that was closed before."""

    TOPIC: ClassVar[str] = "incident.linked_as_recurrence"
    recurrence_of: str


class Escalated(Event):
    """What was tried does not work, and somebody else has to look.

    `clock` is the one that ran out, None if a step of a runbook failed, which may raise the
    severity. `deadline` is when it ran out, and `late_by`, in seconds, how much later Tocsin
    noticed. After it `tier` is the tier that was told last, first at `tier_at` and `rounds` times
    since, and `resolution_overdue` says whether the time to resolve has passed.
    """

    TOPIC: ClassVar[str] = "incident.escalated"
    class_version: ClassVar[int] = 2
    why: str
    clock: Literal["response", "resolution"] | None
    deadline: AwareDatetime | None
    late_by: float
    tier: int
    tier_at: AwareDatetime | None
    rounds: int
    resolution_overdue: bool

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Before version 2 only a step of a runbook escalated an incident."""
        state |= {"clock": None, "deadline": None, "late_by": 0.0}
        state |= {"tier": 0, "tier_at": None, "rounds": 0, "resolution_overdue": False}


class ResponseOverdue(Event):
    """Nobody has acknowledged the incident in its level's time; the first tier is told.

    `late_by`, in seconds, is how much later than the deadline Tocsin noticed.
    """

    TOPIC: ClassVar[str] = "incident.response_overdue"
    severity: Severity
    deadline: AwareDatetime
    tier: int
    late_by: float


class ObligationsArisen(Event):
    """The severity requires things to be done."""

    TOPIC: ClassVar[str] = "incident.obligations_arisen"
    severity: Severity
    obligations: tuple[Obligation, ...]


class ObligationFulfilled(Event):
    """What was required was done: by what, and what shows it."""

    TOPIC: ClassVar[str] = "incident.obligation_fulfilled"
    name: str
    by: Evidence
    shown_by: str


class ObligationOverdue(Event):
    """What was required was not done in time; `late_by`, in seconds, as Tocsin noticed it."""

    TOPIC: ClassVar[str] = "incident.obligation_overdue"
    name: str
    deadline: AwareDatetime
    late_by: float


class ObligationsWaived(Event):
    """What was required is required no more."""

    TOPIC: ClassVar[str] = "incident.obligations_waived"
    names: tuple[str, ...]
    why: str


class AlertsRouted(Event):
    """It was decided who is told of an event of the incident, `of_version`, and who is not.

    `paging` are the deliveries that somebody who answers makes needless.
    """

    TOPIC: ClassVar[str] = "incident.alerts_routed"
    occasion: str
    of_version: int
    chosen: tuple[Chosen, ...]
    passed_over: tuple[PassedOver, ...]
    paging: tuple[str, ...]


class ReviewAsked(Event):
    """A runbook was carried out, and somebody has to look at it before the incident is closed."""

    TOPIC: ClassVar[str] = "incident.review_asked"
    execution_id: str
    reviewers: tuple[str, ...]


class ReviewGiven(Event):
    """Somebody stands for how a runbook was carried out."""

    TOPIC: ClassVar[str] = "incident.review_given"
    execution_id: str
