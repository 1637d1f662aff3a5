"""Finds lines that a decoder which skips what nobody reads must not be trusted with."""

from collections.abc import Iterator
from itertools import chain
from operator import sub

from infrastructure.lines import Lines

_DEEPEST = 128
# The fewest bytes that a level of nesting takes: {"":} and []. The innermost may be empty.
_OBJECT, _ARRAY = 5, 2
_SHORTEST_DEEP_OBJECTS = _OBJECT * _DEEPEST + _ARRAY


def unusual_lines(lines: Lines) -> Iterator[int]:
    """Give the lines that may be nested too deep, or are not UTF-8."""
    for row in _long_enough(lines).union(lines.rows_with(b"[")):
        if _may_be_deep(lines[row]):
            yield row
    if not _is_utf8(lines.content):
        for row, line in enumerate(lines):
            if not _is_utf8(line):
                yield row


def _long_enough(lines: Lines) -> set[int]:
    # Counting reads every byte, so a line too short for what it would take is not counted.
    ends = lines.ends
    sizes = map(sub, ends, chain((-1,), ends))
    return {row for row, size in enumerate(sizes) if size > _SHORTEST_DEEP_OBJECTS}


def _may_be_deep(line: bytes) -> bool:
    arrays = line.count(b"[") if b"[" in line else 0
    shortest = _SHORTEST_DEEP_OBJECTS - (_OBJECT - _ARRAY) * arrays
    return len(line) >= shortest and arrays + line.count(b"{") > _DEEPEST


def _is_utf8(content: bytes) -> bool:
    try:
        return content.isascii() or content.decode() is not None
    except UnicodeDecodeError:
        return False
