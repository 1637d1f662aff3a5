"""Columns of cells: what a field path meets in each signal of a micro-batch.

A cell is `MISSING` or None where there is nothing, a list where a path met one (its elements are
cells again), and otherwise the one value that the path met.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

MISSING: Any = msgspec.UNSET

Column = Sequence[Any]


class Columns(dict[str, Column]):
    """The columns of one micro-batch by field path, each made when it is first asked for."""

    def __missing__(self, path: str) -> Column:
        column = self[path] = self.make(path)
        return column

    def make(self, path: str) -> Column:
        """Make the column of a path."""
        raise NotImplementedError


def values_of(cell: Any) -> tuple[Any, ...]:
    """Give the values in a cell, as `domain.signal.lookup` would."""
    if cell is MISSING or cell is None:
        return ()
    return tuple(_flat(cell)) if isinstance(cell, list) else (cell,)


def _flat(cells: list[Any]) -> Iterator[Any]:
    for cell in cells:
        if isinstance(cell, list):
            yield from _flat(cell)
        elif cell is not None and cell is not MISSING:
            yield cell
