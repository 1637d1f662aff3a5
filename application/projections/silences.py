"""Every silence and maintenance window: what it holds back, from when until when, and why."""

from typing import Any

from application.log import Record
from application.projections.aggregate_rows import Change, State, aggregate_rows
from application.projections.projection import Row, Rows

TABLE = "silences"


def _created(record: Record, rows: Rows) -> None:
    state = record.state
    definition = state.definition
    row: Row = {
        "id": record.originator_id,
        "kind": definition.kind,
        "everything": definition.everything,
        "matchers": definition.matchers,
        "comment": definition.comment,
        "created_by": state.provenance.actor.name,
        "created_at": state.timestamp,
        "ended_by": None,
        "ended_at": None,
        "updated_at": state.timestamp,
        "version": record.version,
        "position": record.position,
        **_times(definition.schedule),
    }
    rows.put(TABLE, record.originator_id, row)


def _times(schedule: Any) -> Row:
    return {
        "starts_at": schedule.starts_at,
        "ends_at": schedule.ends_at,
        "repeats": schedule.repeats,
        "timezone": schedule.timezone,
        "repeats_until": schedule.repeats_until,
        "over_at": schedule.ends_at if schedule.repeats is None else schedule.repeats_until,
    }


def _extended(state: State, row: Row) -> None:
    row.update(_times(state.schedule))


def _ended(state: State, row: Row) -> None:
    row["ended_by"] = state.provenance.actor.name
    row["ended_at"] = row["over_at"] = state.timestamp


_CHANGES: dict[str, Change] = {"silence.extended": _extended, "silence.ended": _ended}

SILENCES = aggregate_rows(TABLE, ("silence.created", _created), _CHANGES)
