"""The incident: an aggregate whose state is what its events say, from detection to closure."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from eventsourcing.domain import BaseAggregate, event

from domain.incident import events
from domain.incident.classification import Assessment, ClassificationPolicy, Reason, worsened
from domain.incident.diagnosis import Diagnosis
from domain.incident.errors import (
    AlreadyAcknowledgedError,
    IllegalTransitionError,
    NothingChangedError,
    ReviewMissingError,
)
from domain.incident.events import Outcome
from domain.incident.evidence import Tally
from domain.incident.facts import Facts
from domain.incident.severity import Severity
from domain.provenance import Provenance
from domain.signal import Signal

Status = Literal["detected", "acknowledged", "investigating", "resolved", "closed"]


class Incident(BaseAggregate[str]):
    """An incident. Commands check everything, then trigger one event; appliers only assign."""

    TOPIC = "incident"

    Event = events.Event
    Detected = events.Detected
    SignalsAttached = events.SignalsAttached
    Acknowledged = events.Acknowledged
    InvestigationStarted = events.InvestigationStarted
    Resolved = events.Resolved
    Closed = events.Closed
    Reopened = events.Reopened
    FactsAssessed = events.FactsAssessed
    SeverityChanged = events.SeverityChanged
    Assigned = events.Assigned
    Noted = events.Noted
    LinkedAsRecurrence = events.LinkedAsRecurrence
    Escalated = events.Escalated
    ReviewAsked = events.ReviewAsked
    ReviewGiven = events.ReviewGiven

    # Deciding.

    @classmethod
    def detect(
        cls, incident_id: str, diagnosis: Diagnosis, provenance: Provenance, at: datetime
    ) -> Incident:
        """Open an incident."""
        return cls._create(
            cls.Detected, id=incident_id, diagnosis=diagnosis, provenance=provenance, timestamp=at
        )

    def attach(
        self, signals: tuple[Signal, ...], tally: Tally, provenance: Provenance, at: datetime
    ) -> None:
        """Record more signals: those kept in full, and the tally of all."""
        attached = tally.count - self.tally.count
        if attached <= 0:
            msg = f"{self.id} has these signals already"
            raise NothingChangedError(msg)
        what = {"signals": signals, "attached": attached, "tally": tally}
        self._trigger(self.SignalsAttached, provenance, at, **what)

    def acknowledge(self, provenance: Provenance, at: datetime) -> None:
        """Answer for the incident; raises AlreadyAcknowledgedError if somebody does."""
        self._refuse_unless_open("acknowledged")
        if self.acknowledged_by is not None:
            msg = f"{self.id} was acknowledged by {self.acknowledged_by} before"
            raise AlreadyAcknowledgedError(msg)
        self._trigger(self.Acknowledged, provenance, at)

    def investigate(self, provenance: Provenance, at: datetime) -> None:
        """Start to look into the incident, which also acknowledges it if nobody has."""
        self._refuse_unless_open("investigated")
        if self.status == "investigating":
            msg = f"{self.id} is being investigated already"
            raise IllegalTransitionError(msg)
        self._trigger(self.InvestigationStarted, provenance, at)

    def resolve(self, provenance: Provenance, at: datetime) -> None:
        """Say that the harm has ended."""
        if self.status == "resolved":
            msg = f"{self.id} is resolved already"
            raise IllegalTransitionError(msg)
        self._refuse_unless_open("resolved")
        self._trigger(self.Resolved, provenance, at)

    def close(self, outcome: Outcome, provenance: Provenance, at: datetime) -> None:
        """End the incident: resolved before, or a false alarm or duplicate from any status."""
        if self.status == "closed":
            msg = f"{self.id} is closed already"
            raise IllegalTransitionError(msg)
        if outcome == "resolved" and self.status != "resolved":
            msg = (
                f"{self.id} is {self.status}: resolve it before it is closed, "
                "or close it as a false alarm or a duplicate"
            )
            raise IllegalTransitionError(msg)
        if self.reviews:
            msg = f"{self.id} cannot be closed before {', '.join(sorted(self.reviews))} is reviewed"
            raise ReviewMissingError(msg)
        self._trigger(self.Closed, provenance, at, outcome=outcome)

    def reopen(self, provenance: Provenance, at: datetime) -> None:
        """Take back that the incident is resolved or closed."""
        if self.status not in {"resolved", "closed"}:
            msg = f"{self.id} is {self.status}: only a resolved or closed incident is reopened"
            raise IllegalTransitionError(msg)
        self._trigger(self.Reopened, provenance, at)

    def assess(
        self,
        learned: dict[str, Any],
        policy: ClassificationPolicy,
        provenance: Provenance,
        at: datetime,
    ) -> None:
        """Add facts and reclassify; raises pydantic's ValidationError for an impossible fact."""
        self._refuse_if_closed("assessed")
        facts = Facts.model_validate(self.facts.model_dump() | learned)
        if facts == self.facts:
            msg = f"{self.id} has these facts already"
            raise NothingChangedError(msg)
        self._trigger(self.FactsAssessed, provenance, at, learned=learned, facts=facts)
        found = policy.classify(self.base_severity, facts)
        if found.severity is not self.severity:
            self._change_severity(self.base_severity, found, provenance, at)

    def set_severity(
        self, base: Severity, policy: ClassificationPolicy, provenance: Provenance, at: datetime
    ) -> None:
        """Let a person say how bad it is; facts can still raise that."""
        self._refuse_if_closed("reclassified")
        assessment = policy.classify(base, self.facts)
        if assessment.severity is not base:
            why = "; ".join(reason.rule for reason in assessment.reasons)
            msg = f"{self.id} cannot be {base}: its facts make it {assessment.severity} ({why})"
            raise IllegalTransitionError(msg)
        if base is self.base_severity and base is self.severity:
            msg = f"{self.id} is {base} already"
            raise NothingChangedError(msg)
        self._change_severity(base, assessment, provenance, at)

    def assign(self, assignee: str, provenance: Provenance, at: datetime) -> None:
        """Make somebody responsible."""
        self._refuse_if_closed("assigned")
        if assignee == self.assignee:
            msg = f"{self.id} is assigned to {assignee} already"
            raise NothingChangedError(msg)
        self._trigger(self.Assigned, provenance, at, assignee=assignee)

    def note(self, text: str, provenance: Provenance, at: datetime) -> None:
        """Write something down; a closed incident takes notes too."""
        if not text.strip():
            msg = "a note needs a text"
            raise NothingChangedError(msg)
        self._trigger(self.Noted, provenance, at, text=text)

    def link_as_recurrence(self, recurrence_of: str, provenance: Provenance, at: datetime) -> None:
        """Link to the closed incident that this one continues."""
        self._trigger(self.LinkedAsRecurrence, provenance, at, recurrence_of=recurrence_of)

    def escalate(self, reason: Reason, provenance: Provenance, at: datetime) -> None:
        """Say that what was tried does not work, which raises the severity by a level."""
        self._refuse_if_closed("escalated")
        self._trigger(self.Escalated, provenance, at, why=f"{reason.rule} ({reason.fact})")
        found = worsened(self.severity, reason)
        if found.severity is not self.severity:
            self._change_severity(found.severity, found, provenance, at)

    def ask_review(
        self, execution_id: str, reviewers: tuple[str, ...], provenance: Provenance, at: datetime
    ) -> None:
        """Keep the incident from being closed before an execution is reviewed."""
        self._trigger(
            self.ReviewAsked, provenance, at, execution_id=execution_id, reviewers=reviewers
        )

    def give_review(self, execution_id: str, provenance: Provenance, at: datetime) -> None:
        """Let the incident be closed, as far as an execution is concerned."""
        if execution_id not in self.reviews:
            msg = f"{self.id} waits for no review of {execution_id}"
            raise NothingChangedError(msg)
        self._trigger(self.ReviewGiven, provenance, at, execution_id=execution_id)

    def _trigger(
        self, event_class: type[events.Event], provenance: Provenance, at: datetime, **fields: Any
    ) -> None:
        self.trigger_event(event_class, provenance=provenance, timestamp=at, **fields)

    def _change_severity(
        self, base: Severity, found: Assessment, provenance: Provenance, at: datetime
    ) -> None:
        self._trigger(
            self.SeverityChanged,
            provenance,
            at,
            previous=self.severity,
            severity=found.severity,
            base_severity=base,
            reasons=found.reasons,
        )

    def _refuse_unless_open(self, what: str) -> None:
        if self.status in {"resolved", "closed"}:
            msg = f"{self.id} is {self.status} and cannot be {what}; reopen it first"
            raise IllegalTransitionError(msg)

    def _refuse_if_closed(self, what: str) -> None:
        if self.status == "closed":
            msg = f"{self.id} is closed and cannot be {what}; reopen it first"
            raise IllegalTransitionError(msg)

    # Applying. `Noted` and `Escalated` change nothing but the history.

    @event(Detected)
    def __init__(self, diagnosis: Diagnosis) -> None:
        self.diagnosis = diagnosis
        self.status: Status = "detected"
        self.base_severity = diagnosis.base_severity
        self.severity = diagnosis.severity
        self.reasons = diagnosis.reasons
        self.facts = diagnosis.facts
        self.signals = diagnosis.signals
        self.tally = diagnosis.tally
        self.acknowledged_by: str | None = None
        self.investigated_by: str | None = None
        self.assignee: str | None = None
        self.recurrence_of: str | None = None
        self.outcome: Outcome | None = None
        self.reviews: frozenset[str] = frozenset()

    @event(SignalsAttached)
    def _signals_attached(self, signals: tuple[Signal, ...], tally: Tally) -> None:
        self.signals = (*self.signals, *signals)
        self.tally = tally

    @event(Acknowledged)
    def _acknowledged(self, provenance: Provenance) -> None:
        self.status = "acknowledged"
        self.acknowledged_by = provenance.actor.name

    @event(InvestigationStarted)
    def _investigation_started(self, provenance: Provenance) -> None:
        self.status = "investigating"
        self.acknowledged_by = self.acknowledged_by or provenance.actor.name
        self.investigated_by = provenance.actor.name

    @event(Resolved)
    def _resolved(self) -> None:
        self.status = "resolved"

    @event(Closed)
    def _closed(self, outcome: Outcome) -> None:
        self.status = "closed"
        self.outcome = outcome

    @event(Reopened)
    def _reopened(self) -> None:
        self.status = "detected"
        self.acknowledged_by = None
        self.investigated_by = None
        self.outcome = None

    @event(FactsAssessed)
    def _facts_assessed(self, facts: Facts) -> None:
        self.facts = facts

    @event(SeverityChanged)
    def _severity_changed(
        self, severity: Severity, base_severity: Severity, reasons: tuple[Reason, ...]
    ) -> None:
        self.severity = severity
        self.base_severity = base_severity
        self.reasons = reasons

    @event(Assigned)
    def _assigned(self, assignee: str) -> None:
        self.assignee = assignee

    @event(LinkedAsRecurrence)
    def _linked_as_recurrence(self, recurrence_of: str) -> None:
        self.recurrence_of = recurrence_of

    @event(ReviewAsked)
    def _review_asked(self, execution_id: str) -> None:
        self.reviews = self.reviews | {execution_id}

    @event(ReviewGiven)
    def _review_given(self, execution_id: str) -> None:
        self.reviews = self.reviews - {execution_id}
