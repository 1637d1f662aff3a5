"""Searches for many expressions at once with RE2: for Pythons that have no good Hyperscan."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import re2

# Of the states that RE2 keeps; at the limit it forgets them and goes on.
_MOST_MEMORY = 256 * 1024 * 1024
_ALWAYS = b""


class PatternSet:
    """Finds in which parts of a block the matches of many expressions lie.

    A part goes from one separator to the next, both included. RE2 tells which expressions match a
    part, and not where, so every match is told at the part's end.
    """

    def __init__(self, expressions: Sequence[bytes], separator: bytes) -> None:
        self._separator = separator
        self._set = re2.Set.SearchSet(_options())
        self._numbers: list[int] = []
        refused = set()
        for number, expression in enumerate(expressions):
            try:
                self._set.Add(expression)
                self._numbers.append(number)
            except re2.error:
                refused.add(number)
        self.refused = frozenset(refused)
        self._always = self._set.Add(_ALWAYS)
        self._set.Compile()

    def scan(self, block: bytes, match_event_handler: Callable[..., Any]) -> None:
        """Call a function with (number of an expression, 0, end of a match, 0, None) for each."""
        for begin, end in self._parts(block):
            found = set(self._set.Match(block[begin:end]))
            # It is missing where RE2 had too little memory to tell what matches.
            places = found - {self._always} if self._always in found else range(self._always)
            for place in places:
                match_event_handler(self._numbers[place], 0, end, 0, None)

    def _parts(self, block: bytes) -> Iterator[tuple[int, int]]:
        begin = 0
        while begin < len(block):
            separator = block.find(self._separator, begin + 1)
            end = len(block) if separator < 0 else separator + 1
            yield begin, end
            begin = end if separator < 0 or end == len(block) else separator


def _options() -> Any:
    options = re2.Options()
    # Bytes, whatever they mean.
    options.encoding = re2.Options.Encoding.LATIN1
    options.max_mem = _MOST_MEMORY
    options.log_errors = False
    return options
