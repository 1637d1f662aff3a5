"""Rules compiled to be asked about signals that are already decoded."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from domain.detection.rule import Rule
from domain.signal import Signal, SourceKind, lookup
from infrastructure.matching.anchors import clauses_of
from infrastructure.matching.cells import MISSING, Column, Columns, values_of
from infrastructure.matching.rates import Rates
from infrastructure.matching.rule_search import RuleSearch

_ENVELOPE = frozenset({"type", "source", "id", "timestamp", "data"})


class RuleIndex:
    """Says which signals satisfy which enabled rules, exactly as `Rule.matches` does.

    A rule's number is its place in the sequence given. `cache` is a folder where what takes long
    to build is kept for the next start.
    """

    def __init__(self, rules: Sequence[Rule], cache: Path | None = None) -> None:
        self._rules = rules
        self._cache = cache
        self._searches: dict[SourceKind, RuleSearch | None] = {}

    def match(self, signals: Sequence[Signal]) -> list[tuple[int, int]]:
        """Give (place of the signal, number of the rule) of each match, in this order."""
        places: dict[SourceKind, list[int]] = defaultdict(list)
        for place, signal in enumerate(signals):
            places[signal.source].append(place)
        matches: list[tuple[int, int]] = []
        for kind, at in places.items():
            search = self._search(kind)
            if search is not None:
                found = search.find(SignalColumns([signals[place] for place in at]), len(at))
                matches += [(at[row], number) for row, number in found]
        return sorted(matches)

    def _search(self, kind: SourceKind) -> RuleSearch | None:
        """Compile the rules for a kind of source when its first signal comes."""
        if kind not in self._searches:
            clauses = {
                number: clauses_of(rule.detection.pattern)
                for number, rule in enumerate(self._rules)
                if rule.enabled and rule.detection.source == kind
            }
            guessed = Rates.guessed(clauses.values())
            self._searches[kind] = RuleSearch(clauses, guessed, self._cache) if clauses else None
        return self._searches[kind]


class SignalColumns(Columns):
    """The columns of signals."""

    def __init__(self, signals: Sequence[Signal]) -> None:
        super().__init__()
        self._signals = signals
        self._data = [signal.data for signal in signals]

    def make(self, path: str) -> Column:
        """Make a column by the plain meaning, except where only objects are on the way."""
        segments = path.split(".")
        cells: list[Any] = self._data
        try:
            for segment in segments:
                cells = [_get(cell, segment) for cell in cells]
        except TypeError:
            return [_cell(signal, path) for signal in self._signals]
        if segments[0] in _ENVELOPE:
            return [
                cell if values_of(cell) else _cell(signal, path)
                for signal, cell in zip(self._signals, cells, strict=True)
            ]
        return cells


def _get(node: Any, segment: str) -> Any:
    if node.__class__ is dict:
        return node.get(segment, MISSING)
    if node is MISSING or node is None or isinstance(node, str | int | float):
        return MISSING
    raise TypeError


def _cell(signal: Signal, path: str) -> Any:
    values = lookup(signal, path)
    if len(values) == 1:
        return values[0]
    return list(values) if values else MISSING
