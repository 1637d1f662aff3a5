"""What detection found out: all that an incident is opened with."""

from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict

from domain.incident.classification import Reason
from domain.incident.evidence import Tally
from domain.incident.facts import Facts
from domain.incident.severity import Severity
from domain.signal import Signal


class RuleReference(BaseModel):
    """The rule that fired, and which version of it: `digest` is its content's SHA-256."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name: str
    digest: str


class Diagnosis(BaseModel):
    """What detection found out: all that an incident is opened with.

    `identity` is the SHA-256 of rule, key and opening signal that the incident's id is cut from.
    `detected_at` is the opening signal's own time. `key` is the correlation key as JSON, empty
    for none. `in_window` is how many signals stood in the threshold's window at opening.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    identity: str
    rule: RuleReference
    source: str
    key: str
    detected_at: AwareDatetime
    opening_signal: str
    in_window: int
    category: str
    base_severity: Severity
    severity: Severity
    reasons: tuple[Reason, ...]
    facts: Facts
    context: dict[str, Any]
    labels: dict[str, Any]
    runbook: str | None
    auto_remediate: bool
    notify_channels: tuple[str, ...]
    signals: tuple[Signal, ...]
    tally: Tally
