"""Alerts, what messages say of them, and the messages: made up, and the same every time."""

from datetime import UTC, datetime
from typing import Any, get_args

from application.channels import Message, Recipient
from domain.alerting.content import Alert, Content, Occasion
from domain.incident.classification import Reason
from domain.incident.severity import Severity

AT = datetime(2026, 3, 1, 3, 14, 15, tzinfo=UTC)
INCIDENT = "INC-20260301-ABCDEF"
OCCASIONS: tuple[Occasion, ...] = get_args(Occasion)
OF_NO_INCIDENT = frozenset({"summary", "digest", "message", "test"})
ADA = Recipient("ada", "Ada Ames", "ada@corp.example", "+49 30 1234567", "U024BE7LH")
BEN = Recipient("ben", "Ben Berg", None, "+1 202 555 0143", "@ben")


def an_alert(**changes: Any) -> Alert:
    """Make an alert of a P1 about a secret in an output."""
    known: dict[str, Any] = {
        "incident_id": INCIDENT,
        "rule_id": "secret-in-output",
        "rule_name": "Secret in output",
        "category": "security",
        "severity": Severity.P1,
        "status": "detected",
        "detected_at": AT,
        "source": "audit",
        "about": "deploy-bot",
        "signals": 3,
        "reasons": (
            Reason(rule="data at risk", fact="data_at_risk is true", severity=Severity.P1),
        ),
        "context": {"repository": "shop", "findings": [{"line": 12}]},
        "labels": {"team": "payments"},
    }
    return Alert.model_validate({**known, **changes})


def a_content(occasion: Occasion = "detected", **changes: Any) -> Content:
    """Make what a message says on an occasion."""
    known: dict[str, Any] = {
        "occasion": occasion,
        "at": AT,
        "sentence": f"It is {occasion}: Secret in output of deploy-bot",
    }
    if occasion not in OF_NO_INCIDENT:
        known["alert"] = an_alert()
    if occasion in {"summary", "digest"}:
        known["covers"] = (an_alert(severity=Severity.P0), an_alert(incident_id=f"{INCIDENT}2"))
        known["counts"] = {Severity.P0: 2, Severity.P2: 120}
    if occasion == "message":
        known |= {"subject": "Please look", "text": "Dear Ada,\nplease look.\n"}
    return Content.model_validate({**known, **changes})


def a_message(occasion: Occasion = "detected", **changes: Any) -> Message:
    """Make a message; `content` may be given, and else is that of the occasion."""
    known: dict[str, Any] = {
        "id": f"DEL-{occasion}-1",
        "content": a_content(occasion),
        "recipients": (ADA, BEN),
        "seconds": 10.0,
    }
    return Message(**{**known, **changes})
