"""What people do with an incident: each command loads it, decides, and saves."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from application.commands.deciding import unopposed
from application.journal import Journal
from application.ports import Clock
from domain.incident.by_clock import fulfil
from domain.incident.classification import ClassificationPolicy
from domain.incident.errors import IncidentError
from domain.incident.events import Outcome
from domain.incident.incident import Incident
from domain.incident.severity import Severity
from domain.provenance import Act, Actor, Cause, Provenance

_Decision = Callable[[Incident, Provenance, datetime], None]


class UnknownIncidentError(IncidentError):
    """There is no such incident."""


@dataclass(frozen=True, slots=True)
class Order:
    """Who wants something done, and why. `id` names the command itself, as its events' cause."""

    by: str
    id: str
    reason: str = ""


def provenance_of(order: Order, correlation: str) -> Provenance:
    """Say that a person wants something, and why."""
    return Provenance(
        actor=Actor.person(order.by),
        cause=Cause(kind="command", id=order.id),
        correlation=correlation,
        reason=order.reason,
    )


class IncidentCommands:
    """The commands on incidents. Each raises IncidentError with the reason when it is refused.

    Two that are given at once both succeed if both are legal one after the other. The policy is
    asked for only where a severity is decided: a mistake in the configuration keeps nobody from
    answering for an incident.
    """

    def __init__(
        self, journal: Journal, clock: Clock, policy: Callable[[], ClassificationPolicy]
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._policy = policy

    def acknowledge(self, incident_id: str, order: Order) -> Incident:
        """Answer for an incident."""
        return self._decide(incident_id, order, Incident.acknowledge)

    def investigate(self, incident_id: str, order: Order) -> Incident:
        """Start to look into an incident."""
        return self._decide(incident_id, order, Incident.investigate)

    def resolve(self, incident_id: str, order: Order) -> Incident:
        """Say that the harm has ended."""
        return self._decide(incident_id, order, Incident.resolve)

    def close(self, incident_id: str, order: Order, outcome: Outcome) -> Incident:
        """End an incident."""
        return self._decide(
            incident_id, order, lambda incident, why, at: incident.close(outcome, why, at)
        )

    def reopen(self, incident_id: str, order: Order) -> Incident:
        """Take back that an incident is over."""
        return self._decide(incident_id, order, Incident.reopen)

    def note(self, incident_id: str, order: Order, text: str) -> Incident:
        """Write something down."""
        return self._decide(
            incident_id, order, lambda incident, why, at: incident.note(text, why, at)
        )

    def assign(self, incident_id: str, order: Order, assignee: str) -> Incident:
        """Make somebody responsible."""
        return self._decide(
            incident_id, order, lambda incident, why, at: incident.assign(assignee, why, at)
        )

    def assess(self, incident_id: str, order: Order, learned: dict[str, Any]) -> Incident:
        """Add facts, and reclassify; raises pydantic's ValidationError for an impossible fact."""
        policy = self._policy()
        return self._decide(
            incident_id,
            order,
            lambda incident, why, at: incident.assess(learned, policy, why, at),
        )

    def set_severity(self, incident_id: str, order: Order, severity: Severity) -> Incident:
        """Say how bad an incident is, whatever its rule says."""
        policy = self._policy()
        return self._decide(
            incident_id,
            order,
            lambda incident, why, at: incident.set_severity(severity, policy, why, at),
        )

    def fulfil(self, incident_id: str, order: Order, name: str) -> Incident:
        """Say that something was done that the severity requires."""
        return self._decide(
            incident_id,
            order,
            lambda incident, why, at: fulfil(incident, name, "person", order.by, Act(why, at)),
        )

    def _decide(self, incident_id: str, order: Order, decision: _Decision) -> Incident:
        provenance = provenance_of(order, incident_id)
        return unopposed(lambda: self._once(incident_id, provenance, decision))

    def _once(self, incident_id: str, provenance: Provenance, decision: _Decision) -> Incident:
        incident = self._journal.load(Incident, incident_id)
        if incident is None:
            msg = f"there is no incident {incident_id}"
            raise UnknownIncidentError(msg)
        decision(incident, provenance, self._clock.now())
        self._journal.commit([incident])
        return incident
