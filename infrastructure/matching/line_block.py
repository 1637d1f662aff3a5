"""The lines of a micro-batch as one block of bytes, for what is searched in all of them at once."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate


class LineBlock:
    """Some lines, laid one right behind the other."""

    def __init__(self, lines: Sequence[bytes]) -> None:
        self.lines = lines
        self.joined = b"".join(lines)
        self._ends = list(accumulate(map(len, lines)))

    def row_ending(self, end: int) -> int:
        """Give the line in which something ends right before a place of the block."""
        return bisect_left(self._ends, end)

    def rows_with(self, byte: bytes) -> Iterator[int]:
        """Give the lines that contain a byte."""
        place = self.joined.find(byte)
        while place >= 0:
            row = bisect_right(self._ends, place)
            yield row
            place = self.joined.find(byte, self._ends[row])
