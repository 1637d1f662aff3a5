"""Whether detection fires exactly as a plain loop over all rules does, in the same order.

The plain loop decodes every line in full and puts every rule to it, each compiled by itself to
plain closures and tested condition by condition, without any index. That these closures say what
`Rule.matches` says is checked in the same run: on a sample, and on every line on which a rule
fires.
"""

import json
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from multiprocessing import get_context

from benchmarks.detection_data import lines, rules
from benchmarks.measured import Measured
from domain.detection.rule import Rule
from domain.signal import Signal
from domain.source.format import JsonLines
from infrastructure.matching import JsonLinesScanner
from infrastructure.matching.checks import Check, compile_check
from infrastructure.matching.rule_index import SignalColumns

CHUNK, BATCH = 10_000, 800
# Of every chunk, so many lines are also put to `Rule.matches` of every rule.
ASKED_IN_FULL = 20
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Firing = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Compared:
    """What comparing some events gave."""

    events: int
    firings: int
    differences: int
    asked: int


def identity(events: int, rule_count: int) -> list[Measured]:
    """Compare the firings on so many events, on all processors."""
    sizes = [min(CHUNK, events - start) for start in range(0, events, CHUNK)]
    jobs = [(number, size, rule_count) for number, size in enumerate(sizes)]
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        chunks = list(pool.map(_compare, jobs))
    total, fired = sum(each.events for each in chunks), sum(each.firings for each in chunks)
    asked = sum(each.asked for each in chunks)
    different = sum(each.differences for each in chunks)
    name = (
        f"firings that differ from a plain loop of {rule_count:,} compiled rules on {total:,} "
        f"events, of {fired:,}; the loop checked by Rule.matches {asked:,} times"
    )
    return [Measured(name, different, 0, at_most=True)]


def _compare(job: tuple[int, int, int]) -> Compared:
    chunk, size, rule_count = job
    some_rules, checks, scanner = _compiled(rule_count)
    log = lines(size, 1_000 + chunk, rule_count)
    signals = [_signal(line) for line in log]
    plain = _plain(signals, checks)
    fast = list(_fast(log, signals, some_rules, scanner))
    differences = len(set(plain) ^ set(fast)) or int(plain != fast)
    rows = {row for row, _ in plain} | set(range(0, size, max(1, size // ASKED_IN_FULL)))
    fired = set(plain)
    for row in rows:
        for number, rule in enumerate(some_rules):
            differences += rule.matches(signals[row]) != ((row, number) in fired)
    return Compared(size, len(plain), differences, len(rows) * rule_count)


@cache
def _compiled(rule_count: int) -> tuple[Sequence[Rule], list[list[Check]], JsonLinesScanner]:
    some_rules = rules(rule_count, seed=2)
    compiled: dict[str, Check] = {}
    checks = [
        [
            compiled.setdefault(repr(condition), compile_check(condition))
            for condition in rule.detection.pattern
        ]
        for rule in some_rules
    ]
    return some_rules, checks, JsonLinesScanner(some_rules, JsonLines(format="jsonl"))


def _signal(line: bytes) -> Signal:
    data = json.loads(line)
    moment = datetime.fromisoformat(data["timestamp"])
    # Nothing here needs validating, and a million validations take a minute.
    return Signal.model_construct(
        id=data["id"], source="audit_log", type="audit_log", timestamp=moment, data=data
    )


def _plain(signals: Sequence[Signal], rules: Sequence[Sequence[Check]]) -> list[Firing]:
    fired = []
    for start in range(0, len(signals), BATCH):
        batch = signals[start : start + BATCH]
        columns = SignalColumns(batch)
        held: dict[Check, list[int]] = {}
        for number, (first, *rest) in enumerate(rules):
            # What several rules begin with is tested once on each event.
            if first not in held:
                held[first] = [row for row in range(len(batch)) if first(columns, row)]
            for row in held[first]:
                if all(check(columns, row) for check in rest):
                    fired.append((start + row, number))
    return sorted(fired)


def _fast(
    log: Sequence[bytes],
    signals: Sequence[Signal],
    some_rules: Sequence[Rule],
    scanner: JsonLinesScanner,
) -> Iterator[Firing]:
    for start in range(0, len(log), BATCH):
        for row, candidates in scanner.scan(log[start : start + BATCH]):
            signal = signals[start + row]
            for number in range(len(some_rules)) if candidates is None else candidates:
                if some_rules[number].matches(signal):
                    yield start + row, number
