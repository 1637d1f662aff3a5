"""Views in a schema of their own in the PostgreSQL database that holds the events."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import psycopg
from sqlalchemy import Connection, Table, create_engine
from sqlalchemy.engine import URL

from infrastructure.views.technology import Values, key_of

_SCHEMA = "tocsin_views"
_LOCK = 0x746F6373696E  # the bytes of "tocsin"


class PostgresTechnology:
    """A schema in PostgreSQL, filled by COPY."""

    driver = psycopg
    schema = _SCHEMA
    reading: Mapping[str, Any] = MappingProxyType(
        {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    )
    writing: Mapping[str, Any] = MappingProxyType({"isolation_level": "READ COMMITTED"})

    def __init__(self, url: URL) -> None:
        self.engine = create_engine(url.set(drivername="postgresql+psycopg"))

    def prepare(self) -> None:
        """Make the schema, unless it is there: making it takes a right that using it does not."""
        with self.engine.begin() as connection:
            self.lock(connection)
            found = connection.exec_driver_sql("SELECT to_regnamespace(%s)", (_SCHEMA,)).scalar()
            if found is None:
                connection.exec_driver_sql(f"CREATE SCHEMA {_SCHEMA}")

    def lock(self, connection: Connection) -> None:
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))

    def load(self, connection: Connection, table: Table, keys: Collection[str]) -> Sequence[Values]:
        return connection.exec_driver_sql(
            f"SELECT * FROM {table.fullname} WHERE {key_of(table)} = ANY(%s)",  # noqa: S608 - names of our own
            (list(keys),),
        ).all()

    def write(
        self, connection: Connection, table: Table, rows: Sequence[Values], replaced: Sequence[str]
    ) -> None:
        """Delete what is replaced, then COPY: faster than any INSERT with ON CONFLICT.

        Nobody can slip in between: whoever writes has moved the bookmark first and holds its row.
        """
        if replaced:
            connection.exec_driver_sql(
                f"DELETE FROM {table.fullname} WHERE {key_of(table)} = ANY(%s)",  # noqa: S608 - names of our own
                (list(replaced),),
            )
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(f"COPY {table.fullname} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
