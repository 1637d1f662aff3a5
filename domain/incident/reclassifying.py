"""How bad an incident is, what changes that, and what its decisions have in common."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from domain.incident import events
from domain.incident.classification import Assessment, ClassificationPolicy, Reason, worsened
from domain.incident.clocks import Clocks, tiers_of
from domain.incident.diagnosis import Diagnosis
from domain.incident.errors import IllegalTransitionError, NothingChangedError
from domain.incident.facts import Facts
from domain.incident.severity import Severity
from domain.provenance import Provenance


class Reclassifying:
    """The part of an incident that is about its severity, and guards that all decisions share."""

    # The incident's own: the library makes them of those in `events`.
    FactsAssessed: ClassVar[type[events.FactsAssessed]]
    SeverityChanged: ClassVar[type[events.SeverityChanged]]
    Escalated: ClassVar[type[events.Escalated]]

    id: str
    created_on: datetime
    diagnosis: Diagnosis
    status: str
    facts: Facts
    base_severity: Severity
    severity: Severity
    clocks: Clocks

    def assess(
        self,
        learned: dict[str, Any],
        policy: ClassificationPolicy,
        provenance: Provenance,
        at: datetime,
    ) -> None:
        """Add facts and reclassify; raises pydantic's ValidationError for an impossible fact."""
        self.refuse_if_closed("assessed")
        facts = Facts.model_validate(self.facts.model_dump() | learned)
        if facts == self.facts:
            msg = f"{self.id} has these facts already"
            raise NothingChangedError(msg)
        self.record(self.FactsAssessed, provenance, at, learned=learned, facts=facts)
        found = policy.classify(self.base_severity, facts)
        if found.severity is not self.severity:
            self._change_severity(self.base_severity, found, provenance, at)

    def set_severity(
        self, base: Severity, policy: ClassificationPolicy, provenance: Provenance, at: datetime
    ) -> None:
        """Let a person say how bad it is; facts can still raise that."""
        self.refuse_if_closed("reclassified")
        assessment = policy.classify(base, self.facts)
        if assessment.severity is not base:
            why = "; ".join(reason.rule for reason in assessment.reasons)
            msg = f"{self.id} cannot be {base}: its facts make it {assessment.severity} ({why})"
            raise IllegalTransitionError(msg)
        if base is self.base_severity and base is self.severity:
            msg = f"{self.id} is {base} already"
            raise NothingChangedError(msg)
        self._change_severity(base, assessment, provenance, at)

    def escalate(self, reason: Reason, provenance: Provenance, at: datetime) -> None:
        """Say that what was tried does not work, which raises the severity by a level."""
        self.refuse_if_closed("escalated")
        self.record(
            self.Escalated, provenance, at,
            why=f"{reason.rule} ({reason.fact})", clock=None, deadline=None, late_by=0.0,
            **tiers_of(self.clocks),
        )  # fmt: skip
        found = worsened(self.severity, reason)
        if found.severity is not self.severity:
            self._change_severity(found.severity, found, provenance, at)

    def _change_severity(
        self, base: Severity, found: Assessment, provenance: Provenance, at: datetime
    ) -> None:
        self.record(
            self.SeverityChanged,
            provenance,
            at,
            previous=self.severity,
            severity=found.severity,
            base_severity=base,
            reasons=found.reasons,
        )

    @property
    def age_when_recorded(self) -> timedelta:
        """How old it was when Tocsin learned of it; nothing if it has happened again since."""
        was_reopened = self.clocks.since != self.created_on
        return timedelta() if was_reopened else self.created_on - self.diagnosis.detected_at

    def refuse_unless_open(self, what: str) -> None:
        """Raise IllegalTransitionError if the incident is resolved or closed."""
        if self.status in {"resolved", "closed"}:
            msg = f"{self.id} is {self.status} and cannot be {what}; reopen it first"
            raise IllegalTransitionError(msg)

    def refuse_if_closed(self, what: str) -> None:
        """Raise IllegalTransitionError if the incident is closed."""
        if self.status == "closed":
            msg = f"{self.id} is closed and cannot be {what}; reopen it first"
            raise IllegalTransitionError(msg)

    def record(
        self, event_class: type[events.Event], provenance: Provenance, at: datetime, **fields: Any
    ) -> None:
        """Let an event happen to the incident; whoever calls this has checked that it may."""
        raise NotImplementedError
