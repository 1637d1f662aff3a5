"""An incident of the board as a message would tell of it."""

from application.projections.texts import shown_key
from application.views import IncidentRow
from domain.alerting.content import Alert
from domain.incident.classification import Reason
from domain.incident.severity import Severity


def alert_of(row: IncidentRow) -> Alert:
    """Say what a message about an incident would say of it now."""
    return Alert(
        incident_id=row.id,
        rule_id=row.rule_id,
        rule_name=row.rule_name,
        category=row.category,
        severity=Severity(row.severity),
        status=row.status,
        detected_at=row.detected_at,
        source=row.source,
        about=shown_key(row.correlation_key),
        signals=row.signal_count,
        reasons=tuple(Reason.model_validate(reason) for reason in row.reasons),
        acknowledged_by=row.acknowledged_by,
        assignee=row.assignee,
        runbook=row.runbook,
        context=row.context,
        labels=row.labels,
    )
