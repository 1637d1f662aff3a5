"""Searches one column of a micro-batch for many expressions at once."""

from collections.abc import Iterator, Sequence
from itertools import repeat
from pathlib import Path
from threading import Lock
from typing import Any

from domain.detection.condition import text
from infrastructure.matching.cells import MISSING, Column, values_of
from infrastructure.matching.pattern_engine import pattern_engine

_SEPARATOR = "\0"
_NUL = b"\0"


class TextSearch:
    """Finds the rows of a column whose text contains some of many expressions.

    The texts are laid one after the other, each between NUL bytes, and searched in one call.
    """

    def __init__(self, expressions: Sequence[bytes], cache: Path | None = None) -> None:
        self._engine, refused = pattern_engine(expressions, _NUL, cache)
        self._refused = sorted(refused)
        self._all = range(len(expressions))
        # The engine's working memory serves one search at a time.
        self._one_at_a_time = Lock()

    def hits(self, column: Column) -> Iterator[tuple[int, int]]:
        """Give (row, number of an expression); too many at most, never too few."""
        texts, extra, unsearchable = _texts(column)
        block = _SEPARATOR.join(["", *texts, *(found for _, found in extra), ""])
        if block.count(_SEPARATOR) != len(texts) + len(extra) + 1:
            texts, extra = _without_nul(texts, extra, unsearchable)
            block = _SEPARATOR.join(["", *texts, *(found for _, found in extra), ""])
        for place, number in self._search(block.encode("utf-8", "surrogatepass")):
            yield (place if place < len(texts) else extra[place - len(texts)][0]), number
        for row in unsearchable:
            yield from zip(repeat(row), self._all)
        for number in self._refused:
            yield from zip(range(len(column)), repeat(number))

    def _search(self, block: bytes) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []

        def note(number: int, _start: int, end: int, _flags: int, _context: Any) -> None:
            found.append((end, number))

        with self._one_at_a_time:
            self._engine.scan(block, match_event_handler=note)
        found.sort()
        return list(_places(block, found))


def _places(block: bytes, found: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    place, searched = -1, 0
    for end, number in found:
        # Up to the last character of the match, which may itself be the separator behind a text.
        place += block.count(_NUL, searched, end - 1)
        searched = max(searched, end - 1)
        yield place, number


def _texts(column: Column) -> tuple[list[str], list[tuple[int, str]], set[int]]:
    try:
        _SEPARATOR.join(column)
    except TypeError:
        texts = [cell if type(cell) is str else _text(cell) for cell in column]
        extra = [
            (row, found)
            for row, cell in enumerate(column)
            if isinstance(cell, list)
            for value in values_of(cell)
            if (found := text(value))
        ]
        return texts, extra, set()
    return list(column), [], set()


def _text(cell: Any) -> str:
    if cell is MISSING or cell is None or isinstance(cell, list):
        return ""
    return text(cell) or ""


def _without_nul(
    texts: list[str], extra: list[tuple[int, str]], unsearchable: set[int]
) -> tuple[list[str], list[tuple[int, str]]]:
    unsearchable.update(row for row, found in enumerate(texts) if _SEPARATOR in found)
    unsearchable.update(row for row, found in extra if _SEPARATOR in found)
    return (
        ["" if _SEPARATOR in found else found for found in texts],
        [(row, found) for row, found in extra if _SEPARATOR not in found],
    )
