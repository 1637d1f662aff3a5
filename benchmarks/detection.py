"""The speed of detection: rules found in lines of JSON, beside merely decoding them.

`python -m benchmarks.detection [--quick] [--events N] [--rules N]`.
"""

import argparse
import gc
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from statistics import median

import orjson

from benchmarks.detection_data import lines, rules
from benchmarks.detection_identity import identity
from benchmarks.measured import Measured, table
from domain.detection.rule import Rule
from domain.signal import Origin, Signal
from domain.source.format import JsonLines
from infrastructure.matching import JsonLinesScanner
from infrastructure.sources.json_records import JsonRecords

RULES, FEW_RULES, MANY_RULES = 1_000, 100, 5_000
LINES, EVENTS, QUICK_EVENTS, PLAIN_LINES = 16_000, 1_000_000, 20_000, 300
SETTLING, BATCH, ROUNDS = 4_000, 500, 15
FORMAT = JsonLines(format="jsonl")
ORIGIN = Origin(source="benchmark", position=0, line=1)


def measure(events: int = EVENTS, rule_count: int = RULES) -> list[Measured]:
    """Measure speed, growth with the number of rules, and identity with the plain loop."""
    shares = {count: _share(count) for count in (FEW_RULES, RULES, MANY_RULES)}
    growth = shares[FEW_RULES] / shares[MANY_RULES]
    return [
        Measured(f"detection, {RULES:,} rules, as a share of orjson.loads", shares[RULES], 1.0),
        Measured("detection, 100 rules, as a share of orjson.loads", shares[FEW_RULES]),
        Measured("detection, 5,000 rules, as a share of orjson.loads", shares[MANY_RULES]),
        Measured("cost of detection, 5,000 rules / 100 rules", growth, 1.4, at_most=True),
        Measured(f"detection, {RULES:,} rules, times a loop over them", _times_a_loop(), 100),
        *identity(events, rule_count),
    ]


class Detection:
    """Lines in, matches out, as a reader does it: scan, then judge the candidates in full."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._scanner = JsonLinesScanner(rules, FORMAT)
        self._records = JsonRecords(FORMAT, _no_clock)

    def matches(self, batch: Sequence[bytes]) -> list[tuple[int, int]]:
        """Give (line, rule) of each match, in order."""
        return [
            (row, number)
            for row, candidates in self._scanner.scan(batch)
            for signal in self._records.read(batch[row], ORIGIN).signals
            for number in (range(len(self._rules)) if candidates is None else candidates)
            if self._rules[number].matches(signal)
        ]


def _share(rule_count: int) -> float:
    log, detection = _settled(rule_count)
    batches = [log[start : start + BATCH] for start in range(0, len(log), BATCH)]
    shares = []
    for _ in range(ROUNDS):
        decoding = detecting = 0.0
        # In turn, batch by batch, so that whatever else the machine does falls on both.
        for batch in batches:
            decoding += _timed(partial(_decode, batch))
            detecting += _timed(partial(detection.matches, batch))
        shares.append(decoding / detecting)
    gc.unfreeze()
    return median(shares)


def _decode(batch: Sequence[bytes]) -> list[object]:
    return [orjson.loads(line) for line in batch]


def _settled(rule_count: int) -> tuple[list[bytes], Detection]:
    detection = Detection(rules(rule_count, seed=2))
    # The scanner's sample is other lines than those that are measured.
    detection.matches(lines(SETTLING, 3, rule_count))
    log = lines(LINES, 1, rule_count)
    gc.collect()
    # Neither side is to pay for a collector that walks through thousands of rules.
    gc.freeze()
    return log, detection


def _times_a_loop() -> float:
    some_rules, records = rules(RULES, seed=2), JsonRecords(FORMAT, _no_clock)
    log, detection = _settled(RULES)
    sample = log[:PLAIN_LINES]

    def loop() -> None:
        for signal in _signals(sample, records):
            for rule in some_rules:
                rule.matches(signal)

    slow = _timed(loop) / len(sample)
    fast = min(_timed(partial(detection.matches, log[:BATCH])) for _ in range(ROUNDS)) / BATCH
    gc.unfreeze()
    return slow / fast


def _signals(sample: Sequence[bytes], records: JsonRecords) -> Iterator[Signal]:
    for line in sample:
        yield from records.read(line, ORIGIN).signals


def _timed(run: Callable[[], object]) -> float:
    # Of the processor, not of the clock: other processes share this machine.
    begin = time.process_time()
    run()
    return time.process_time() - begin


def _no_clock() -> datetime:
    raise NotImplementedError


def main(words: Sequence[str]) -> int:
    """Run this benchmark alone."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.detection", description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_EVENTS:,} events only")
    parser.add_argument("--events", type=int, help="how many events to compare firings on")
    parser.add_argument("--rules", type=int, default=RULES, help="how many rules to compare")
    asked = parser.parse_args(words)
    rows = measure(asked.events or (QUICK_EVENTS if asked.quick else EVENTS), asked.rules)
    print(table(rows))
    return 0 if all(row.passed for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
