"""Given a log, when projections fold it, then these rows: without any database."""

from msgspec import Raw
from msgspec.json import decode

from application.projections.every import EVERY
from application.projections.projection import Appended, Row, Rows, project
from application.projections.timeline import COLUMNS
from tests.unit.projections.histories import MemoryLog


def rows_of(table: str, log: MemoryLog) -> list[Row]:
    """The rows of a table after the whole log, in one batch."""
    rows = Rows()
    project(log.records, [(projection, rows) for projection in EVERY.values()])
    found = [*rows.changed.get(table, {}).values(), *rows.appended.get(table, [])]
    return [as_plain(row) for row in found]


def as_plain(row: Appended) -> Row:
    """Give a row as it is read: by name, and its JSON decoded."""
    if isinstance(row, tuple):
        return dict(zip(COLUMNS, row, strict=True))
    return {name: decode(v) if isinstance(v, Raw) else v for name, v in row.items()}


def row_of(table: str, log: MemoryLog) -> Row:
    """The only row of a table."""
    (row,) = rows_of(table, log)
    return row
