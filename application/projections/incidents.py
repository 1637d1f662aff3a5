"""Every incident as it stands now: the board, one incident, and a rule's recent incidents."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from application.log import Record
from application.projections.aggregate_rows import Change, State, aggregate_rows
from application.projections.projection import Row, Rows
from application.projections.texts import as_text

TABLE = "incidents"
LABELS = "incident_labels"


def _detected(record: Record, rows: Rows) -> None:
    found = record.state.diagnosis
    recorded_at = record.state.timestamp
    row = {
        "id": record.originator_id,
        "status": "detected",
        "correlation_key": found.key,
        "detected_at": found.detected_at,
        "recorded_at": recorded_at,
        "updated_at": recorded_at,
        "version": record.version,
        "position": record.position,
        **_NOT_YET,
        "category": found.category,
        "source": found.source,
        "labels": found.labels,
        "facts": found.facts,
        "context": found.context,
        "runbook": found.runbook,
        "notify_channels": found.notify_channels,
        "rule_id": found.rule.id,
        "rule_name": found.rule.name,
        "rule_digest": found.rule.digest,
        **_severity(found),
        **_tally(found.tally),
    }
    rows.put(TABLE, record.originator_id, row)
    for name, value in _label_pairs(found.labels):
        rows.append(LABELS, {"incident_id": record.originator_id, "name": name, "value": value})


_NOT_YET: Row = dict.fromkeys(
    (
        "acknowledged_by",
        "acknowledged_at",
        "investigated_by",
        "assignee",
        "resolved_at",
        "closed_at",
        "outcome",
        "recurrence_of",
        "clocks",
    )
)


def _severity(found: State) -> Row:
    severity = found.severity
    return {
        "severity": severity,
        "severity_rank": 5 - int(severity[1]),
        "base_severity": found.base_severity,
        "reasons": found.reasons,
    }


def _tally(tally: State) -> Row:
    return {
        "signal_count": tally.count,
        "first_signal_at": tally.first_at,
        "last_signal_at": tally.last_at,
        "overflow": tally.overflow,
    }


def _label_pairs(labels: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in labels.items():
        # A label taken from a field that is a list has each element as its value.
        for one in value if isinstance(value, list) else (value,):
            yield name, as_text(one)


def _signals_attached(state: State, row: Row) -> None:
    tally = state.tally
    row["signal_count"] = tally.count
    row["first_signal_at"] = tally.first_at
    row["last_signal_at"] = tally.last_at
    row["overflow"] = tally.overflow


def _acknowledged(state: State, row: Row) -> None:
    row["status"] = "acknowledged"
    row["acknowledged_by"] = state.provenance.actor.name
    row["acknowledged_at"] = row["updated_at"]


def _investigation_started(state: State, row: Row) -> None:
    row["status"] = "investigating"
    row["investigated_by"] = state.provenance.actor.name
    row["acknowledged_by"] = row["acknowledged_by"] or row["investigated_by"]
    row["acknowledged_at"] = row["acknowledged_at"] or row["updated_at"]


def _resolved(state: State, row: Row) -> None:
    del state
    row["status"] = "resolved"
    row["resolved_at"] = row["updated_at"]


def _closed(state: State, row: Row) -> None:
    row["status"] = "closed"
    row["closed_at"] = row["updated_at"]
    row["outcome"] = state.outcome


def _reopened(state: State, row: Row) -> None:
    del state
    row["status"] = "detected"
    _tick(row, since=row["updated_at"], moved_at=row["updated_at"], response_overdue=False)
    _tick(row, resolution_overdue=False, tier=0, tier_at=None, rounds=0)
    for name in _UNTIL_REOPENED:
        row[name] = None


_UNTIL_REOPENED = (
    "acknowledged_by",
    "acknowledged_at",
    "investigated_by",
    "resolved_at",
    "closed_at",
    "outcome",
)


def _facts_assessed(state: State, row: Row) -> None:
    row["facts"] = state.facts


def _severity_changed(state: State, row: Row) -> None:
    row.update(_severity(state))
    _tick(row, moved_at=row["updated_at"])


def _assigned(state: State, row: Row) -> None:
    row["assignee"] = state.assignee


def _noted(state: State, row: Row) -> None:
    del state, row


def _linked(state: State, row: Row) -> None:
    row["recurrence_of"] = state.recurrence_of


def _response_overdue(state: State, row: Row) -> None:
    _tick(row, response_overdue=True, tier=state.tier, tier_at=row["updated_at"])


def _escalated(state: State, row: Row) -> None:
    _tick(row, resolution_overdue=state.resolution_overdue)
    _tick(row, tier=state.tier, tier_at=state.tier_at, rounds=state.rounds)


def _obligations_arisen(state: State, row: Row) -> None:
    new = {
        each.name: {"by": each.fulfilled_by, "deadline": each.deadline}
        for each in state.obligations
    }
    _tick(row, obligations=_clocks(row).get("obligations", {}) | new)


def _obligation_fulfilled(state: State, row: Row) -> None:
    known = _clocks(row)
    _tick(row, fulfilled=sorted({*known.get("fulfilled", ()), state.name}))
    _tick(row, obligations=_but(known.get("obligations", {}), [state.name]))


def _obligation_overdue(state: State, row: Row) -> None:
    _tick(row, overdue=sorted({*_clocks(row).get("overdue", ()), state.name}))


def _obligations_waived(state: State, row: Row) -> None:
    _tick(row, obligations=_but(_clocks(row).get("obligations", {}), state.names))


def _tick(row: Row, **changed: Any) -> None:
    """Change what is known of an incident's clocks and obligations; None while all is new."""
    row["clocks"] = _clocks(row) | changed


def _clocks(row: Row) -> dict[str, Any]:
    stored = row["clocks"]
    found: dict[str, Any] | None = json.loads(stored) if isinstance(stored, str) else stored
    return found or {}


def _but(obligations: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: each for name, each in obligations.items() if name not in names}


_CHANGES: dict[str, Change] = {
    "incident.signals_attached": _signals_attached,
    "incident.acknowledged": _acknowledged,
    "incident.investigation_started": _investigation_started,
    "incident.resolved": _resolved,
    "incident.closed": _closed,
    "incident.reopened": _reopened,
    "incident.facts_assessed": _facts_assessed,
    "incident.severity_changed": _severity_changed,
    "incident.assigned": _assigned,
    "incident.noted": _noted,
    "incident.linked_as_recurrence": _linked,
    "incident.escalated": _escalated,
    "incident.review_asked": _noted,
    "incident.review_given": _noted,
    "incident.response_overdue": _response_overdue,
    "incident.obligations_arisen": _obligations_arisen,
    "incident.obligation_fulfilled": _obligation_fulfilled,
    "incident.obligation_overdue": _obligation_overdue,
    "incident.obligations_waived": _obligations_waived,
    "incident.alerts_routed": _noted,
}


INCIDENTS = aggregate_rows(TABLE, ("incident.detected", _detected), _CHANGES)
