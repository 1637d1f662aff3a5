"""Reading the tables beside the log: how far a source was read, and what its detector remembers."""

from typing import Any

import msgspec

from application.commands.totals import Totals
from application.reading import Cursor, FileMark
from domain.detection.memory import Mark, Memory, OpenedIncident, OpenEpisode, PendingSignal
from domain.detection.window import Span
from domain.incident.evidence import Unrecorded
from domain.signal import Signal
from infrastructure.store.working_tables import Sql, SqlCursor


def read_cursor(cursor: SqlCursor, sql: Sql, source: str) -> Cursor:
    """Read how far a source was read."""
    cursor.execute(
        sql("SELECT position, lines, files FROM source_progress WHERE source = ?"), (source,)
    )
    row = cursor.fetchone()
    if row is None:
        return Cursor()
    files = tuple(FileMark(**mark) for mark in msgspec.json.decode(row["files"]))
    return Cursor(position=row["position"], lines=row["lines"], files=files)


def read_memory(cursor: SqlCursor, sql: Sql, source: str) -> Memory:
    """Read what the detector of a source remembers, but for the content of pending signals."""

    def rows(statement: str) -> list[Any]:
        cursor.execute(sql(f"{statement} WHERE source = ?"), (source,))
        return list(cursor.fetchall())

    return Memory(
        pending=[
            (row["rule_id"], row["correlation"], row["at"])
            for row in rows("SELECT rule_id, correlation, at FROM pending_signals")
        ],
        episodes=[_episode(row) for row in rows("SELECT * FROM open_episodes")],
        opened=[_opened(row) for row in rows("SELECT * FROM opened_incidents")],
        marks=[_mark(row) for row in rows("SELECT * FROM rule_marks")],
    )


def _episode(row: Any) -> OpenEpisode:
    return OpenEpisode(
        row["rule_id"],
        row["correlation"],
        row["first"],
        row["last"],
        row["incident_id"],
        bool(row["overflow"]),
    )


def _opened(row: Any) -> OpenedIncident:
    return OpenedIncident(
        row["rule_id"], row["correlation"], row["at"], row["arrival"], row["incident_id"]
    )


def _mark(row: Any) -> Mark:
    recent = msgspec.json.decode(row["recent"])
    return Mark(row["rule_id"], row["arrivals"], row["swept"], tuple(recent))


def read_tallies(cursor: SqlCursor, sql: Sql, source: str) -> dict[str, Unrecorded]:
    """Read the tallies of incidents whose newest signals no event records yet."""
    cursor.execute(
        sql("SELECT incident_id, tally FROM unrecorded_tallies WHERE source = ?"), (source,)
    )
    rows = cursor.fetchall()
    return {row["incident_id"]: Unrecorded.model_validate_json(row["tally"]) for row in rows}


def read_pending(
    cursor: SqlCursor, sql: Sql, source: str, of: tuple[str, str], span: Span
) -> list[PendingSignal]:
    """Read the pending signals of a rule and key in a span, in order of arrival."""
    cursor.execute(
        sql(
            "SELECT at, arrival, signal FROM pending_signals WHERE source = ? AND rule_id = ? "
            "AND correlation = ? AND at BETWEEN ? AND ? ORDER BY arrival"
        ),
        (source, *of, span.low, span.high),
    )
    return [
        PendingSignal(*of, row["at"], row["arrival"], Signal.model_validate_json(row["signal"]))
        for row in cursor.fetchall()
    ]


def read_totals(cursor: SqlCursor, sql: Sql, source: str) -> Totals:
    """Read what was read of a source and no event tells yet."""
    cursor.execute(
        sql("SELECT lines, signals, matched, rejected FROM totals_since_rest WHERE source = ?"),
        (source,),
    )
    row = cursor.fetchone()
    if row is None:
        return Totals()
    return Totals(row["lines"], row["signals"], row["matched"], row["rejected"])
