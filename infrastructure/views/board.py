"""The board's filter as a query."""

from dataclasses import fields
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, select

from application.views import BoardFilter, IncidentRow


def board_query(wanted: BoardFilter, incidents: Table, labels: Table) -> Select[Any]:
    """Ask for the incidents that meet every condition, the worst and newest first."""
    columns = incidents.c
    return (
        select(*(columns[field.name] for field in fields(IncidentRow)))
        .where(*_among(wanted, incidents), *_detected(wanted, incidents))
        .where(*(_labelled(incidents, labels, pair) for pair in wanted.labels))
        .order_by(columns.severity_rank.desc(), columns.detected_at.desc(), columns.id)
        .limit(wanted.limit)
    )


def _among(wanted: BoardFilter, incidents: Table) -> list[ColumnElement[bool]]:
    columns = incidents.c
    asked = (
        (columns.status, wanted.statuses),
        (columns.severity, wanted.severities),
        (columns.category, wanted.categories),
        (columns.rule_id, wanted.rules),
    )
    return [column.in_(values) for column, values in asked if values]


def _detected(wanted: BoardFilter, incidents: Table) -> list[ColumnElement[bool]]:
    at = incidents.c.detected_at
    conditions = []
    if wanted.since is not None:
        conditions.append(at >= wanted.since)
    if wanted.until is not None:
        conditions.append(at < wanted.until)
    return conditions


def _labelled(incidents: Table, labels: Table, pair: tuple[str, str]) -> ColumnElement[bool]:
    name, value = pair
    return (
        select(labels.c.incident_id)
        .where(
            labels.c.incident_id == incidents.c.id,
            labels.c.name == name,
            labels.c.value == value,
        )
        .exists()
    )
