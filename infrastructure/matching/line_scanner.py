"""Finds the lines of JSON that may satisfy a rule, reading as little of each as possible."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from domain.detection.rule import Rule
from domain.source.format import JsonLines
from infrastructure.lines import Lines
from infrastructure.matching.anchors import Clause, clauses_of
from infrastructure.matching.line_search import LineSearch
from infrastructure.matching.line_selection import LineSelection, plan_selection
from infrastructure.matching.rates import Rates
from infrastructure.matching.record_fields import RecordFields
from infrastructure.matching.unusual_lines import unusual_lines

Attention = tuple[int, tuple[int, ...] | None]

_TIME = (str, datetime)
_USUAL = 0.99
_SAMPLE = 2048
_LARGEST_SAMPLE = 8 << 20


class JsonLinesScanner:
    """Scans the lines of one source for those that need to be read in full.

    A line that it leaves out is a readable record that satisfies no rule. The first lines are
    also a sample, by which it is planned how to select, of those that follow, the few lines in
    which to look for rules at all. That makes a difference to the cost and none to the result.

    `cache` is a folder where what takes long to build is kept for the next start. A scanner
    serves one thread.
    """

    def __init__(
        self,
        rules: Sequence[Rule],
        written: JsonLines,
        cache: Path | None = None,
        sample: int = _SAMPLE,
    ) -> None:
        self._cache = cache
        self._fields = RecordFields(written)
        self._rules = _known(rules, self._fields)
        self._sample: list[bytes] = []
        self._sample_size = self._patience = sample
        self._wait = 0
        self._selection: LineSelection | None = None
        self._is_plain = self._fields.is_plain
        if self._is_plain:
            self._searching(Rates.guessed(self._rules.values()))

    def scan(self, lines: Sequence[bytes]) -> list[Attention]:
        """Give the lines that need attention, in order.

        Each with the numbers of the rules that it may satisfy, or None where the line must be
        read in full to tell, or may not be readable at all.
        """
        if not self._is_plain:
            return [(row, None) for row in range(len(lines))]
        block = Lines.of(lines)
        found, unclear = self._found(block)
        unclear.update(unusual_lines(block))
        candidates: dict[int, list[int]] = defaultdict(list)
        for row, number in found:
            candidates[row].append(number)
        return [
            (row, None if row in unclear else tuple(candidates[row]))
            for row in sorted(candidates.keys() | unclear)
        ]

    def _found(self, lines: Lines) -> tuple[list[tuple[int, int]], set[int]]:
        if self._selection is None:
            found, unclear = self._search.search(lines)
            self._learn(lines)
            return found, unclear
        selected = self._selection.select(lines)
        rows = sorted(selected.rows - selected.unclear)
        some, unclear = self._search.search([lines[row] for row in rows])
        if self._selection.is_crowded:
            self._learn_again()
        found = sorted([*selected.found, *((rows[row], number) for row, number in some)])
        return found, selected.unclear | {rows[row] for row in unclear}

    def _learn(self, lines: Sequence[bytes]) -> None:
        if self._wait > 0:
            self._wait -= len(lines)
            return
        self._sample += lines
        if len(self._sample) < self._sample_size and sum(map(len, self._sample)) < _LARGEST_SAMPLE:
            return
        columns, _ = self._search.columns(self._sample)
        measured = Rates.measured(self._rules.values(), columns, len(self._sample))
        times = sum(isinstance(cell, _TIME) for cell in columns.at(self._fields.times[0]))
        is_usual = times >= _USUAL * len(self._sample)
        rates = replace(measured, first_time_is_usual=is_usual)
        self._searching(rates)
        self._selection = plan_selection(
            self._rules, self._fields, rates, self._sample, self._cache
        )
        self._sample.clear()

    def _learn_again(self) -> None:
        """Take a new sample, for the source is not what its sample was; later each time."""
        self._selection, self._wait = None, self._patience
        self._patience *= 2
        if self._rates.first_time_is_usual:
            self._searching(replace(self._rates, first_time_is_usual=False))

    def _searching(self, rates: Rates) -> None:
        self._rates = rates
        self._search = LineSearch(self._fields.written, self._rules, rates, self._cache)


def _known(rules: Sequence[Rule], fields: RecordFields) -> dict[int, list[Clause]]:
    """Give the clauses of the rules that can be tested; leaving one out only lets more through."""
    clauses = {
        number: clauses_of(rule.detection.pattern)
        for number, rule in enumerate(rules)
        if rule.enabled and rule.detection.source == fields.written.kind
    }
    fields.add_all({path for each in clauses.values() for clause in each for path in clause.paths})
    return {
        number: [clause for clause in each if fields.unknown.isdisjoint(clause.paths)]
        for number, each in clauses.items()
    }
