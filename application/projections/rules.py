"""The rules that were ever in force: who changed them, and what they found."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from application.log import Record
from application.projections.catalogue import VERSIONS
from application.projections.projection import Fold, Projection, Row, Rows
from application.projections.times import utc

TABLE = "rules"
_LOADED = "rule_book.rules_loaded"
_DETECTED = "incident.detected"


def _rules_loaded(record: Record, rows: Rows) -> None:
    state = record.state
    for rule in (*state.added, *state.changed):
        row = _row(rows, rule.id)
        row.update(_as_loaded(rule), in_force=True)
        row["first_loaded_at"] = row["first_loaded_at"] or state.timestamp
        _changed(row, state)
    for rule_id in state.removed:
        row = _row(rows, rule_id)
        row["in_force"] = False
        _changed(row, state)


def _as_loaded(rule: Any) -> Row:
    definition = rule.definition
    return {
        "name": definition.name,
        "digest": rule.digest,
        "enabled": definition.enabled,
        "severity": definition.default_severity,
        "category": definition.category,
    }


def _changed(row: Row, state: Any) -> None:
    row["changed_at"] = state.timestamp
    row["changed_by"] = state.provenance.actor.name


def _fired(record: Record, rows: Rows) -> None:
    found = record.state.diagnosis
    row = _row(rows, found.rule.id)
    if row["first_loaded_at"] is None:
        row.update(name=found.rule.name, digest=found.rule.digest)
        row.update(severity=found.base_severity, category=found.category)
    at = utc(found.detected_at)
    row["incidents"] += 1
    row["last_fired_at"] = max(at, row["last_fired_at"] or at)


def _row(rows: Rows, rule_id: str) -> Row:
    """Find a rule's row, or begin it: an incident may name a rule that no book has loaded."""
    known = rows.find(TABLE, rule_id)
    return known if known is not None else rows.put(TABLE, rule_id, _blank(rule_id))


def _blank(rule_id: str) -> Row:
    texts = dict.fromkeys(("name", "digest", "severity", "category"), "")
    times = dict.fromkeys(("first_loaded_at", "changed_at", "changed_by", "last_fired_at"))
    return {"id": rule_id, "enabled": True, "in_force": False, "incidents": 0, **texts, **times}


def _needs(records: Sequence[Record]) -> Mapping[str, set[str]]:
    needed: set[str] = set()
    for record in records:
        if record.topic == _DETECTED:
            needed.add(record.state.diagnosis.rule.id)
        elif record.topic == _LOADED:
            needed.update(_named(record.state))
    return {TABLE: needed}


def _named(state: Any) -> Iterable[str]:
    yield from (rule.id for rule in (*state.added, *state.changed))
    yield from state.removed


_FOLDS: dict[str, Fold] = {_LOADED: _rules_loaded, _DETECTED: _fired}

RULES = Projection("rules", VERSIONS["rules"], _FOLDS, _needs)
