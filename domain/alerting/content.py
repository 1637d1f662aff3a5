"""What a message says: an incident as it was when the message was decided on, and why it is sent.

It is kept with the delivery, so that who was told what can be read for ever, and every try says
the same.
"""

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from domain.incident.classification import Reason
from domain.incident.severity import Severity

Occasion = Literal[
    "detected",
    "reclassified",
    "acknowledged",
    "resolved",
    "closed",
    "reopened",
    "response_overdue",
    "escalated",
    "obligation",
    "obligation_overdue",
    "summary",
    "digest",
    "message",
    "test",
]
"""Why a message is sent.

`summary` stands for many incidents of a storm, `digest` for those of a day; `message` was written
by a runbook for a person; all the others are about one incident.
"""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Alert(_Part):
    """An incident as a message tells of it. `about` is its correlation key, as a person reads it.

    `context` and `labels` hold values from logs: foreign text that every channel must escape.
    """

    incident_id: str
    rule_id: str
    rule_name: str
    category: str
    severity: Severity
    status: str
    detected_at: AwareDatetime
    source: str
    about: str = ""
    signals: int = 1
    reasons: tuple[Reason, ...] = ()
    acknowledged_by: str | None = None
    assignee: str | None = None
    runbook: str | None = None
    context: dict[str, Any] = {}
    labels: dict[str, Any] = {}


class Content(_Part):
    """What a message says.

    `at` is when what it tells of happened, `sentence` tells it in one line. `alert` is the
    incident, None for a summary, a digest, a message or a test. `covers` are the incidents of a
    summary or digest, the worst first and at most a hundred; `counts` says how many there are of
    each severity in all. `subject` and `text` are what a runbook wrote to a person.
    """

    occasion: Occasion
    at: AwareDatetime
    sentence: str
    alert: Alert | None = None
    covers: tuple[Alert, ...] = ()
    counts: dict[Severity, int] = {}
    subject: str = ""
    text: str = ""
