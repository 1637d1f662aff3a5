"""Rows of projections on their way into tables and back."""

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache
from typing import Any, cast

import orjson
from msgspec import Raw
from sqlalchemy import Connection, Table, Text

from application.projections.projection import Appended, Row
from application.projections.times import utc
from infrastructure.views.tables import Json, UtcTime
from infrastructure.views.technology import Technology, Values, key_of

_NUL = "\x00"
_NUL_SHOWN = "\u2400"


def load(
    technology: Technology, connection: Connection, table: Table, keys: Collection[str]
) -> dict[str, Row]:
    """Load the rows that are stored under keys; JSON stays text, as it was stored."""
    if not keys:
        return {}
    asked = {_storable(key): key for key in keys}
    names = [column.name for column in table.columns]
    at = names.index(key_of(table))
    loaded = technology.load(connection, table, asked)
    return {asked[values[at]]: dict(zip(names, values, strict=True)) for values in loaded}


def store(
    technology: Technology,
    connection: Connection,
    table: Table,
    rows: Collection[Appended],
    replaced: Iterable[str] = (),
) -> None:
    """Store rows, in place of those that were loaded under the keys in `replaced`."""
    if rows:
        keys = [_storable(key) for key in replaced]
        technology.write(connection, table, _encoded(table, rows), keys)


Column = Sequence[Any]


def _encoded(table: Table, rows: Collection[Appended]) -> Sequence[Values]:
    if isinstance(next(iter(rows)), tuple):
        return cast(Sequence[Values], rows)
    named = cast(Collection[Row], rows)
    # By column: that is faster than to take each row apart and put it together again.
    columns = [way([row[name] for row in named]) for name, way in _shape(table)]
    return list(zip(*columns, strict=True))


@lru_cache(maxsize=256)
def _shape(table: Table) -> Sequence[tuple[str, Callable[[Column], Column]]]:
    """Give a table's columns, each with the way in which it is written."""
    ways = {Json: _json_texts, Text: _texts, UtcTime: _times}
    return [(column.name, ways.get(type(column.type), _as_it_is)) for column in table.columns]


def _as_it_is(values: Column) -> Column:
    return values


def _times(values: Column) -> Column:
    return [value and utc(value) for value in values]


def _texts(values: Column) -> Column:
    """Show the character that PostgreSQL has no place for; hostile lines are full of it."""
    # One pass in C over the column finds out that there is none, as nearly always.
    if _NUL not in "".join(filter(None, values)):
        return values
    return [value and _storable(value) for value in values]


def _json_texts(values: Column) -> Column:
    return [str(value, "utf-8") if type(value) is Raw else _json_text(value) for value in values]


def _json_text(value: Any) -> str:
    # A column of JSON holds objects or lists; text is one that was loaded and not changed.
    return value if isinstance(value, str) else _as_json(value)


def _as_json(value: Any) -> str:
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        # An integer of more than 64 bits, which orjson refuses.
        return json.dumps(value, ensure_ascii=False)


def _storable(text: str) -> str:
    return text.replace(_NUL, _NUL_SHOWN)
