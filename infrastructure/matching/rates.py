"""How often, in the records of a source, a sign is met by which rules are found."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any

from infrastructure.matching.anchors import Anchor, Clause, Keys, Nets, Option, Range, Texts
from infrastructure.matching.cells import Columns, values_of

PRESENCE = 0.8
_BELOW, _ABOVE, _NETWORK, _TEXT = 0.5, 0.15, 0.12, 0.1


@dataclass(frozen=True, slots=True)
class Rates:
    """What is known of that: counts from a sample of records, or else only what the rules say.

    `first_time_is_usual`: nearly every record has the first of its format's times. A wrong guess
    costs time and nothing else.
    """

    distinct: Mapping[str, int]
    counts: Mapping[str, Counter[Any]] = field(default_factory=dict)
    amounts: Mapping[str, Sequence[float]] = field(default_factory=dict)
    sample: int = 0
    first_time_is_usual: bool = False

    @classmethod
    def guessed(cls, rules: Iterable[Sequence[Clause]]) -> Rates:
        """Think any value the rarer, the more different ones of its field the rules name."""
        named = _named_values(_anchors(rules))
        distinct = {path: len(values) for path, values in named.items()}
        return cls(distinct)

    @classmethod
    def measured(cls, rules: Iterable[Sequence[Clause]], columns: Columns, size: int) -> Rates:
        """Count the values that rules name, and order the numbers, in a sample's columns."""
        anchors = list(_anchors(rules))
        counts: dict[str, Counter[Any]] = {}
        for path, values in _named_values(anchors).items():
            cells = (value for cell in columns[path] for value in values_of(cell))
            counts[path] = Counter(cell for cell in cells if _is_scalar(cell) and cell in values)
        amounts = {
            path: sorted(cell for cell in columns[path] if type(cell) in (int, float))
            for path in {anchor.path for anchor in anchors if isinstance(anchor, Range)}
        }
        return cls({}, counts, amounts, size)

    def of(self, option: Option) -> float:
        """Say in how much of the records one of the anchors is met, or what it costs to look."""
        return sum(map(self._of_anchor, option))

    def rate_in_sample(self, option: Option) -> float:
        """Say in how much of the sample one of the values was met."""
        keys = (anchor for anchor in option if isinstance(anchor, Keys))
        met = sum(self.counts[key.path][value] for key in keys for value in key.values)
        return met / self.sample

    def of_value(self, path: str, value: Any) -> float:
        """Say in how much of the records a field has a value."""
        if path in self.counts:
            return (self.counts[path][value] + 0.1) / self.sample
        rate = 1.0 / (self.distinct.get(path, 0) + 1.0) ** 0.75
        return float(rate if isinstance(value, str) else 3 * rate)

    def _of_anchor(self, anchor: Anchor) -> float:
        if isinstance(anchor, Keys):
            rates = (self.of_value(anchor.path, value) for value in anchor.values)
            return min(PRESENCE, sum(rates))
        if isinstance(anchor, Texts):
            return _TEXT
        if isinstance(anchor, Nets):
            return _NETWORK
        if isinstance(anchor, Range) and anchor.path in self.amounts:
            amounts, (low, high) = self.amounts[anchor.path], anchor.interval
            return (bisect_right(amounts, high) - bisect_left(amounts, low) + 1) / self.sample
        if isinstance(anchor, Range):
            # Rules look for what is too much more often than for what is too little.
            return _BELOW if anchor.interval[0] == -inf else _ABOVE
        return PRESENCE


def _anchors(rules: Iterable[Sequence[Clause]]) -> Iterator[Anchor]:
    for clauses in rules:
        for clause in clauses:
            yield from clause.option or ()


def _named_values(anchors: Iterable[Anchor]) -> dict[str, set[Any]]:
    named: dict[str, set[Any]] = defaultdict(set)
    for anchor in anchors:
        if isinstance(anchor, Keys):
            named[anchor.path].update(anchor.values)
    return named


def _is_scalar(cell: Any) -> bool:
    return isinstance(cell, str | int | float)
