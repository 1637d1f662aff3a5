"""Opening the log by its URL, and reading what stands in it and beside it."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote

import msgspec

from application.commands.totals import Totals
from application.journal import Journal
from application.log import Headline, Record
from application.reading import Cursor
from domain.detection.memory import Memory, PendingSignal
from domain.detection.window import Span
from domain.incident.evidence import Unrecorded
from infrastructure.store import working_rows
from infrastructure.store.mapper import evolved_types, upcast
from infrastructure.store.working_tables import SqlCursor

_LOCK_TIMEOUT_SECONDS = "60"


def open_journal(url: str) -> Journal:
    """Open the log at `sqlite:///PATH` or `postgresql://…`, creating its tables where missing.

    Raises ValueError for any other URL.
    """
    scheme, _, _ = url.partition("://")
    env = {
        "ORIGINATOR_ID_TYPE": "text",
        "MAPPER_TOPIC": "infrastructure.store.mapper:JsonMapper",
    }
    if scheme == "sqlite":
        return Journal(env | _sqlite(url))
    if scheme in {"postgresql", "postgres"}:
        return Journal(env | _postgres(url))
    msg = f"not a database: {url!r}; write sqlite:///PATH or postgresql://USER@HOST/NAME"
    raise ValueError(msg)


def sqlite_path(url: str) -> str:
    """Give the path that a `sqlite:///PATH` URL names."""
    return unquote(url.removeprefix("sqlite:///"))


def _sqlite(url: str) -> dict[str, str]:
    return {
        "PERSISTENCE_MODULE": "infrastructure.store.sqlite:JournalFactory",
        "SQLITE_DBNAME": sqlite_path(url),
        "SQLITE_LOCK_TIMEOUT": _LOCK_TIMEOUT_SECONDS,
    }


def _postgres(url: str) -> dict[str, str]:
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415 - an optional extra

    parts = conninfo_to_dict(url)
    return {
        "PERSISTENCE_MODULE": "infrastructure.store.postgres:JournalFactory",
        "TOCSIN_URL": url,
        "POSTGRES_DBNAME": str(parts.get("dbname") or parts.get("user") or "postgres"),
        "POSTGRES_HOST": str(parts.get("host", "localhost")),
        "POSTGRES_PORT": str(parts.get("port", "5432")),
        "POSTGRES_USER": str(parts.get("user", "postgres")),
        "POSTGRES_PASSWORD": str(parts.get("password", "")),
        "POSTGRES_SCHEMA": "tocsin",
        "POSTGRES_LOCK_TIMEOUT": _LOCK_TIMEOUT_SECONDS,
    }


class StoredLog:
    """The log as projections and processes read it, without making domain events of rows."""

    def __init__(self, journal: Journal) -> None:
        self._transaction, self._sql = access(journal)
        position = "position" if self._sql is str else "notification_id"
        columns = f"{position} AS position, originator_id, originator_version, topic"
        rest = f"FROM stored_events WHERE {position} > ? ORDER BY {position} LIMIT ?"
        self._select = self._sql(f"SELECT {columns}, state {rest}")
        self._select_headlines = self._sql(f"SELECT {columns} {rest}")
        self._head = f"SELECT MAX({position}) AS head FROM stored_events"
        self._evolved = evolved_types()
        self._plain = _plain_rows(self._sql)

    def outlines(self, after: int, limit: int) -> Sequence[Record]:
        """Give outlines of at most `limit` records whose position is greater than `after`."""
        # Imported late: nearly always the views are there already, and this is not needed.
        from infrastructure.views.outlines import outlined  # noqa: PLC0415

        with self._transaction() as cursor:
            cursor.row_factory = self._plain
            cursor.execute(self._select, (after, limit))
            # Row by row: while a big state is outlined it is still in the processor's cache.
            rows = iter(cursor)
            if self._evolved:
                rows = ((*row[:4], self._newest(*row[3:])) for row in rows)
            return outlined(rows)

    def read(self, after: int, limit: int) -> Sequence[Record]:
        """Give at most `limit` whole records whose position is greater than `after`."""
        with self._transaction() as cursor:
            cursor.execute(self._select, (after, limit))
            rows = cursor.fetchall()
        return [self._record(row) for row in rows]

    def headlines(self, after: int, limit: int) -> Sequence[Headline]:
        """Give at most `limit` headlines of events whose position is greater than `after`."""
        with self._transaction() as cursor:
            cursor.row_factory = self._plain
            cursor.execute(self._select_headlines, (after, limit))
            return [Headline(*row) for row in cursor.fetchall()]

    def head(self) -> int:
        """Give the newest record's position; 0 while there is none."""
        with self._transaction() as cursor:
            cursor.execute(self._head)
            return int(cursor.fetchone()["head"] or 0)

    def _newest(self, topic: str, state: bytes) -> bytes:
        if topic not in self._evolved:
            return state
        return json.dumps(upcast(self._evolved[topic], msgspec.json.decode(state))).encode()

    def _record(self, row: Any) -> Record:
        topic = row["topic"]
        state = msgspec.json.decode(row["state"])
        if topic in self._evolved:
            state = upcast(self._evolved[topic], state)
        return Record(
            row["position"], row["originator_id"], row["originator_version"], topic, state
        )


