"""What a message about an event of an incident says, taken from the incident and the event."""

from typing import Any

from eventsourcing.utils import get_topic

from application.projections.sentences import SENTENCES
from application.projections.texts import shown_key
from domain.alerting.content import Alert, Content, Occasion
from domain.incident.events import Event
from domain.incident.incident import Incident

OCCASIONS: dict[str, Occasion] = {
    "incident.detected": "detected",
    "incident.severity_changed": "reclassified",
    "incident.acknowledged": "acknowledged",
    "incident.investigation_started": "acknowledged",
    "incident.resolved": "resolved",
    "incident.closed": "closed",
    "incident.reopened": "reopened",
    "incident.response_overdue": "response_overdue",
    "incident.escalated": "escalated",
    "incident.obligations_arisen": "obligation",
    "incident.obligation_overdue": "obligation_overdue",
}
"""Which events of an incident are told, by topic."""


def alert_of(incident: Incident) -> Alert:
    """Tell of an incident as it is now."""
    found = incident.diagnosis
    return Alert(
        incident_id=incident.id,
        rule_id=found.rule.id,
        rule_name=found.rule.name,
        category=found.category,
        severity=incident.severity,
        status=incident.status,
        detected_at=found.detected_at,
        source=found.source,
        about=shown_key(found.key),
        signals=incident.tally.count,
        reasons=incident.reasons,
        acknowledged_by=incident.acknowledged_by,
        assignee=incident.assignee,
        runbook=found.runbook,
        context=found.context,
        labels=found.labels,
    )


def content_of(incident: Incident, happened: Event, occasion: Occasion) -> Content:
    """Say what a message about an event says."""
    return Content(
        occasion=occasion,
        at=happened.timestamp,
        sentence=sentence_of(happened),
        alert=alert_of(incident),
    )


def sentence_of(happened: Event) -> str:
    """Tell an event as its incident's timeline does, in one line, with its reason."""
    state: dict[str, Any] = happened.model_dump(mode="json")
    sentence = SENTENCES[get_topic(type(happened))](state)
    reason = happened.provenance.reason
    whole = f"{sentence}: {reason}" if reason else sentence
    return " ".join(whole.split())
