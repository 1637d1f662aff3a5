"""Selects the lines in which rules have to be looked for, as planned by a sample of a source."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from infrastructure.lines import Lines
from infrastructure.matching.anchors import Clause
from infrastructure.matching.line_search import LineSearch
from infrastructure.matching.plain_records import PlainRecords
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


Look = Callable[[Sequence[bytes], bool], Selected]


class LineSelection:
    """Selects lines by texts that undecoded lines contain, and by a look at a few of their fields.

    `unclear` is the share of lines that was unclear at the look at the sample.
    """

    def __init__(self, raw: RawSearch | None, look: Look, unclear: float = 0) -> None:
        self._raw, self._look = raw, look
        self._most_unclear = unclear + _MOST_SELECTED
        self._seen = self._selected = self._unclear = 0

    @property
    def is_crowded(self) -> bool:
        """Whether so much was selected, or unclear unlike in the sample, that it does not pay."""
        return self._seen >= _ENOUGH and (
            self._selected > _MOST_SELECTED * self._seen
            or self._unclear > self._most_unclear * self._seen
        )

    def select(self, lines: Lines) -> Selected:
        """Select those of some lines that may satisfy a rule."""
        rows, apart = self._raw.rows(lines) if self._raw else (set[int](), False)
        selected = self._look(lines, apart)
        selected.rows |= rows
        if selected.found:
            # These are searched for all rules: what was found in them would be found twice.
            selected.found = [each for each in selected.found if each[0] not in selected.rows]
        self._seen += len(lines)
        self._selected += len(selected.rows)
        self._unclear += len(selected.unclear)
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
    raw = prefilter.search if prefilter else None
    few = LineSearch(fields.written, rest, rates, cache, in_full=False)
    if few.plain and _selects_few(few.plain.misfits(sample, apart=False), sample):
        return LineSelection(raw, _by_fit(few.plain))
    rows, unclear = few.rows(sample)
    look = _by_fields(few)
    if not _selects_few(rows, sample):
        look = _by_testing(LineSearch(fields.written, rest, rates, cache))
    return LineSelection(raw, look, len(unclear) / len(sample))


def _selects_few(rows: set[int], sample: Sequence[bytes]) -> bool:
    return len(rows) <= _MOST_SELECTED * len(sample)


def _by_fit(plain: PlainRecords) -> Look:
    return lambda lines, apart: Selected(rows=plain.misfits(lines, apart=apart))


def _by_fields(search: LineSearch) -> Look:
    return lambda lines, apart: Selected(*search.rows(lines, apart=apart))


def _by_testing(search: LineSearch) -> Look:
    def look(lines: Sequence[bytes], apart: bool) -> Selected:
        found, unclear = search.search(lines, apart=apart)
        return Selected(unclear=unclear, found=found)

    return look
