"""Incidents as domain tests begin them."""

from datetime import UTC, datetime

from domain.incident.diagnosis import Diagnosis, RuleReference
from domain.incident.evidence import Tally
from domain.incident.facts import Facts
from domain.incident.severity import Severity
from domain.provenance import Actor, Cause, Provenance
from domain.signal import Signal

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
SIGNAL = Signal(id="s0", source="audit_log", type="t", timestamp=AT, data={})


def by(name: str) -> Provenance:
    return Provenance(
        actor=Actor.person(name), cause=Cause(kind="command", id="c1"), correlation="INC-1"
    )


DIAGNOSIS = Diagnosis(
    identity="0" * 64,
    rule=RuleReference(id="rule", name="A rule", digest="1" * 64),
    source="log",
    key="",
    detected_at=AT,
    opening_signal="s0",
    in_window=1,
    category="system_error",
    base_severity=Severity.P3,
    severity=Severity.P3,
    reasons=(),
    facts=Facts(),
    context={"user": ["a", 1, None]},
    labels={},
    runbook=None,
    auto_remediate=False,
    notify_channels=("slack",),
    signals=(SIGNAL,),
    tally=Tally.of([SIGNAL]),
)
