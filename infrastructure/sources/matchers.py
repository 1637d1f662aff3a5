"""What the reader asks of a rule set, and the plainest way to answer it."""

from collections.abc import Sequence
from typing import Protocol

from domain.detection.rule import Rule
from domain.signal import Signal

Candidates = tuple[int, ...]


class RuleMatcher(Protocol):
    """Says which signals satisfy which rules."""

    def match(self, signals: Sequence[Signal]) -> list[tuple[int, int]]:
        """Give the number of the signal and the number of the rule of each match."""
        ...


class LineScanner(Protocol):
    """Finds, without reading them in full, the lines of JSON that may satisfy a rule."""

    def scan(self, lines: Sequence[bytes]) -> list[tuple[int, Candidates | None]]:
        """Give the lines that need attention, in order.

        Each with the numbers of the rules that it may satisfy, or None where the line must be
        read in full to tell. A line that is left out is readable and satisfies no rule.
        """
        ...


class PlainMatcher:
    """Asks every enabled rule about every signal."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules

    def match(self, signals: Sequence[Signal]) -> list[tuple[int, int]]:
        """Give the number of the signal and the number of the rule of each match."""
        return [
            (place, number)
            for place, signal in enumerate(signals)
            for number, rule in enumerate(self._rules)
            if rule.enabled and rule.matches(signal)
        ]
