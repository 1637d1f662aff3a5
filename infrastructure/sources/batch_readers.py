"""Two ways to read a batch of lines, with the same result: each in full, or by a scanner."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from application.reading import Match
from domain.detection.rule import Rule
from domain.signal import Signal
from infrastructure.sources.formats import RecordReader
from infrastructure.sources.line_batch import Batch, Found
from infrastructure.sources.matchers import Candidates, LineScanner, RuleMatcher

# A line may stand for thousands of signals: a batch ends where there is enough to carry.
ENOUGH_SIGNALS = 10_000


class BatchReader(Protocol):
    """Reads batches of lines."""

    def read(self, batch: Batch) -> Found:
        """Read the first lines of a batch, usually all; `lines` of the answer says how many."""
        ...


@dataclass(frozen=True, slots=True)
class FullReader:
    """Reads every line in full."""

    records: RecordReader
    rules: Sequence[Rule]
    matcher: RuleMatcher

    def read(self, batch: Batch) -> Found:
        """Read lines until there are none left, or signals enough."""
        found, signals = Found(), list[Signal]()
        for line, origin in batch.located(range(len(batch.lines))):
            signals.extend(found.read(line, origin, self.records))
            found.lines += 1
            if len(signals) >= ENOUGH_SIGNALS:
                break
        found.signals = len(signals)
        found.matches = _matches(signals, self.rules, self.matcher)
        return found


@dataclass(frozen=True, slots=True)
class ScanningReader:
    """Reads in full only the lines of JSON that a scanner does not rule out."""

    records: RecordReader
    rules: Sequence[Rule]
    matcher: RuleMatcher
    scanner: LineScanner

    def read(self, batch: Batch) -> Found:
        """Read all lines of a batch."""
        lines = len(batch.lines)
        found = Found(lines=lines, signals=lines)
        scanned = sorted(self.scanner.scan(batch.lines), key=lambda each: each[0])
        located = batch.located(number for number, _ in scanned)
        for (_, candidates), (line, origin) in zip(scanned, located, strict=True):
            signals = found.read(line, origin, self.records)
            found.signals += len(signals) - 1
            found.matches += self._matches(signals, candidates)
        return found

    def _matches(self, signals: Sequence[Signal], candidates: Candidates | None) -> list[Match]:
        if candidates is None:
            return _matches(signals, self.rules, self.matcher)
        rules = [self.rules[number] for number in sorted(candidates)]
        return [Match(rule, signal) for signal in signals for rule in rules if rule.matches(signal)]


def _matches(signals: Sequence[Signal], rules: Sequence[Rule], matcher: RuleMatcher) -> list[Match]:
    found = sorted(matcher.match(signals)) if signals else ()
    return [Match(rules[number], signals[place]) for place, number in found]
