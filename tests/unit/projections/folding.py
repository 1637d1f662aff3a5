"""Given a log, when projections fold it, then these rows: without any database."""

from typing import Any

from msgspec import Raw
from msgspec.json import decode

from application.projections.every import EVERY
from application.projections.projection import Appended, Row, Rows, project
from application.projections.timeline import COLUMNS
from application.projections.times import utc
from tests.unit.projections.histories import MemoryLog


def rows_of(table: str, log: MemoryLog) -> list[Row]:
    """The rows of a table after the whole log, in one batch."""
    rows = Rows()
    project(log.records, [(projection, rows) for projection in EVERY.values()])
    found = [*rows.changed.get(table, {}).values(), *rows.appended.get(table, [])]
    return [as_plain(row) for row in found]


def as_plain(row: Appended) -> Row:
    """Give a row as it is read: by name, its JSON decoded, its times in UTC."""
    if isinstance(row, tuple):
        return dict(zip(COLUMNS, row, strict=True))
    return {name: _plain(name, value) for name, value in row.items()}


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, Raw):
        return decode(value)
    return utc(value) if value and name.endswith("_at") else value


def row_of(table: str, log: MemoryLog) -> Row:
    """The only row of a table."""
    (row,) = rows_of(table, log)
    return row
