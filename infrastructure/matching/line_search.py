"""Searches lines of JSON for some rules, decoding only the fields that these rules read."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from domain.source.format import JsonLines
from infrastructure.matching.anchors import Clause
from infrastructure.matching.line_columns import LineColumns
from infrastructure.matching.line_decoder import NO_RECORD, LineDecoder
from infrastructure.matching.plain_records import plain_records
from infrastructure.matching.rates import Rates
from infrastructure.matching.record_fields import RecordFields
from infrastructure.matching.record_layout import attributes, blank, layout
from infrastructure.matching.record_times import RecordTimes
from infrastructure.matching.rule_search import RuleSearch

Searched = tuple[list[tuple[int, int]], set[int]]


class LineSearch:
    """Finds the records that satisfy some rules, and the lines that must be read in full.

    Unless `in_full`, only the fields by which rules are found are decoded, and only `rows` asked.
    """

    def __init__(
        self,
        written: JsonLines,
        rules: Mapping[int, Sequence[Clause]],
        rates: Rates,
        cache: Path | None = None,
        *,
        in_full: bool = True,
    ) -> None:
        self._search = RuleSearch(rules, rates, cache)
        fields = RecordFields(written, rates.first_time_is_usual)
        fields.add_all(_names(rules.values()) if in_full else self._search.paths)
        root = layout(fields)
        self._attributes = attributes(root)
        gaps = self._search.gaps
        self.plain = None if in_full or gaps is None else plain_records(fields, gaps)
        self._decoder = LineDecoder(root.struct)
        self._blank = blank(root)
        self._places = fields.places
        self._time_paths = [] if fields.decoded_time else fields.times
        self._times = RecordTimes(written.time)

    def search(self, lines: Sequence[bytes], *, apart: bool = False) -> Searched:
        """Give (line, number of a rule) for all that match, and the lines that are unclear.

        For `apart` see `LineDecoder`.
        """
        if not lines:
            return [], set()
        columns, unclear = self._checked(lines, apart)
        found = self._search.find(columns, len(lines))
        return found, unclear | columns.unclear

    def rows(self, lines: Sequence[bytes], *, apart: bool = False) -> tuple[set[int], set[int]]:
        """Give the lines on which a rule would have to be tested, and those that are unclear."""
        columns, unclear = self._checked(lines, apart)
        rows = self._search.rows(columns, len(lines))
        return rows, unclear | columns.unclear

    def _checked(self, lines: Sequence[bytes], apart: bool) -> tuple[LineColumns, set[int]]:
        columns, unclear = self.columns(lines, apart=apart)
        if self._time_paths:
            unclear.update(self._times.doubtful([columns.at(path) for path in self._time_paths]))
        return columns, unclear

    def columns(
        self, lines: Sequence[bytes], *, apart: bool = False
    ) -> tuple[LineColumns, set[int]]:
        """Decode lines; those that cannot be are left blank and their numbers given."""
        records = self._decoder.all(lines, apart=apart) or []
        failed = set()
        waiting = iter(lines)
        while len(records) < len(lines):
            try:
                # One call for all lines up to the next that cannot be decoded.
                records.extend(map(self._decoder.one, waiting))
            except NO_RECORD:
                failed.add(len(records))
                records.append(self._blank)
        return LineColumns(records, self._attributes, self._places), failed


def _names(rules: Iterable[Sequence[Clause]]) -> set[str]:
    return {path for clauses in rules for clause in clauses for path in clause.paths}
