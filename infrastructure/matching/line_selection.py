"""Selects the lines in which rules have to be looked for, as planned by a sample of a source."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from infrastructure.matching.anchors import Clause
from infrastructure.matching.line_block import LineBlock
from infrastructure.matching.line_search import LineSearch
from infrastructure.matching.prefilter import plan_prefilter
from infrastructure.matching.rates import Rates
from infrastructure.matching.raw_search import RawSearch
from infrastructure.matching.record_fields import RecordFields

_MOST_SELECTED = 0.2
_ENOUGH = 2048


@dataclass(slots=True)
class Selected:
    """The lines to search for all rules; those to read in full; and what was found already."""

    rows: set[int] = field(default_factory=set)
    unclear: set[int] = field(default_factory=set)
    found: list[tuple[int, int]] = field(default_factory=list)


class LineSelection:
    """Selects lines by texts that undecoded lines contain, and by a few decoded fields.

    Where those few fields would select too many lines, `decoded` tests its rules right away.
    """

    def __init__(self, raw: RawSearch | None, decoded: LineSearch, tests: bool) -> None:
        self._raw, self._decoded, self._tests = raw, decoded, tests
        self._seen = self._selected = 0

    @property
    def is_crowded(self) -> bool:
        """Whether so much was selected that selecting does not pay."""
        return self._seen >= _ENOUGH and self._selected > _MOST_SELECTED * self._seen

    def select(self, block: LineBlock) -> Selected:
        """Select those of some lines that may satisfy a rule."""
        lines, selected = block.lines, Selected()
        if self._tests:
            selected.found, selected.unclear = self._decoded.search(lines)
        else:
            selected.rows, selected.unclear = self._decoded.rows(lines)
        if self._raw:
            selected.rows |= self._raw.rows(block)
        if selected.rows and self._tests:
            # These are searched for all rules: what was found in them would be found twice.
            selected.found = [each for each in selected.found if each[0] not in selected.rows]
        self._seen += len(lines)
        self._selected += len(selected.rows)
        return selected


def plan_selection(
    rules: Mapping[int, Sequence[Clause]],
    fields: RecordFields,
    rates: Rates,
    sample: Sequence[bytes],
    cache: Path | None = None,
) -> LineSelection:
    """Divide the rules into those looked for in undecoded lines, and those by decoded fields."""
    prefilter = plan_prefilter(rules, fields.places, rates, sample, cache)
    numbers = prefilter.numbers if prefilter else frozenset()
    rest = {number: clauses for number, clauses in rules.items() if number not in numbers}
    decoded = LineSearch(fields.written, rest, rates, cache, in_full=False)
    tests = len(decoded.rows(sample)[0]) > _MOST_SELECTED * len(sample)
    if tests:
        decoded = LineSearch(fields.written, rest, rates, cache)
    return LineSelection(prefilter.search if prefilter else None, decoded, tests)
