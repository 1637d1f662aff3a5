"""Histories for tests of views: aggregates of the domain, and a log in memory of their events."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from eventsourcing.domain import BaseAggregate
from eventsourcing.persistence import JSONTranscoder

from application.log import Record
from domain.detection.rule import Rule
from domain.incident.diagnosis import Diagnosis, RuleReference
from domain.incident.evidence import Tally
from domain.incident.facts import Facts
from domain.incident.incident import Incident
from domain.incident.severity import Severity
from domain.provenance import Actor, Cause, Provenance
from domain.signal import Origin, Signal
from infrastructure.store.mapper import JsonMapper
from infrastructure.views.outlines import StoredRow, outlined

START = datetime(2024, 12, 10, 6, 55, 46, tzinfo=UTC)
BRUTE_FORCE = RuleReference(id="auth-001", name="Authentication Brute Force Attempt", digest="d1")
MAPPER = JsonMapper(JSONTranscoder())


def minute(number: float) -> datetime:
    """A moment so many minutes after the start."""
    return START + timedelta(minutes=number)


def by(name: str, reason: str = "") -> Provenance:
    """A person's command."""
    return Provenance(
        actor=Actor.person(name),
        cause=Cause(kind="command", id="cli"),
        correlation="c-1",
        reason=reason,
    )


def by_rule(signal_id: str = "s-1") -> Provenance:
    """What a detection rule brings about."""
    return Provenance(
        actor=Actor(kind="rule", name=BRUTE_FORCE.id),
        cause=Cause(kind="signal", id=signal_id),
        correlation=signal_id,
    )


def signal(number: int, at: datetime = START) -> Signal:
    """A failed login."""
    return Signal(
        id=f"s-{number}",
        source="audit_log",
        type="sshd",
        timestamp=at,
        data={
            "action": "authentication_failed",
            "actor": {"ip": "181.25.206.27", "user": "root"},
            "host": "LabSZ",
            "message": "Failed password for root from 181.25.206.27 port 53866 ssh2",
        },
        origin=Origin(source="sshd", position=150 * number, line=number),
    )


def diagnosis(**changes: Any) -> Diagnosis:
    """What detection found out, but for what a test wants to be otherwise."""
    signals = changes.pop("signals", (signal(1854),))
    found: dict[str, Any] = {
        "identity": "5d2f",
        "rule": BRUTE_FORCE,
        "source": "sshd",
        "key": '"181.25.206.27"',
        "detected_at": START,
        "opening_signal": signals[-1].id,
        "in_window": 10,
        "category": "authentication_failure",
        "base_severity": Severity.P2,
        "severity": Severity.P2,
        "reasons": (),
        "facts": Facts(),
        "context": {"source_ip": "181.25.206.27"},
        "labels": {"team": "security", "env": "prod"},
        "runbook": "brute-force-response",
        "auto_remediate": False,
        "notify_channels": ("slack-security",),
        "signals": signals,
        "tally": Tally.of(signals),
    }
    return Diagnosis(**(found | changes))


def incident(name: str = "INC-20241210-AAAAAA", **changes: Any) -> Incident:
    """An incident that was just detected."""
    return Incident.detect(name, diagnosis(**changes), by_rule(), minute(1))


def rule(rule_id: str = "auth-001", **changes: Any) -> Rule:
    """A rule as its author wrote it."""
    written: dict[str, Any] = {
        "id": rule_id,
        "name": f"Rule {rule_id}",
        "description": "",
        "detection": {"source": "audit_log", "pattern": []},
        "default_severity": "P2",
        "category": "authentication_failure",
        "notify_channels": [],
    }
    return Rule.model_validate(written | changes)


class MemoryLog:
    """A log in memory; events are recorded in the order in which aggregates are given."""

    def __init__(self, stored: Iterable[StoredRow] = ()) -> None:
        self.stored = list(stored)
        self.records = outlined(self.stored)

    def record(self, *aggregates: BaseAggregate[str]) -> None:
        """Record the new events of aggregates."""
        for aggregate in aggregates:
            for event in aggregate.collect_events():
                self.stored.append(_row(event, self.head() + 1))
                self.records.extend(outlined(self.stored[-1:]))

    def outlines(self, after: int, limit: int) -> Sequence[Record]:
        """Give outlines of records from after a position."""
        first = next((n for n, r in enumerate(self.records) if r.position > after), None)
        return [] if first is None else self.records[first : first + limit]

    def at(self, positions: Sequence[int]) -> Sequence[Record]:
        """Give the whole records at positions."""
        return [Record(*row[:4], json.loads(row[4])) for row in self.stored if row[0] in positions]

    def whole(self) -> Sequence[Record]:
        """Give all records whole."""
        return self.at([record.position for record in self.records])

    def head(self) -> int:
        """Give the newest record's position."""
        return self.records[-1].position if self.records else 0

    def until(self, count: int) -> "MemoryLog":
        """Give a log of the first records only."""
        return MemoryLog(self.stored[:count])

    def spread(self, gap: int = 3) -> "MemoryLog":
        """Give a log with gaps between positions, as after transactions that were rolled back."""
        return MemoryLog((row[0] * gap, *row[1:]) for row in self.stored)


def _row(event: Any, position: int) -> StoredRow:
    stored = MAPPER.to_stored_event(event)
    of, version = str(stored.originator_id), stored.originator_version
    return position, of, version, stored.topic, stored.state
