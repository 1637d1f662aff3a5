"""Finds, in the columns of a micro-batch, every row that satisfies a rule."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from infrastructure.matching.anchors import Clause, Keys, Nets, Present, Range, Texts
from infrastructure.matching.bounds import Bounds, Interval
from infrastructure.matching.cells import MISSING, Column, Columns
from infrastructure.matching.groups import Entry, Found, Group, keyed
from infrastructure.matching.networks import Networks
from infrastructure.matching.rates import Rates
from infrastructure.matching.text_search import TextSearch

Anchored = dict[type, dict[str, list[tuple[Any, Entry]]]]
_CROWD = 4
_DEARER = 0.5


class RuleSearch:
    """Rules, each anchored where it is rarest, and tested in full only on rows with its anchor.

    What costs are, besides the columns of anchored fields, only the rows with an anchor. A rule
    that nothing anchors, such as one that only wants a field to be absent, is tested on every
    row; so is, where its field is present, a rule of nothing but text too short to search for.
    """

    def __init__(
        self, rules: Mapping[int, Sequence[Clause]], rates: Rates, cache: Path | None = None
    ) -> None:
        self._rates = rates
        entries = [Entry(number, self._rarest_first(each)) for number, each in rules.items()]
        self._crowds = Counter(map(_key_signature, entries))
        anchored: Anchored = defaultdict(lambda: defaultdict(list))
        always = []
        for entry in entries:
            clause = self._anchor_of(entry)
            if clause is None:
                always.append(entry)
            for anchor in clause.option or () if clause else ():
                rest = entry.without(clause) if clause else entry
                anchored[type(anchor)][anchor.path].append((anchor, rest))
        self._always = self._group(always) if always else None
        self._build(anchored, cache)

    def _build(self, anchored: Anchored, cache: Path | None) -> None:
        group = self._group
        self._keys = [
            (path, _grouped(((value, e) for a, e in held for value in a.values), group))
            for path, held in anchored[Keys].items()
        ]
        self._present = [
            (path, group([entry for _, entry in held])) for path, held in anchored[Present].items()
        ]
        self._searched: list[tuple[str, Bounds[Group] | Networks[Group]]] = [
            (path, Bounds([(anchor.interval, group([entry])) for anchor, entry in held]))
            for path, held in anchored[Range].items()
        ]
        for path, held in anchored[Nets].items():
            nets = _grouped(((net, e) for a, e in held for net in a.networks), group)
            self._searched.append((path, Networks(list(nets.items()))))
        self._texts = []
        for path, held in anchored[Texts].items():
            texts = _grouped(((a.expression, e) for a, e in held), group)
            self._texts.append((path, TextSearch(list(texts), cache), list(texts.values())))

    def find(self, columns: Columns, count: int) -> list[tuple[int, int]]:
        """Give (row, number of a rule), in this order, for all that match."""
        found: Found = set()
        for row, group in self._hits(columns):
            group.visit(columns, row, found)
        if self._always:
            for row in range(count):
                self._always.visit(columns, row, found)
        return sorted(found)

    def rows(self, columns: Columns, count: int) -> set[int]:
        """Give the rows on which a rule would have to be tested."""
        if self._always:
            return set(range(count))
        return {row for row, _ in self._hits(columns)}

    @property
    def paths(self) -> set[str]:
        """The fields by which rows are found."""
        tables = (self._keys, self._texts, self._searched, self._present)
        return {path for table in tables for path, *_ in table}

    @property
    def gaps(self) -> dict[str, Interval] | None:
        """Between which numbers in which fields no rule is found; None if not only by numbers."""
        gaps: dict[str, Interval] = {}
        for path, searched in self._searched:
            if not isinstance(searched, Bounds):
                return None
            gaps[path] = searched.gap
        return None if self._always or self._keys or self._texts or self._present else gaps

    def _hits(self, columns: Columns) -> Iterator[tuple[int, Group]]:
        for path, table in self._keys:
            yield from _key_hits(table, columns[path])
        for path, search, groups in self._texts:
            for row, place in search.hits(columns[path]):
                yield row, groups[place]
        for path, searched in self._searched:
            yield from searched.hits(columns[path])
        for path, group in self._present:
            for row, cell in enumerate(columns[path]):
                if cell is not MISSING and cell is not None:
                    yield row, group

    def _group(self, entries: Sequence[Entry]) -> Group:
        return Group(entries, self._rates)

    def _anchor_of(self, entry: Entry) -> Clause | None:
        cost = self._cost
        best = min((each for each in entry.clauses if each.option), key=cost, default=None)
        if best is None or not isinstance(best.anchor, Keys):
            return best
        # Among rules with the same keys only other rare things tell better.
        crowd = 1 + (self._crowds[_key_signature(entry)] - 1) / _CROWD
        others = (each for each in entry.clauses if each is not best and _is_rare(each))
        rare = min(others, key=cost, default=best)
        return rare if cost(rare) < cost(best) * crowd else best

    def _rarest_first(self, clauses: Sequence[Clause]) -> tuple[Clause, ...]:
        # A candidate fails at its first check, most of the time.
        def order(clause: Clause) -> float:
            return self._cost(clause) + (0 if isinstance(clause.anchor, Keys) else _DEARER)

        return tuple(sorted(clauses, key=order))

    def _cost(self, clause: Clause) -> float:
        return self._rates.of(clause.option) if clause.option else 1.0


def _key_hits(table: dict[Any, Group], column: Column) -> list[tuple[int, Group]]:
    try:
        return [
            (row, group) for row, group in enumerate(map(table.get, column)) if group is not None
        ]
    except TypeError:  # a list or an object is no key
        return [
            (row, group)
            for row, cell in enumerate(column)
            if cell is not MISSING
            for group in keyed(table, cell)
        ]


def _grouped(held: Iterable[tuple[Any, Entry]], group: Any) -> dict[Any, Group]:
    entries: dict[Any, dict[int, Entry]] = defaultdict(dict)
    for key, entry in held:
        entries[key][entry.number] = entry
    return {key: group(list(each.values())) for key, each in entries.items()}


def _is_rare(clause: Clause) -> bool:
    return bool(clause.option) and all(
        isinstance(anchor, Keys | Texts | Nets) for anchor in clause.option or ()
    )


def _key_signature(entry: Entry) -> frozenset[tuple[str, tuple[Any, ...]]]:
    anchors = (clause.anchor for clause in entry.clauses)
    return frozenset((each.path, each.values) for each in anchors if isinstance(each, Keys))
