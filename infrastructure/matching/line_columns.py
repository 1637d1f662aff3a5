"""The columns of records that were decoded in part."""

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any

import msgspec

from domain.detection.condition import text
from infrastructure.matching.cells import MISSING, Column, Columns, values_of
from infrastructure.matching.record_fields import Always, At, InFullOnly, Path, Place, TypeOf


class LineColumns(Columns):
    """The columns of a micro-batch of records.

    `unclear` are the rows of which a column was asked that only reading them in full can give.
    """

    def __init__(
        self,
        records: Sequence[Any],
        attributes: Mapping[Path, str],
        places: Mapping[str, tuple[Place, ...]],
    ) -> None:
        super().__init__()
        self.unclear: set[int] = set()
        self._count = len(records)
        self._places = places
        self._attributes = attributes
        self._inner: dict[Path, Column] = {(): records}

    def make(self, path: str) -> Column:
        """Make the column of a field that a rule names."""
        places = self._places[path]
        if len(places) == 1:
            return self._column(places[0])
        column: list[Any] = [MISSING] * self._count
        rows = list(range(self._count))
        for place in places:
            if isinstance(place, InFullOnly):
                self.unclear.update(rows)
            elif rows:
                other = self._column(place)
                for row in rows:
                    column[row] = other[row]
                rows = [row for row in rows if _is_missing(column[row])]
        return column

    def _column(self, place: Place) -> Column:
        if isinstance(place, At):
            return self.at(place.path)
        if isinstance(place, Always):
            return [place.value] * self._count
        if isinstance(place, TypeOf):
            cells = self.at(place.path) if place.path else [MISSING] * self._count
            return [_type(cell) or place.kind for cell in cells]
        raise TypeError(place)

    def at(self, path: Path) -> Column:
        """Give the column at a path of the record."""
        if path not in self._inner:
            attribute = self._attributes[path]
            above = self.at(path[:-1])
            try:
                column = list(map(attrgetter(attribute), above))
            except AttributeError:  # a null, a list or a scalar where an object may be
                column = [_attribute(cell, attribute) for cell in above]
            self._inner[path] = column
        return self._inner[path]


def _is_missing(cell: Any) -> bool:
    return cell is MISSING or cell is None or (cell.__class__ is list and not values_of(cell))


def _attribute(cell: Any, attribute: str) -> Any:
    if isinstance(cell, msgspec.Struct):
        return getattr(cell, attribute)
    if isinstance(cell, list):
        return [_attribute(item, attribute) for item in cell]
    return MISSING


def _type(cell: Any) -> str | None:
    if cell.__class__ is str:
        return str(cell)
    values = values_of(cell)
    return text(values[0]) if values else None
