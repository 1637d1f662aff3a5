"""Finds lines that a decoder which skips what nobody reads must not be trusted with."""

from collections.abc import Iterator

from infrastructure.matching.line_block import LineBlock

_DEEPEST = 128
# The fewest bytes that a level of nesting takes: {"":} and []. The innermost may be empty.
_OBJECT, _ARRAY = 5, 2
_SHORTEST_DEEP_OBJECTS = _OBJECT * _DEEPEST + _ARRAY


def unusual_lines(block: LineBlock) -> Iterator[int]:
    """Give the lines that may be nested too deep, or are not UTF-8."""
    lines = block.lines
    # Counting reads every byte, so a line too short for what it would take is not counted.
    long = {row for row, size in enumerate(map(len, lines)) if size >= _SHORTEST_DEEP_OBJECTS}
    for row in long.union(block.rows_with(b"[")):
        if _may_be_deep(lines[row]):
            yield row
    if not block.joined.isascii():
        for row, line in enumerate(lines):
            if not line.isascii() and not _is_utf8(line):
                yield row


def _may_be_deep(line: bytes) -> bool:
    arrays = line.count(b"[") if b"[" in line else 0
    shortest = _SHORTEST_DEEP_OBJECTS - (_OBJECT - _ARRAY) * arrays
    return len(line) >= shortest and arrays + line.count(b"{") > _DEEPEST


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True
