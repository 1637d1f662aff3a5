"""Many numeric intervals on one field, kept so that a value finds those around it."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from math import inf
from typing import Any, Generic, TypeVar

from domain.detection.condition import number
from infrastructure.matching.cells import MISSING, Column, values_of

Held = TypeVar("Held")
Interval = tuple[float, float]

_NUMBERS: frozenset[Any] = frozenset({int, float})


class Bounds(Generic[Held]):
    """What is held for intervals of numbers, found by a value that lies in them.

    The ends count as inside: too many are found at most. A segment tree, so that a value meets
    only the intervals around it, however many there are.
    """

    def __init__(self, held: Sequence[tuple[Interval, Held]]) -> None:
        self._held = [each for _, each in held]
        self._points = sorted({point for interval, _ in held for point in interval})
        self._size = 2 * len(self._points)
        self._tree: list[list[Held]] = [[] for _ in range(2 * self._size)]
        for (low, high), each in held:
            self._insert(2 * self._place(low), 2 * self._place(high), each)
        # Between these two lie no intervals: most values of most columns.
        self._highest = max((high for (low, high), _ in held if low == -inf), default=-inf)
        self._lowest = min((low for (low, _), _ in held if low != -inf), default=inf)

    @property
    def gap(self) -> Interval:
        """Between these two numbers, neither of them included, lies no interval."""
        return self._highest, self._lowest

    def hits(self, column: Column) -> Iterator[tuple[int, Held]]:
        """Give (row, what is held) for the rows whose number lies in an interval."""
        if self._is_outside(column):
            return
        low, high = self._lowest, self._highest
        rows = [
            row
            for row, cell in enumerate(column)
            if cell is not MISSING and (type(cell) not in _NUMBERS or cell >= low or cell <= high)
        ]
        for row in rows:
            for each in self.around(column[row]):
                yield row, each

    def _is_outside(self, column: Column) -> bool:
        """Whether no interval is near any of a column's numbers: so it is most of the time."""
        try:
            is_below = self._lowest == inf or max(column) < self._lowest
            return is_below and (self._highest == -inf or min(column) > self._highest)
        except (TypeError, ValueError):  # not only numbers, or none at all
            return False

    def around(self, cell: Any) -> Iterable[Held]:
        """Give what is held for the intervals around a cell's number."""
        if type(cell) in _NUMBERS:
            return () if self._highest < cell < self._lowest else self._around(cell)
        amounts = {amount for value in values_of(cell) if (amount := number(value)) is not None}
        if len(amounts) > 1:
            # One number may satisfy the lower bound and another one the upper.
            return self._held
        return chain.from_iterable(map(self._around, amounts))

    def _around(self, amount: float) -> Iterator[Held]:
        place = self._place(amount)
        if place < len(self._points) and self._points[place] == amount:
            node = self._size + 2 * place
        else:
            node = self._size + 2 * place - 1 if 0 < place < len(self._points) else 0
        while node:
            yield from self._tree[node]
            node >>= 1

    def _place(self, point: float) -> int:
        return bisect_left(self._points, point)

    def _insert(self, first: int, last: int, each: Held) -> None:
        left, right = first + self._size, last + self._size + 1
        while left < right:
            if left & 1:
                self._tree[left].append(each)
                left += 1
            if right & 1:
                right -= 1
                self._tree[right].append(each)
            left >>= 1
            right >>= 1
