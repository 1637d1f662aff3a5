"""Rows of projections on their way into tables and back."""

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

import orjson
from msgspec import Raw
from sqlalchemy import Connection, Table

from application.projections.projection import Appended, Row
from infrastructure.views.tables import Json
from infrastructure.views.technology import Technology, Values, key_of

_NUL = "\x00"
_NUL_IN_JSON = b"\\u0000"
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
        technology.write(connection, table, _without_nul(_encoded(table, rows)), keys)


@lru_cache(maxsize=256)
def _shape(table: Table) -> tuple[Callable[[Row], Values], tuple[int, ...]]:
    columns = list(table.columns)
    in_json = tuple(at for at, column in enumerate(columns) if isinstance(column.type, Json))
    return itemgetter(*(column.name for column in columns)), in_json


def _encoded(table: Table, rows: Collection[Appended]) -> Sequence[Values]:
    pick, in_json = _shape(table)
    picked = [row if isinstance(row, tuple) else pick(row) for row in rows]
    return [_with_json(values, in_json) for values in picked] if in_json else picked


def _with_json(values: Values, in_json: tuple[int, ...]) -> Values:
    encoded = list(values)
    for at in in_json:
        # A column of JSON holds objects or lists; text is one that was loaded and not changed.
        value = encoded[at]
        if isinstance(value, Raw):
            encoded[at] = str(value, "utf-8")
        elif not isinstance(value, str):
            encoded[at] = _as_json(value)
    return encoded


def _as_json(value: Any) -> str:
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        # An integer of more than 64 bits, which orjson refuses.
        return json.dumps(value, ensure_ascii=False)


def _without_nul(rows: Sequence[Values]) -> Sequence[Values]:
    """Show the character that PostgreSQL has no place for; hostile lines are full of it."""
    # One pass in C over the batch finds out that there is none, as nearly always.
    if _NUL_IN_JSON not in orjson.dumps(rows):
        return rows
    return [
        tuple(_storable(value) if isinstance(value, str) else value for value in row)
        for row in rows
    ]


def _storable(text: str) -> str:
    return text.replace(_NUL, _NUL_SHOWN)
