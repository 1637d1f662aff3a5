"""The generations of each view: which one readers see, and how far each has come."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    MetaData,
    Table,
    Text,
    Update,
    bindparam,
    delete,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.schema import CreateIndex, CreateTable, DropTable

from infrastructure.views.database import ViewDatabase
from infrastructure.views.tables import TABLES_OF, table

FORMAT = 1
"""How generations themselves are stored. Views of another format are not touched."""

State = Literal["live", "building", "retired"]


@dataclass(frozen=True, slots=True)
class Generation:
    """One set of a projection's tables, built by one version of its code up to a bookmark.

    Readers see the live one. A retired one stays until the next rebuild begins, because a reader
    may still be in it.
    """

    projection: str
    number: int
    version: int
    bookmark: int
    state: State


class Generations:
    """The generations in one database. Every change happens in a transaction of the caller."""

    def __init__(self, database: ViewDatabase) -> None:
        self._database = database
        self._schema = database.schema
        metadata = MetaData(schema=self._schema)
        self._format = Table("format", metadata, Column("number", Integer, nullable=False))
        self._stored = Table(
            "generations",
            metadata,
            Column("projection", Text, primary_key=True),
            Column("number", Integer, primary_key=True, autoincrement=False),
            Column("version", Integer, nullable=False),
            Column("bookmark", BigInteger, nullable=False),
            Column("state", Text, nullable=False),
        )
        self._move = _move(self._stored)
        self._checked = False

    def prepare(self) -> None:
        """Make what generations are stored in, unless it is there."""
        self._database.prepare()
        with self._database.writing() as connection:
            self._database.technology.lock(connection)
            if not self._exist(connection):
                self._stored.metadata.create_all(connection)
                connection.execute(insert(self._format).values(number=FORMAT))

    def known(self, connection: Connection, *, lock: bool = False) -> list[Generation]:
        """Give all generations; `lock` keeps others from moving them until the transaction ends."""
        if not self._exist(connection):
            return []
        query = select(self._stored).order_by(self._stored.c.projection, self._stored.c.number)
        rows = connection.execute(query.with_for_update() if lock else query)
        return [Generation(*row) for row in rows]

    def begin(
        self, connection: Connection, projection: str, version: int, state: State
    ) -> Generation:
        """Make a new generation's tables and take away those that nobody reads any more."""
        others = [g for g in self.known(connection) if g.projection == projection]
        for other in others:
            if other.state != "live":
                self._drop(connection, other)
        number = 1 + max((g.number for g in others), default=0)
        generation = Generation(projection, number, version, 0, state)
        for stored in self._tables(generation):
            connection.execute(CreateTable(stored))
        if state == "live":
            self.index(connection, generation)
        connection.execute(
            insert(self._stored).values(
                projection=projection, number=number, version=version, bookmark=0, state=state
            )
        )
        return generation

    def index(self, connection: Connection, generation: Generation) -> None:
        """Make the indexes by which readers find rows, where they are missing.

        One that is being built has none: to sort all rows once takes less than to keep them sorted.
        """
        for stored in self._tables(generation):
            for index in stored.indexes:
                connection.execute(CreateIndex(index, if_not_exists=True))

    def advance(
        self, connection: Connection, generations: Sequence[Generation], to: int
    ) -> list[Generation] | None:
        """Move bookmarks on; None if another process has moved one of them before."""
        known = [
            {
                "known_projection": generation.projection,
                "known_number": generation.number,
                "known_bookmark": generation.bookmark,
                "known_state": generation.state,
                "to": to,
            }
            for generation in generations
        ]
        moved = connection.execute(self._move, known).rowcount
        if moved != len(known):
            return None
        return [replace(generation, bookmark=to) for generation in generations]

    def promote(self, connection: Connection, generation: Generation) -> None:
        """Let readers see a generation in place of the one that was live."""
        self.index(connection, generation)
        for other in self.known(connection):
            if other.projection == generation.projection and other.state == "live":
                self._set_state(connection, other, "retired")
        self._set_state(connection, generation, "live")

    def _set_state(self, connection: Connection, generation: Generation, state: State) -> None:
        stored = self._stored.c
        this = (stored.projection == generation.projection) & (stored.number == generation.number)
        connection.execute(update(self._stored).where(this).values(state=state))

    def _drop(self, connection: Connection, generation: Generation) -> None:
        for dropped in self._tables(generation):
            connection.execute(DropTable(dropped, if_exists=True))
        stored = self._stored.c
        connection.execute(
            delete(self._stored).where(
                stored.projection == generation.projection, stored.number == generation.number
            )
        )

    def _tables(self, generation: Generation) -> list[Table]:
        return [
            table(name, generation.number, self._schema)
            for name in TABLES_OF[generation.projection]
        ]

    def _exist(self, connection: Connection) -> bool:
        if self._checked:
            return True
        if not inspect(connection).has_table("generations", schema=self._schema):
            return False
        found = connection.execute(select(self._format.c.number)).scalar()
        if found != FORMAT:
            raise self._database.unreadable(f"their format is {found}, and {FORMAT} is known here")
        self._checked = True
        return True


def _move(stored: Table) -> Update:
    """Move a bookmark, provided that it still is where it was."""
    return (
        update(stored)
        .where(
            stored.c.projection == bindparam("known_projection"),
            stored.c.number == bindparam("known_number"),
            stored.c.bookmark == bindparam("known_bookmark"),
            stored.c.state == bindparam("known_state"),
        )
        .values(bookmark=bindparam("to"))
    )
