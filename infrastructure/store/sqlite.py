"""The log on an embedded SQLite file."""

import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import Any

from eventsourcing.persistence import ApplicationRecorder, OperationalError, StoredEvent
from eventsourcing.sqlite import (
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteDatastore,
    SQLiteFactory,
    SQLiteProcessRecorder,
    SQLiteTransaction,
)

from infrastructure.store import working_tables

_WAL_ATTEMPTS = 50
_SELECT = (
    "SELECT originator_id, originator_version, topic, state FROM stored_events "
    "WHERE originator_id = ? AND originator_version > ? AND (? < 0 OR originator_version <= ?) "
    "ORDER BY originator_version"
)
_HAS_EVENTS = "SELECT 1 FROM stored_events WHERE originator_id = ? LIMIT 1"


class _ImmediateTransaction(SQLiteTransaction):
    """Takes the write lock at once, so that a writer waits for it and cannot be refused later."""

    def __enter__(self) -> SQLiteCursor:
        cursor = self.connection.cursor()
        cursor.execute("BEGIN IMMEDIATE" if self.commit else "BEGIN")
        return cursor


class _Connection(SQLiteConnection):
    @contextmanager
    def transaction(self, *, commit: bool) -> Iterator[SQLiteCursor]:
        with _ImmediateTransaction(self, commit=commit) as cursor, cursor:
            yield cursor


class _Pool(SQLiteConnectionPool):
    def _create_connection(self) -> SQLiteConnection:
        for attempt in range(_WAL_ATTEMPTS):
            try:
                plain = super()._create_connection()
                break
            except sqlite3.OperationalError:
                # Switching a new file to WAL does not wait for another process that does it too.
                if attempt == _WAL_ATTEMPTS - 1:
                    raise
                time.sleep(0.1)
        return _Connection(plain._sqlite_conn, self.max_age)

    @cached_property
    def asking(self) -> sqlite3.Connection:
        """A connection for single, short questions: to get one from the pool costs more than they.

        Each question is a transaction of its own, so none holds back writers or the WAL.
        """
        asking: sqlite3.Connection = self._create_connection()._sqlite_conn
        return asking

    def close(self) -> None:
        """Close all connections."""
        if (asking := vars(self).pop("asking", None)) is not None:
            asking.close()
        super().close()


class ForeignDatabaseError(OperationalError):
    """The file holds the tables of another program."""

    def __init__(self) -> None:
        super().__init__("it is not a database of Tocsin's")


class JournalRecorder(SQLiteProcessRecorder):
    """Saves events, a source's tracking and its working rows in one transaction."""

    def __init__(self, datastore: SQLiteDatastore) -> None:
        super().__init__(datastore)
        self.insert_events_statement = (
            f"INSERT INTO {self.events_table_name} "
            "(originator_id, originator_version, topic, state) VALUES (?,?,?,?)"
        )

    @property
    def _pool(self) -> _Pool:
        pool = self.datastore.pool
        assert isinstance(pool, _Pool)  # noqa: S101 - the factory has made it one
        return pool

    def has_events(self, originator_id: str) -> bool:
        """Say whether an aggregate has events."""
        return self._pool.asking.execute(_HAS_EVENTS, (originator_id,)).fetchone() is not None

    def select_events(
        self,
        originator_id: Any,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """Give events of an aggregate: it mostly has few, so that this is a short question, too."""
        order = "DESC" if desc else "ASC"
        least, most = gt or 0, lte if lte is not None else -1
        parameters = (originator_id, least, most, most, -1 if limit is None else limit)
        rows = self._pool.asking.execute(f"{_SELECT} {order} LIMIT ?", parameters).fetchall()
        return [StoredEvent(*row) for row in rows]

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """Insert in one transaction, and let whoever looks at the file know when that is done."""
        positions = super().insert_events(stored_events, **kwargs)
        if stored_events:
            # SQLite itself gives no sign when a transaction can be seen: it writes to the WAL
            # before that, and to the file long after.
            with suppress(OSError):
                os.utime(self.datastore.pool.db_name)
        return positions

    def construct_create_table_statements(self) -> list[str]:
        """Give every event a position of its own, which no VACUUM can change."""
        _, *others = super().construct_create_table_statements()
        events = (
            f"CREATE TABLE IF NOT EXISTS {self.events_table_name} ("
            "position INTEGER PRIMARY KEY AUTOINCREMENT, originator_id TEXT NOT NULL, "
            "originator_version INTEGER NOT NULL, topic TEXT NOT NULL, state BLOB NOT NULL, "
            "UNIQUE (originator_id, originator_version))"
        )
        return [events, *others, *working_tables.CREATE]

    def _create_table(self, c: SQLiteCursor) -> None:
        c.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        tables = {row["name"] for row in c.fetchall()}
        if tables and self.events_table_name not in tables:
            raise ForeignDatabaseError
        if tables:
            # Another process may have made them since the library looked, outside of this
            # transaction: then there is nothing left to migrate.
            self.tracking_table_exists = True
            self.tracking_migration_previous = self._max_tracking_id(
                self.table_migration_identifier, c
            )
        super()._create_table(c)

    def _insert_events(
        self, c: SQLiteCursor, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        progress = kwargs.get("progress")
        if progress is not None:
            working_tables.write_progress(c, str, progress)
        c.executemany(
            self.insert_events_statement,
            [(e.originator_id, e.originator_version, e.topic, e.state) for e in stored_events],
        )
        if kwargs.get("tracking") is not None:
            self._insert_tracking(c, kwargs["tracking"])
        return None


class JournalFactory(SQLiteFactory):
    """Builds the recorder on a file that several processes may write to."""

    def __init__(self, env: Any) -> None:
        super().__init__(env)
        self.datastore.pool.close()
        self.datastore.pool = _Pool(
            db_name=self.datastore.pool.db_name, lock_timeout=self.datastore.pool.lock_timeout
        )

    def application_recorder(self) -> ApplicationRecorder:
        """Build the journal's recorder, and its tables where they are missing."""
        recorder = JournalRecorder(self.datastore)
        recorder.create_table()
        return recorder
