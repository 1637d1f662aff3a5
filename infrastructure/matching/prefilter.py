"""Decides, by a sample of a source's lines, which rules can be looked for in undecoded lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from infrastructure.matching.anchors import Clause, Keys
from infrastructure.matching.rates import Rates
from infrastructure.matching.raw_search import RawSearch, raw_expressions
from infrastructure.matching.record_fields import Place

# Of all lines, those with any of the texts, and those with one of them.
_MOST_LINES, _MOST_FOR_ONE = 0.01, 0.002
_MOST_ESCAPED = 0.2

Rules = Mapping[int, Sequence[Clause]]
Places = Mapping[str, Sequence[Place]]


@dataclass(frozen=True, slots=True)
class Prefilter:
    """The search, and the numbers of the rules of which it misses no line."""

    search: RawSearch
    numbers: frozenset[int]


def plan_prefilter(
    rules: Rules, places: Places, rates: Rates, sample: Sequence[bytes], cache: Path | None = None
) -> Prefilter | None:
    """Choose, for each rule where that is possible, texts that few lines contain."""
    if sum(b"\\" in line for line in sample) > _MOST_ESCAPED * len(sample):
        return None
    chosen = _chosen(rules, places, rates, set())
    search = _search(chosen, cache)
    if search and (common := search.crowds(sample, int(_MOST_FOR_ONE * len(sample)))):
        chosen = _chosen(rules, places, rates, common)
        search = _search(chosen, cache)
    if search is None or not search.is_complete:
        return None
    return Prefilter(search, frozenset(chosen))


def _search(chosen: Mapping[int, set[bytes]], cache: Path | None) -> RawSearch | None:
    expressions = sorted(set().union(*chosen.values()))
    return RawSearch(expressions, cache) if expressions else None


def _chosen(
    rules: Rules, places: Places, rates: Rates, common: set[bytes]
) -> dict[int, set[bytes]]:
    possible: list[tuple[float, int, set[bytes]]] = []
    for number, clauses in rules.items():
        options = []
        for clause in clauses:
            expressions = raw_expressions(clause.option, places) if clause.option else None
            if expressions and common.isdisjoint(expressions):
                options.append((_rate(clause, rates), len(expressions), expressions))
        if options:
            rate, _, expressions = min(options, key=lambda option: option[:2])
            possible.append((rate, number, expressions))
    chosen: dict[int, set[bytes]] = {}
    total, counted = 0.0, set[bytes]()
    for rate, number, expressions in sorted(possible, key=lambda each: each[:2]):
        total += 0.0 if expressions <= counted else rate
        if rate > _MOST_FOR_ONE or total > _MOST_LINES:
            break
        counted |= expressions
        chosen[number] = expressions
    return chosen


def _rate(clause: Clause, rates: Rates) -> float:
    # How common other texts are shows when the sample is searched for them.
    keys = tuple(anchor for anchor in clause.option or () if isinstance(anchor, Keys))
    return rates.rate_in_sample(keys)
