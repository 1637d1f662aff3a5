"""How a message puts what it says: the lines that all channels share, as plain text.

Nothing here is escaped for any format; foreign text is one line each, and not endless.
"""

from datetime import UTC, datetime

from application.projections.texts import as_text, counted, shown
from domain.alerting.content import Alert, Content
from domain.incident.severity import Severity

_FACTS = 10


def title(content: Content) -> str:
    """Give the line that a person sees first, such as `[P1] Secret in output`."""
    alert = content.alert
    if alert is not None:
        mark = _MARKS.get(content.occasion, "")
        return f"[{alert.severity}]{mark} {shown(alert.rule_name)}"
    if content.counts:
        what = "Daily digest" if content.occasion == "digest" else "Many incidents at once"
        return f"{what}: {count_line(content)}"
    return shown(content.subject) or shown(content.sentence)


_MARKS = {
    "acknowledged": " Acknowledged:",
    "resolved": " Resolved:",
    "closed": " Closed:",
    "reopened": " Reopened:",
    "reclassified": " Now this severity:",
    "response_overdue": " Nobody answers:",
    "escalated": " Escalated:",
    "obligation": " To be done:",
    "obligation_overdue": " Not done in time:",
}


def count_line(content: Content) -> str:
    """Say how many incidents there are of each severity: `12 incidents (2 P0, 10 P2)`."""
    counts = {
        severity: content.counts[severity] for severity in Severity if severity in content.counts
    }
    parts = ", ".join(f"{count:,} {severity}" for severity, count in counts.items())
    return f"{counted(sum(counts.values()), 'incident')} ({parts})"


def facts(alert: Alert) -> list[tuple[str, str]]:
    """Give what is worth a line of its own, as pairs of name and value, the most telling first."""
    pairs = [
        ("Rule", shown(alert.rule_name)),
        ("Category", alert.category),
        ("Status", alert.status),
        ("ID", alert.incident_id),
        ("About", shown(alert.about)),
        ("Detected", exact(alert.detected_at)),
        ("Signals", f"{alert.signals:,}" if alert.signals > 1 else ""),
        ("Acknowledged by", shown(alert.acknowledged_by or "")),
        ("Assigned to", shown(alert.assignee or "")),
        ("Runbook", shown(alert.runbook or "")),
    ]
    why = "; ".join(f"{reason.rule} ({reason.fact})" for reason in alert.reasons)
    pairs.append((f"Why {alert.severity}", shown(why)))
    more = [(shown(name), shown(as_text(value))) for name, value in alert.context.items()]
    return [(name, value) for name, value in pairs + more[:_FACTS] if value]


def one_line(alert: Alert) -> str:
    """Tell an incident in one line of a list."""
    about = f" of {shown(alert.about)}" if alert.about else ""
    return (
        f"[{alert.severity}] {shown(alert.rule_name)}{about} ({alert.incident_id}, {alert.status})"
    )


def exact(at: datetime) -> str:
    """Write a time in UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
