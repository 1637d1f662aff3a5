"""What can happen to an incident, as it is stored for ever: a change of shape is a new version."""

from typing import Any, ClassVar, Literal

from eventsourcing.domain import CanInitAggregate, CanMutateAggregate

from domain.event import RecordedEvent
from domain.incident.classification import Reason
from domain.incident.diagnosis import Diagnosis
from domain.incident.evidence import Tally
from domain.incident.facts import Facts
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
    """What was tried does not work, and somebody has to look; the severity may follow."""

    TOPIC: ClassVar[str] = "incident.escalated"
    why: str


class ReviewAsked(Event):
    """A runbook was carried out, and somebody has to look at it before the incident is closed."""

    TOPIC: ClassVar[str] = "incident.review_asked"
    execution_id: str
    reviewers: tuple[str, ...]


class ReviewGiven(Event):
    """Somebody stands for how a runbook was carried out."""

    TOPIC: ClassVar[str] = "incident.review_given"
    execution_id: str
