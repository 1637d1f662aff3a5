"""Searches lines of JSON for some rules, decoding only the fields that these rules read."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from domain.source.format import JsonLines
from infrastructure.matching.anchors import Clause
from infrastructure.matching.line_columns import LineColumns
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
        fields = RecordFields(written)
        fields.add_all(_names(rules.values()) if in_full else self._search.paths)
        root = layout(fields)
        self._attributes = attributes(root)
        self._decode = msgspec.json.Decoder(root.struct).decode
        self._blank = blank(root)
        self._places = fields.places
        self._time_paths = [] if fields.decoded_time else fields.times
        self._times = RecordTimes(written.time)

    def search(self, lines: Sequence[bytes]) -> Searched:
        """Give (line, number of a rule) for all that match, and the lines that are unclear."""
        if not lines:
            return [], set()
        columns, unclear = self._checked(lines)
        found = self._search.find(columns, len(lines))
        return found, unclear | columns.unclear

    def rows(self, lines: Sequence[bytes]) -> tuple[set[int], set[int]]:
        """Give the lines on which a rule would have to be tested, and those that are unclear."""
        columns, unclear = self._checked(lines)
        rows = self._search.rows(columns, len(lines))
        return rows, unclear | columns.unclear

    def _checked(self, lines: Sequence[bytes]) -> tuple[LineColumns, set[int]]:
        columns, unclear = self.columns(lines)
        if self._time_paths:
            unclear.update(self._times.doubtful([columns.at(path) for path in self._time_paths]))
        return columns, unclear

    def columns(self, lines: Sequence[bytes]) -> tuple[LineColumns, set[int]]:
        """Decode lines; those that cannot be are left blank and their numbers given."""
        records: list[Any] = []
        failed = set()
        waiting = iter(lines)
        while len(records) < len(lines):
            try:
                # One call for all lines up to the next that cannot be decoded.
                records.extend(map(self._decode, waiting))
            except (msgspec.MsgspecError, ValueError, RecursionError):
                failed.add(len(records))
                records.append(self._blank)
        return LineColumns(records, self._attributes, self._places), failed


def _names(rules: Iterable[Sequence[Clause]]) -> set[str]:
    return {path for clauses in rules for clause in clauses for path in clause.paths}
