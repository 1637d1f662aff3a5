"""The log on PostgreSQL, for more than one process or machine."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from eventsourcing.persistence import ApplicationRecorder, StoredEvent
from eventsourcing.postgres import PostgresFactory, PostgresProcessRecorder
from psycopg import Cursor, connect
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import DictRow
from psycopg.sql import SQL, Identifier

from infrastructure.store import working_tables

CHANNEL = "tocsin_log"
"""Where is told, by NOTIFY, that events were stored."""
_PATIENCE_SECONDS = 30
_HAS_EVENTS = "SELECT FROM stored_events WHERE originator_id = %s LIMIT 1"
_NOTIFY = SQL("NOTIFY {}").format(Identifier(CHANNEL))
_SET_UP_LOCK = 0x746F6373  # "tocs": serialises the set-up of two processes that start at once


def placeholders(statement: str) -> str:
    """Write `?` as this driver wants it."""
    return statement.replace("?", "%s")


class JournalRecorder(PostgresProcessRecorder):
    """Saves events, a source's tracking and its working rows in one transaction."""

    def create_table(self) -> None:
        """Create what is missing, one process at a time."""
        with self._set_up() as curs:
            # Somebody who may not make schemas can use one that is there.
            curs.execute("SELECT FROM pg_namespace WHERE nspname = %s", (self.datastore.schema,))
            if curs.fetchone() is None:
                curs.execute(SQL("CREATE SCHEMA {}").format(Identifier(self.datastore.schema)))
        with self._set_up():
            super().create_table()

    @contextmanager
    def _set_up(self) -> Iterator[Cursor[DictRow]]:
        with self.datastore.transaction(commit=True) as curs:
            curs.execute("SELECT pg_advisory_xact_lock(%s)", (_SET_UP_LOCK,))
            yield curs

    def _create_table(self, curs: Cursor[DictRow]) -> None:
        super()._create_table(curs)
        for statement in working_tables.CREATE:
            curs.execute(statement)

    def has_events(self, originator_id: str) -> bool:
        """Say whether an aggregate has events."""
        with self.datastore.transaction(commit=False) as curs:
            curs.execute(_HAS_EVENTS, (originator_id,))
            return curs.fetchone() is not None

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """Insert in one plain transaction.

        The library's own way, libpq's pipeline mode, hangs on statements above some 250 KB.
        """
        with self.datastore.transaction(commit=True) as curs:
            if kwargs.get("progress") is not None:
                working_tables.write_progress(curs, placeholders, kwargs["progress"])
            self._insert_events(curs, stored_events, **kwargs)
            if stored_events:
                self._insert_stored_events(curs, stored_events)
                # The server tells it when this is committed, and not if it is not.
                curs.execute(_NOTIFY)
        return None


class JournalFactory(PostgresFactory):
    """Builds the recorder in a schema of its own, with every parameter of the database's URL."""

    URL = "TOCSIN_URL"

    def __init__(self, env: Any) -> None:
        _reach(env[self.URL])
        super().__init__(env)
        pool, schema = self.datastore.pool, self.datastore.schema
        parameters = dict(conninfo_to_dict(self.env.get(self.URL) or ""))
        options = f"{parameters.pop('options', '')} -c search_path={schema}"
        known = pool.kwargs if isinstance(pool.kwargs, dict) else {}
        pool.kwargs = {**known, **parameters, "options": options.strip()}

    def application_recorder(self) -> ApplicationRecorder:
        """Build the journal's recorder, and its tables where they are missing."""
        recorder = JournalRecorder(self.datastore, events_table_name="stored_events")
        recorder.create_table()
        return recorder


def _reach(url: str) -> None:
    """Have the driver say at once why a server does not answer: the pool tries long, and does not.

    Raises psycopg's OperationalError.
    """
    patience = conninfo_to_dict(url).get("connect_timeout", _PATIENCE_SECONDS)
    connect(make_conninfo(url, connect_timeout=patience)).close()
