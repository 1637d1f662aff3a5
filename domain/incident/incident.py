"""The incident: an aggregate whose state is what its events say, from detection to closure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from eventsourcing.domain import BaseAggregate, event

from domain.incident import events
from domain.incident.classification import Reason
from domain.incident.clocks import Clocks
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
from domain.incident.obligations import Obligation
from domain.incident.reclassifying import Reclassifying
from domain.incident.routed import Chosen
from domain.incident.severity import Severity
from domain.provenance import Provenance
from domain.signal import Signal

Status = Literal["detected", "acknowledged", "investigating", "resolved", "closed"]


class Incident(Reclassifying, BaseAggregate[str]):
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
    ResponseOverdue = events.ResponseOverdue
    ObligationsArisen = events.ObligationsArisen
    ObligationFulfilled = events.ObligationFulfilled
    ObligationOverdue = events.ObligationOverdue
    ObligationsWaived = events.ObligationsWaived
    AlertsRouted = events.AlertsRouted

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
        self.record(self.SignalsAttached, provenance, at, **what)

    def acknowledge(self, provenance: Provenance, at: datetime) -> None:
        """Answer for the incident; raises AlreadyAcknowledgedError if somebody does."""
        self.refuse_unless_open("acknowledged")
        if self.acknowledged_by is not None:
            msg = f"{self.id} was acknowledged by {self.acknowledged_by} before"
            raise AlreadyAcknowledgedError(msg)
        self.record(self.Acknowledged, provenance, at)

    def investigate(self, provenance: Provenance, at: datetime) -> None:
        """Start to look into the incident, which also acknowledges it if nobody has."""
        self.refuse_unless_open("investigated")
        if self.status == "investigating":
            msg = f"{self.id} is being investigated already"
            raise IllegalTransitionError(msg)
        self.record(self.InvestigationStarted, provenance, at)

    def resolve(self, provenance: Provenance, at: datetime) -> None:
        """Say that the harm has ended."""
        if self.status == "resolved":
            msg = f"{self.id} is resolved already"
            raise IllegalTransitionError(msg)
        self.refuse_unless_open("resolved")
        self.record(self.Resolved, provenance, at)

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
        self.record(self.Closed, provenance, at, outcome=outcome)

    def reopen(self, provenance: Provenance, at: datetime) -> None:
        """Take back that the incident is resolved or closed."""
        if self.status not in {"resolved", "closed"}:
            msg = f"{self.id} is {self.status}: only a resolved or closed incident is reopened"
            raise IllegalTransitionError(msg)
        self.record(self.Reopened, provenance, at)

    def assign(self, assignee: str, provenance: Provenance, at: datetime) -> None:
        """Make somebody responsible."""
        self.refuse_if_closed("assigned")
        if assignee == self.assignee:
            msg = f"{self.id} is assigned to {assignee} already"
            raise NothingChangedError(msg)
        self.record(self.Assigned, provenance, at, assignee=assignee)

    def note(self, text: str, provenance: Provenance, at: datetime) -> None:
        """Write something down; a closed incident takes notes too."""
        if not text.strip():
            msg = "a note needs a text"
            raise NothingChangedError(msg)
        self.record(self.Noted, provenance, at, text=text)

    def link_as_recurrence(self, recurrence_of: str, provenance: Provenance, at: datetime) -> None:
        """Link to the closed incident that this one continues."""
        self.record(self.LinkedAsRecurrence, provenance, at, recurrence_of=recurrence_of)

    def ask_review(
        self, execution_id: str, reviewers: tuple[str, ...], provenance: Provenance, at: datetime
    ) -> None:
        """Keep the incident from being closed before an execution is reviewed."""
        self.record(
            self.ReviewAsked, provenance, at, execution_id=execution_id, reviewers=reviewers
        )

    def give_review(self, execution_id: str, provenance: Provenance, at: datetime) -> None:
        """Let the incident be closed, as far as an execution is concerned."""
        if execution_id not in self.reviews:
            msg = f"{self.id} waits for no review of {execution_id}"
            raise NothingChangedError(msg)
        self.record(self.ReviewGiven, provenance, at, execution_id=execution_id)

    def record(
        self, event_class: type[events.Event], provenance: Provenance, at: datetime, **fields: Any
    ) -> None:
        """Let an event happen to the incident; whoever calls this has checked that it may."""
        self.trigger_event(event_class, provenance=provenance, timestamp=at, **fields)

    # Applying. `Noted` changes nothing but the history.

    @event(Detected)
    def __init__(self, diagnosis: Diagnosis, timestamp: datetime) -> None:
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
        self.clocks = Clocks(timestamp, timestamp)
        self.obligations: dict[str, Obligation] = {}
        self.fulfilled: frozenset[str] = frozenset()
        self.overdue: frozenset[str] = frozenset()
        self.routed_to = 0
        self.told: dict[str, tuple[str, ...]] = {}
        self.paging: tuple[str, ...] = ()

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
    def _reopened(self, timestamp: datetime) -> None:
        self.status = "detected"
        self.clocks = Clocks(timestamp, timestamp)
        self.acknowledged_by = None
        self.investigated_by = None
        self.outcome = None

    @event(FactsAssessed)
    def _facts_assessed(self, facts: Facts) -> None:
        self.facts = facts

    @event(SeverityChanged)
    def _severity_changed(
        self,
        severity: Severity,
        base_severity: Severity,
        reasons: tuple[Reason, ...],
        timestamp: datetime,
    ) -> None:
        self.clocks = replace(self.clocks, moved_at=timestamp)
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

    @event(ResponseOverdue)
    def _response_overdue(self, tier: int, timestamp: datetime) -> None:
        self.clocks = replace(self.clocks, response_overdue=True, tier=tier, tier_at=timestamp)

    @event(Escalated)
    def _escalated(
        self, tier: int, tier_at: datetime | None, rounds: int, resolution_overdue: bool
    ) -> None:
        self.clocks = replace(self.clocks, tier=tier, tier_at=tier_at, rounds=rounds)
        self.clocks = replace(self.clocks, resolution_overdue=resolution_overdue)

    @event(ObligationsArisen)
    def _obligations_arisen(self, obligations: tuple[Obligation, ...]) -> None:
        self.obligations = self.obligations | {each.name: each for each in obligations}

    @event(ObligationFulfilled)
    def _obligation_fulfilled(self, name: str) -> None:
        self.obligations = {key: each for key, each in self.obligations.items() if key != name}
        self.fulfilled = self.fulfilled | {name}

    @event(ObligationOverdue)
    def _obligation_overdue(self, name: str) -> None:
        self.overdue = self.overdue | {name}

    @event(ObligationsWaived)
    def _obligations_waived(self, names: tuple[str, ...]) -> None:
        self.obligations = {key: each for key, each in self.obligations.items() if key not in names}

    @event(AlertsRouted)
    def _alerts_routed(
        self, of_version: int, chosen: tuple[Chosen, ...], paging: tuple[str, ...]
    ) -> None:
        self.routed_to = of_version
        told = {each.channel: (*self.told.get(each.channel, ()), each.delivery) for each in chosen}
        self.told = self.told | told
        self.paging = paging
