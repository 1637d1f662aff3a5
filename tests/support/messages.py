"""Messages as channels get them."""

from datetime import UTC, datetime
from typing import Any

from application.channels import Message, Recipient
from domain.alerting.content import Alert, Content
from domain.incident.classification import Reason
from domain.incident.severity import Severity

AT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
INCIDENT = "INC-20260301-7KQ2ZD"
ANA = Recipient(
    name="ana", full_name="Ana Ruiz", email="ana@example.com", phone="+34600000001", slack="@ana",
    why="on call for payments until 2026-03-02 09:00 CET",
)  # fmt: skip
BO = Recipient(name="bo", full_name="Bo Ek", email="bo@example.com", why="of the team payments")


def an_alert(**changes: Any) -> Alert:
    """Make an incident as messages tell of it."""
    told: dict[str, Any] = {
        "incident_id": INCIDENT,
        "rule_id": "secret-in-output",
        "rule_name": "Secret in output",
        "category": "security_breach",
        "severity": Severity.P1,
        "status": "detected",
        "detected_at": AT,
        "source": "audit",
        "about": "agent-7",
        "signals": 1204,
        "reasons": (Reason(rule="a breach is at least P1", fact="category: security_breach",
                           severity=Severity.P1),),
        "runbook": "secret-exposure",
        "context": {"project": "billing", "agent": "agent-7"},
    }  # fmt: skip
    return Alert(**{**told, **changes})


def a_content(occasion: str = "detected", **changes: Any) -> Content:
    """Make what a message about an incident says."""
    told: dict[str, Any] = {
        "occasion": occasion,
        "at": AT,
        "sentence": "Secret in output was detected for agent-7.",
        "alert": an_alert(),
    }
    return Content(**{**told, **changes})


def a_digest(occasion: str = "digest") -> Content:
    """Make a digest, or a summary, of three listed incidents of many more."""
    covers = (
        an_alert(severity=Severity.P0, rule_name="Data at risk", incident_id="INC-20260301-AAAAAA"),
        an_alert(severity=Severity.P2, rule_name="Disk full", incident_id="INC-20260301-BBBBBB"),
        an_alert(severity=Severity.P2, rule_name="Disk slow", incident_id="INC-20260301-CCCCCC"),
    )
    return Content(
        occasion=occasion,  # type: ignore[arg-type] # pydantic checks it
        at=AT,
        sentence="1,201 incidents since yesterday.",
        covers=covers,
        counts={Severity.P0: 1, Severity.P2: 1200},
    )


def written(subject: str = "Rotate the key", text: str = "Dear Ana,\n\n  - do *this*\n") -> Content:
    """Make what a runbook wrote to a person."""
    return Content(
        occasion="message", at=AT, sentence="A runbook writes.", subject=subject, text=text
    )


def a_test() -> Content:
    """Make a test."""
    return Content(occasion="test", at=AT, sentence="This is a test of the channel mail.")


def a_message(content: Content | None = None, **changes: Any) -> Message:
    """Make a message to Ana."""
    told: dict[str, Any] = {
        "id": "DLV-1f0c9a",
        "content": content or a_content(),
        "recipients": (ANA,),
        "seconds": 10.0,
    }
    return Message(**{**told, **changes})