def _plain_rows(sql: Callable[[str], str]) -> Any:
    """Give what makes a cursor's rows plain tuples, which are faster than rows with names."""
    if sql is str:
        return None
    from psycopg.rows import tuple_row  # noqa: PLC0415 - an optional extra

    return tuple_row


class StoredSourceMemory:
    """What was saved of each source beside the log."""

    def __init__(self, journal: Journal) -> None:
        self._transaction, self._sql = access(journal)

    def cursor(self, source: str) -> Cursor:
        """Give how far the source was read."""
        with self._transaction() as cursor:
            return working_rows.read_cursor(cursor, self._sql, source)

    def memory(self, source: str) -> Memory:
        """Give what its detector remembers."""
        with self._transaction() as cursor:
            return working_rows.read_memory(cursor, self._sql, source)

    def tallies(self, source: str) -> dict[str, Unrecorded]:
        """Give the tallies of incidents whose newest signals no event records yet."""
        with self._transaction() as cursor:
            return working_rows.read_tallies(cursor, self._sql, source)

    def since_rest(self, source: str) -> Totals:
        """Give what was read since it was last noted in the log how far the source was read."""
        with self._transaction() as cursor:
            return working_rows.read_totals(cursor, self._sql, source)

    def pending(self, source: str) -> "StoredPendingSignals":
        """Give access to the content of its pending signals."""
        return StoredPendingSignals(source, self._transaction, self._sql)


class StoredPendingSignals:
    """The pending signals of one source."""

    def __init__(self, source: str, transaction: "_Transaction", sql: Callable[[str], str]) -> None:
        self._source = source
        self._transaction = transaction
        self._sql = sql

    def within(self, rule_id: str, key: str, span: Span) -> Sequence[PendingSignal]:
        """Give the saved pending signals of a key in a span, in order of arrival."""
        with self._transaction() as cursor:
            return working_rows.read_pending(cursor, self._sql, self._source, (rule_id, key), span)


_Transaction = Callable[[], Any]


def access(journal: Journal) -> tuple[_Transaction, Callable[[str], str]]:
    """Give what opens a reading transaction, and what writes SQL as the database wants it."""
    datastore = journal.recorder.datastore  # type: ignore[attr-defined] # both recorders have one

    @contextmanager
    def transaction() -> Iterator[SqlCursor]:
        with datastore.transaction(commit=False) as cursor:
            # The driver's own, which can be iterated over and told what rows to make.
            yield getattr(cursor, "sqlite_cursor", cursor)

    if type(datastore).__name__ == "SQLiteDatastore":
        return transaction, str
    from infrastructure.store.postgres import placeholders  # noqa: PLC0415 - an optional extra

    return transaction, placeholders
