"""What one kind of database does in its own way: transactions, and rows in bulk."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, Table

Values = Sequence[Any]


class Technology(Protocol):
    """A kind of database that can hold views.

    `reading` and `writing` are the execution options of a connection for a transaction that sees
    one state of the database throughout, and for one that writes and waits for other writers.
    """

    @property
    def engine(self) -> Engine: ...

    @property
    def driver(self) -> Any:
        """The driver's module, with the errors that it raises where it is used by itself."""
        ...

    @property
    def schema(self) -> str | None: ...

    @property
    def reading(self) -> Mapping[str, Any]: ...

    @property
    def writing(self) -> Mapping[str, Any]: ...

    def prepare(self) -> None:
        """Make the place where the tables of views will be."""
        ...

    def lock(self, connection: Connection) -> None:
        """Let nobody else begin, swap or drop generations until this transaction ends."""
        ...

    def load(self, connection: Connection, table: Table, keys: Collection[str]) -> Sequence[Values]:
        """Give the rows that are stored under keys, with every column as it is stored."""
        ...

    def write(
        self, connection: Connection, table: Table, rows: Sequence[Values], replaced: Sequence[str]
    ) -> None:
        """Store rows, in place of those that are stored under the keys in `replaced`."""
        ...


def key_of(table: Table) -> str:
    """Name the column by which a table's rows are found again."""
    (column,) = table.primary_key.columns
    return column.name
