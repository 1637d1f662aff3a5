"""A batch: records read once, folded into every view that needs them, stored with the bookmarks."""

import gc
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection

from application.log import Log, Record
from application.projections.every import EVERY
from application.projections.projection import Appended, Row, Rows, project
from application.views import ForeignLogError
from infrastructure.views.database import ViewDatabase
from infrastructure.views.generations import Generation, Generations
from infrastructure.views.storing import load, store
from infrastructure.views.tables import TABLES_OF, table


class _OvertakenError(Exception):
    """Another process has moved a bookmark; what this one wrote must be rolled back."""


class Batches:
    """Takes generations on from their bookmarks, at most `size` records at a time."""

    def __init__(
        self, database: ViewDatabase, generations: Generations, log: Log, size: int
    ) -> None:
        self._database = database
        self._generations = generations
        self._log = log
        self._size = size

    def advance(self, behind: Sequence[Generation]) -> list[Generation] | None:
        """Take those that are furthest behind on; None if another process did so before."""
        try:
            with _no_collection():
                return self._advance(behind)
        except _OvertakenError:
            return None

    def _advance(self, behind: Sequence[Generation]) -> list[Generation]:
        group, records, to = self._read(behind)
        with self._database.writing() as connection:
            return self._write(connection, group, records, to)

    def finish(self, connection: Connection, generations: Sequence[Generation]) -> list[Generation]:
        """Take generations, whose rows in the database are locked, to the head of the log."""
        head = self._log.head()
        current = {generation.projection: generation for generation in generations}
        while behind := [g for g in current.values() if g.bookmark < head]:
            moved = self._write(connection, *self._read(behind))
            current |= {generation.projection: generation for generation in moved}
        return list(current.values())

    def _read(self, behind: Sequence[Generation]) -> tuple[list[Generation], Sequence[Record], int]:
        """Read up to where the next ones are, so that from there on they go together."""
        after = min(generation.bookmark for generation in behind)
        group = [generation for generation in behind if generation.bookmark == after]
        ceiling = min((g.bookmark for g in behind if g.bookmark > after), default=None)
        records = self._log.outlines(after, self._size)
        if ceiling is not None:
            records = [record for record in records if record.position <= ceiling]
        if not records and ceiling is None:
            msg = f"the log has lost what came after event {after}"
            raise ForeignLogError(msg)
        return group, records, records[-1].position if records else ceiling or after

    def _write(
        self,
        connection: Connection,
        group: Sequence[Generation],
        records: Sequence[Record],
        to: int,
    ) -> list[Generation]:
        # First of all, for this is what keeps other writers out until the end.
        moved = self._generations.advance(connection, group, to)
        if moved is None:
            raise _OvertakenError
        views = [_View(self._database, connection, generation) for generation in group]
        rows = [view.load(records) for view in views]
        project(records, [(view.projection, r) for view, r in zip(views, rows, strict=True)])
        for view, changed in zip(views, rows, strict=True):
            view.store(changed)
        return moved


class _View:
    """A generation's tables in one transaction."""

    def __init__(
        self, database: ViewDatabase, connection: Connection, generation: Generation
    ) -> None:
        self.projection = EVERY[generation.projection]
        self._technology = database.technology
        self._connection = connection
        self._tables = {
            name: table(name, generation.number, database.schema)
            for name in TABLES_OF[generation.projection]
        }
        self._loaded: dict[str, dict[str, Row]] = {}

    def load(self, records: Sequence[Record]) -> Rows:
        """Load the rows that the projection needs for a batch."""
        for name, keys in self.projection.needs(records).items():
            stored = self._tables[name]
            self._loaded[name] = load(self._technology, self._connection, stored, keys)
        return Rows(self._loaded)

    def store(self, rows: Rows) -> None:
        """Store what the batch left."""
        for name, changed in rows.changed.items():
            replaced = changed.keys() & self._loaded.get(name, {}).keys()
            self._write(name, changed.values(), replaced)
        for name, appended in rows.appended.items():
            self._write(name, appended, ())

    def _write(self, name: str, rows: Collection[Appended], replaced: Collection[str]) -> None:
        store(self._technology, self._connection, self._tables[name], rows, replaced)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Spare the collector a batch of records: it would look at each again and again, in vain.

    They hold no cycles, so they go when the batch ends; looking takes longer than all the rest.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
