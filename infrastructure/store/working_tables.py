"""Tables beside the log: how far each source was read, and what its detector must remember.

They are written in the transaction of the events that go with them. SQL is written once, with
`?` for parameters, for both databases.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import chain
from typing import Any, Protocol

import msgspec

from application.commands.totals import Totals
from application.journal import Progress, SourceConflictError
from domain.detection.memory import (
    Mark,
    MemoryChanges,
    OpenedIncident,
    OpenEpisode,
    PendingSignal,
)


class SqlCursor(Protocol):
    """What a cursor of either database offers."""

    def execute(self, statement: Any, params: Any = ..., /) -> Any: ...
    def executemany(self, statement: Any, params: Any, /) -> Any: ...
    def fetchone(self) -> Any: ...
    def fetchall(self) -> Any: ...


CREATE = (
    "CREATE TABLE IF NOT EXISTS source_progress (source TEXT PRIMARY KEY, "
    "position BIGINT NOT NULL, lines BIGINT NOT NULL, files TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS pending_signals (source TEXT NOT NULL, rule_id TEXT NOT NULL, "
    "correlation TEXT NOT NULL, at BIGINT NOT NULL, arrival BIGINT NOT NULL, "
    "signal TEXT NOT NULL, PRIMARY KEY (source, rule_id, correlation, at, arrival))",
    "CREATE TABLE IF NOT EXISTS open_episodes (source TEXT NOT NULL, rule_id TEXT NOT NULL, "
    "correlation TEXT NOT NULL, first BIGINT NOT NULL, last BIGINT NOT NULL, "
    "incident_id TEXT NOT NULL, overflow BIGINT NOT NULL, "
    "PRIMARY KEY (source, rule_id, correlation, first, incident_id))",
    "CREATE TABLE IF NOT EXISTS opened_incidents (source TEXT NOT NULL, rule_id TEXT NOT NULL, "
    "correlation TEXT NOT NULL, at BIGINT NOT NULL, arrival BIGINT NOT NULL, "
    "incident_id TEXT NOT NULL, PRIMARY KEY (source, rule_id, arrival, incident_id))",
    "CREATE TABLE IF NOT EXISTS rule_marks (source TEXT NOT NULL, rule_id TEXT NOT NULL, "
    "arrivals BIGINT NOT NULL, swept BIGINT NOT NULL, recent TEXT NOT NULL, "
    "PRIMARY KEY (source, rule_id))",
    "CREATE TABLE IF NOT EXISTS unrecorded_tallies (source TEXT NOT NULL, "
    "incident_id TEXT NOT NULL, tally TEXT NOT NULL, PRIMARY KEY (source, incident_id))",
    "CREATE TABLE IF NOT EXISTS totals_since_rest (source TEXT PRIMARY KEY, "
    "lines BIGINT NOT NULL, signals BIGINT NOT NULL, matched BIGINT NOT NULL, "
    "rejected BIGINT NOT NULL)",
)

_RULE = "WHERE source = ? AND rule_id = ?"
_KEY = f"{_RULE} AND correlation = ?"
_NEWEST = f"SELECT arrival FROM pending_signals {_KEY} ORDER BY at DESC, arrival DESC LIMIT ?"
_FORGET_PENDING = f"DELETE FROM pending_signals {_RULE} AND at <= ?"
_FORGET_EPISODES = f"DELETE FROM open_episodes {_RULE} AND last <= ?"
_FORGET_OPENED = f"DELETE FROM opened_incidents {_RULE} AND at <= ?"
_TAKE = f"DELETE FROM pending_signals {_KEY} AND at BETWEEN ? AND ?"
_ADD = "INSERT INTO pending_signals VALUES (?, ?, ?, ?, ?, ?)"
_RETAIN = f"DELETE FROM pending_signals {_KEY} AND arrival NOT IN ({_NEWEST})"
_CLEAR_EPISODES = f"DELETE FROM open_episodes {_KEY}"
_ADD_EPISODE = "INSERT INTO open_episodes VALUES (?, ?, ?, ?, ?, ?, ?)"
_ADD_OPENED = "INSERT INTO opened_incidents VALUES (?, ?, ?, ?, ?, ?)"
_MOVE = f"UPDATE opened_incidents SET incident_id = ? {_RULE} AND incident_id = ?"
_CLEAR_MARK = f"DELETE FROM rule_marks {_RULE}"
_ADD_MARK = "INSERT INTO rule_marks VALUES (?, ?, ?, ?, ?)"

Sql = Callable[[str], str]
Rows = Iterable[Sequence[Any]]


def write_progress(cursor: SqlCursor, sql: Sql, progress: Progress) -> None:
    """Write a source's progress; raises SourceConflictError if somebody else has moved it."""
    _advance(cursor, sql, progress)
    _write_totals(cursor, sql, progress.source, progress.since_rest)
    _write_memory(cursor, sql, progress.source, progress.memory)
    for incident_id, tally in progress.tallies.items():
        where = (progress.source, incident_id)
        cursor.execute(
            sql("DELETE FROM unrecorded_tallies WHERE source = ? AND incident_id = ?"), where
        )
        if tally is not None:
            cursor.execute(
                sql("INSERT INTO unrecorded_tallies VALUES (?, ?, ?)"),
                (*where, tally.model_dump_json()),
            )


