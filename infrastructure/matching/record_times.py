"""Finds the records whose time is not plainly valid."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from domain.source.format import Time
from infrastructure.matching.cells import MISSING, Column

_SECONDS = {"s": 1, "ms": 1000}
# The years 1971 to 9997: what is nearer to the ends of the calendar is read in full.
_EARLIEST, _LATEST = 365 * 86_400, 253_300_000_000
_FIRST_YEAR, _LAST_YEAR = "1971", "9998"
_NUMBER = re.compile(r"[0-9]{1,14}(?:\.[0-9]{1,9})?")


class RecordTimes:
    """Says which records must be read in full because of their time."""

    def __init__(self, written: Time) -> None:
        self._unit = written.unit
        scale = _SECONDS.get(written.unit, 1)
        self._earliest, self._latest = _EARLIEST * scale, _LATEST * scale

    def doubtful(self, columns: Sequence[Column]) -> list[int]:
        """Give the rows without a plain time in the first of the columns that has a value."""
        if self._unit == "iso" and _are_plain(columns[0]):
            return []
        if self._unit == "syslog":
            # Its year is the clock's business.
            return list(range(len(columns[0])))
        rows = range(len(columns[0])) if self._unit == "iso" else self._not_integers(columns[0])
        return [row for row in rows if not self._is_plain(_first(columns, row))]

    def _not_integers(self, column: Column) -> list[int]:
        low, high = self._earliest, self._latest
        return [
            row
            for row, cell in enumerate(column)
            if cell.__class__ is not int or not low <= cell < high
        ]

    def _is_plain(self, cell: Any) -> bool:
        if self._unit == "iso":
            return isinstance(cell, str) and _are_plain([cell])
        if isinstance(cell, str) and _NUMBER.fullmatch(cell):
            cell = float(cell)
        if isinstance(cell, bool) or not isinstance(cell, int | float):
            return False
        return self._earliest <= cell < self._latest


def _are_plain(column: Column) -> bool:
    try:
        msgspec.convert(column, list[datetime])
        return bool(min(column) >= _FIRST_YEAR and max(column) < _LAST_YEAR)
    except (msgspec.ValidationError, TypeError, ValueError):
        return False


def _first(columns: Sequence[Column], row: int) -> Any:
    cells = (column[row] for column in columns)
    return next((cell for cell in cells if cell is not MISSING and cell is not None), MISSING)
