"""Views in a SQLite file of their own."""

import sqlite3
import time
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from types import MappingProxyType
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError

from infrastructure.views.technology import Values, key_of

_PATIENCE = 30.0
# Bytes of a page of a new file: rows are wide and come in bulk, for which 4 KiB are few.
_PAGE = 16 * 1024
# KiB of pages in memory, so that what a batch touches is not read again and again.
_CACHE = 32 * 1024
# Rows of one statement: twice as fast as a statement a row. 32,766 values are the limit.
_AT_ONCE = (200, 20, 1)


class SqliteTechnology:
    """A SQLite file with a write-ahead log, so that readers and the writer do not wait."""

    driver = sqlite3
    schema = None
    reading: Mapping[str, Any] = MappingProxyType({})
    writing: Mapping[str, Any] = MappingProxyType({"tocsin_begin": "BEGIN IMMEDIATE"})

    def __init__(self, url: URL) -> None:
        self.engine = _engine(url)

    def prepare(self) -> None:
        """Turn the write-ahead log on; SQLite refuses that at once while another process reads."""
        until = time.monotonic() + _PATIENCE
        with self.engine.connect() as connection:
            driver = connection.connection.cursor()
            while True:
                try:
                    driver.execute(f"PRAGMA page_size={_PAGE}")
                    driver.execute("PRAGMA journal_mode=WAL")
                    return
                except self.engine.dialect.loaded_dbapi.OperationalError as error:
                    if "locked" not in str(error) or time.monotonic() > until:
                        raise OperationalError("PRAGMA journal_mode=WAL", {}, error) from error
                    time.sleep(0.01)

    def lock(self, connection: Connection) -> None:
        """Do nothing more: a transaction that writes is alone."""

    def load(self, connection: Connection, table: Table, keys: Collection[str]) -> Sequence[Values]:
        """Hand the keys over as one JSON list, so that the statement is always the same."""
        return connection.exec_driver_sql(
            f"SELECT * FROM {table.name} WHERE {key_of(table)} IN (SELECT value FROM json_each(?))",  # noqa: S608 - names of our own
            (orjson.dumps(list(keys)).decode(),),
        ).all()

    def write(
        self, connection: Connection, table: Table, rows: Sequence[Values], replaced: Sequence[str]
    ) -> None:
        # By the driver itself: there are many statements, and nothing in them to prepare.
        driver: Any = connection.connection.driver_connection
        begun = 0
        for at_once in _AT_ONCE:
            insertion = _insertion(table, bool(replaced), at_once)
            while len(rows) - begun >= at_once:
                values = tuple(chain.from_iterable(rows[begun : begun + at_once]))
                driver.execute(insertion, values)
                begun += at_once


@lru_cache(maxsize=256)
def _insertion(table: Table, replacing: bool, rows: int) -> str:
    verb = "INSERT OR REPLACE" if replacing else "INSERT"
    marks = f"({', '.join('?' * len(table.columns))})"
    return f"{verb} INTO {table.name} VALUES {', '.join([marks] * rows)}"


def _engine(url: URL) -> Engine:
    engine = create_engine(url, connect_args={"timeout": _PATIENCE})

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _: object) -> None:
        # Without this the driver begins transactions itself, and a write could fail half-way.
        connection.isolation_level = None
        # A power cut may cost the newest views, which the log gives again.
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute(f"PRAGMA cache_size=-{_CACHE}")
        # Some builds overwrite what is deleted with zeros; all of it is in the log anyway.
        connection.execute("PRAGMA secure_delete=OFF")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        begin = connection.get_execution_options().get("tocsin_begin", "BEGIN")
        connection.exec_driver_sql(begin)

    return engine
