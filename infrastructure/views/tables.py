"""The tables of each view, once for every generation."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, Table, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from application.projections.times import sortable

# Bytes decide the order of texts on every database, whatever language it was made for.
_Text = Text().with_variant(Text(collation="C"), "postgresql")


class UtcTime(TypeDecorator[datetime]):
    """An aware time as UTC text of one width, the same on every database."""

    impl = _Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        del dialect
        return None if value is None else sortable(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        del dialect
        return None if value is None else datetime.fromisoformat(value)


class Json(TypeDecorator[Any]):
    """An object or a list as JSON text."""

    impl = _Text
    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        del dialect
        return None if value is None else orjson.loads(value)


# SQLite makes a key of type INTEGER, and of no other name, the row's own number: no second tree.
Position = BigInteger().with_variant(Integer, "sqlite")


def _text(*names: str) -> list[Column[Any]]:
    return [Column(name, _Text, nullable=False) for name in names]


def _maybe_text(*names: str) -> list[Column[Any]]:
    return [Column(name, _Text) for name in names]


def _times(*names: str) -> list[Column[Any]]:
    return [Column(name, UtcTime, nullable=False) for name in names]


def _maybe_times(*names: str) -> list[Column[Any]]:
    return [Column(name, UtcTime) for name in names]


def _numbers(*names: str) -> list[Column[Any]]:
    return [Column(name, BigInteger, nullable=False) for name in names]


def _json(*names: str) -> list[Column[Any]]:
    return [Column(name, Json, nullable=False) for name in names]


def _incidents() -> list[Column[Any]]:
    return [
        Column("id", _Text, primary_key=True),
        *_text("status", "severity", "base_severity", "rule_id", "rule_name", "rule_digest"),
        *_text("category", "source", "correlation_key"),
        *_numbers("severity_rank", "signal_count", "overflow", "version", "position"),
        *_times("detected_at", "recorded_at", "updated_at", "first_signal_at", "last_signal_at"),
        *_maybe_text("acknowledged_by", "investigated_by", "assignee", "outcome"),
        *_maybe_text("recurrence_of", "runbook"),
        *_maybe_times("acknowledged_at", "resolved_at", "closed_at"),
        *_json("reasons", "labels", "facts", "context", "notify_channels", "clocks"),
    ]


def _incident_labels() -> list[Column[Any]]:
    # No key: a label whose value is a list has a row for each element.
    return _text("incident_id", "name", "value")


def _timeline() -> list[Column[Any]]:
    return [
        Column("position", Position, primary_key=True, autoincrement=False),
        *_text("incident_id"),
    ]


def _dead_letters() -> list[Column[Any]]:
    return [
        Column("event_position", Position, primary_key=True, autoincrement=False),
        Column("number", BigInteger, primary_key=True, autoincrement=False),
        *_text("source", "path", "reason", "excerpt"),
        *_numbers("position", "line"),
        *_times("recorded_at"),
    ]


def _deliveries() -> list[Column[Any]]:
    return [
        Column("id", _Text, primary_key=True),
        *_text("incident_id", "channel", "occasion", "severity", "sentence", "status", "why"),
        *_numbers("tries", "version", "position"),
        *_times("planned_at", "updated_at"),
        *_maybe_text("instead_of", "stands_in", "held_by"),
        *_maybe_times("not_before", "delivered_at"),
        *_json("routes", "recipients"),
    ]


def _executions() -> list[Column[Any]]:
    return [
        Column("id", _Text, primary_key=True),
        *_text("incident_id", "runbook_id", "runbook_name", "digest", "started_by", "status"),
        *_text("step_ids", "instructions", "why"),
        *_numbers("steps", "steps_done", "version", "position"),
        *_times("started_at", "updated_at"),
        *_maybe_text("parent", "step_id", "step_name", "waiting"),
        *_maybe_times("ended_at", "waiting_since", "deadline"),
        *_json("waiting_for"),
    ]


def _silences() -> list[Column[Any]]:
    return [
        Column("id", _Text, primary_key=True),
        *_text("kind", "comment", "created_by"),
        Column("everything", Boolean, nullable=False),
        *_numbers("version", "position"),
        *_times("starts_at", "ends_at", "created_at", "updated_at"),
        *_maybe_text("repeats", "timezone", "ended_by"),
        *_maybe_times("repeats_until", "over_at", "ended_at"),
        *_json("matchers"),
    ]


def _sources() -> list[Column[Any]]:
    return [
        Column("name", _Text, primary_key=True),
        *_text("format", "digest", "path"),
        *_numbers("position", "lines", "signals", "matched", "rejected"),
        *_numbers("forgotten_windows", "rotated", "truncated"),
        *_maybe_times("last_read_at"),
    ]


def _rules() -> list[Column[Any]]:
    return [
        Column("id", _Text, primary_key=True),
        *_text("name", "digest", "severity", "category"),
        Column("enabled", Boolean, nullable=False),
        Column("in_force", Boolean, nullable=False),
        *_numbers("incidents"),
        *_maybe_text("changed_by"),
        *_maybe_times("first_loaded_at", "changed_at", "last_fired_at"),
    ]


_COLUMNS: dict[str, Callable[[], list[Column[Any]]]] = {
    "dead_letters": _dead_letters,
    "deliveries": _deliveries,
    "executions": _executions,
    "incident_labels": _incident_labels,
    "incidents": _incidents,
    "rules": _rules,
    "silences": _silences,
    "sources": _sources,
    "timeline": _timeline,
}

_INDEXES: dict[str, Sequence[tuple[str, ...]]] = {
    "dead_letters": [("source",)],
    "deliveries": [("status",), ("incident_id",), ("channel", "position")],
    "executions": [("status",), ("incident_id",)],
    "incident_labels": [("incident_id",)],
    "incidents": [("status",), ("rule_id", "detected_at")],
    "timeline": [("incident_id",)],
}

TABLES_OF: dict[str, tuple[str, ...]] = {
    "dead_letters": ("dead_letters",),
    "deliveries": ("deliveries",),
    "executions": ("executions",),
    "incidents": ("incidents", "incident_labels"),
    "rules": ("rules",),
    "silences": ("silences",),
    "sources": ("sources",),
    "timeline": ("timeline",),
}
"""The tables that each projection fills."""


@lru_cache(maxsize=256)
def table(name: str, generation: int, schema: str | None) -> Table:
    """Give one of a view's tables in one of its generations."""
    stored = f"{name}_g{generation}"
    indexes = [Index(f"{stored}_by_{columns[0]}", *columns) for columns in _INDEXES.get(name, ())]
    return Table(stored, MetaData(schema=schema), *_COLUMNS[name](), *indexes)