def _advance(cursor: SqlCursor, sql: Sql, progress: Progress) -> None:
    now = progress.cursor
    files = msgspec.json.encode([asdict(mark) for mark in now.files]).decode()
    if progress.expected == 0:
        cursor.execute(
            sql("INSERT INTO source_progress VALUES (?, 0, 0, '[]') ON CONFLICT DO NOTHING"),
            (progress.source,),
        )
    cursor.execute(
        sql(
            "UPDATE source_progress SET position = ?, lines = ?, files = ? "
            "WHERE source = ? AND position = ? RETURNING position"
        ),
        (now.position, now.lines, files, progress.source, progress.expected),
    )
    if cursor.fetchone() is None:
        raise SourceConflictError(progress.source)


def _write_totals(cursor: SqlCursor, sql: Sql, source: str, totals: Totals) -> None:
    cursor.execute(sql("DELETE FROM totals_since_rest WHERE source = ?"), (source,))
    if totals.lines:
        row = (source, totals.lines, totals.signals, totals.matched, totals.rejected)
        cursor.execute(sql("INSERT INTO totals_since_rest VALUES (?, ?, ?, ?, ?)"), row)


def _write_memory(cursor: SqlCursor, sql: Sql, source: str, changes: MemoryChanges) -> None:
    for statement, rows in chain(_goings(changes), _comings(source, changes)):
        with_source = [(source, *row) for row in rows]
        if with_source:
            cursor.executemany(sql(statement), with_source)
    for rule_id, before, after in changes.moved:
        cursor.execute(sql(_MOVE), (after, source, rule_id, before))


def _goings(changes: MemoryChanges) -> Iterator[tuple[str, Rows]]:
    over = changes.forgotten_before.items()
    yield _FORGET_PENDING, ((rule_id, cutoff.windows) for rule_id, cutoff in over)
    yield _FORGET_EPISODES, ((rule_id, cutoff.windows) for rule_id, cutoff in over)
    yield _FORGET_OPENED, ((rule_id, cutoff.openings) for rule_id, cutoff in over)
    yield _TAKE, ((rule_id, key, span.low, span.high) for rule_id, key, span in changes.taken)


def _comings(source: str, changes: MemoryChanges) -> Iterator[tuple[str, Rows]]:
    yield _ADD, map(_pending_row, changes.added)
    retained = changes.retained.items()
    yield _RETAIN, ((*of_key, source, *of_key, newest) for of_key, newest in retained)
    yield _CLEAR_EPISODES, changes.episodes
    yield _ADD_EPISODE, map(_episode_row, chain.from_iterable(changes.episodes.values()))
    yield _ADD_OPENED, map(_opened_row, changes.opened)
    yield _CLEAR_MARK, ((mark.rule_id,) for mark in changes.marks)
    yield _ADD_MARK, map(_mark_row, changes.marks)


def _pending_row(row: PendingSignal) -> Sequence[Any]:
    return row.rule_id, row.key, row.at, row.arrival, row.signal.model_dump_json()


def _episode_row(row: OpenEpisode) -> Sequence[Any]:
    return row.rule_id, row.key, row.first, row.last, row.incident_id, int(row.overflow)


def _opened_row(row: OpenedIncident) -> Sequence[Any]:
    return row.rule_id, row.key, row.at, row.arrival, row.incident_id


def _mark_row(mark: Mark) -> Sequence[Any]:
    return mark.rule_id, mark.arrivals, mark.swept, msgspec.json.encode(mark.recent).decode()
