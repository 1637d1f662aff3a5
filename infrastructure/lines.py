"""Lines of text in one piece of memory, as they are read and searched."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import overload

_NEWLINE = b"\n"


class Lines(Sequence[bytes]):
    """Lines, each copied out of `content` only when it is asked for.

    In `content` every line is followed by a newline, whether its file had one or not. `ends` are
    the places of these newlines.
    """

    __slots__ = ("content", "ends")

    def __init__(self, content: bytes, ends: list[int] | None = None) -> None:
        self.content = content
        self.ends = _newlines(content) if ends is None else ends

    @classmethod
    def of(cls, lines: Iterable[bytes]) -> "Lines":
        """Lay some lines, in which there is no newline, one behind the other."""
        if isinstance(lines, Lines):
            return lines
        each = list(lines)
        ends = [end - 1 for end in accumulate(len(line) + 1 for line in each)]
        return cls(_NEWLINE.join([*each, b""]), ends)

    def __len__(self) -> int:
        return len(self.ends)

    def __iter__(self) -> Iterator[bytes]:
        begin = 0
        for end in self.ends:
            yield self.content[begin:end]
            begin = end + 1

    @overload
    def __getitem__(self, row: int) -> bytes: ...
    @overload
    def __getitem__(self, row: slice) -> Sequence[bytes]: ...
    def __getitem__(self, row: int | slice) -> bytes | Sequence[bytes]:
        rows = range(len(self))[row]
        if isinstance(rows, range):
            return [self[each] for each in rows]
        return self.content[self.begin(rows) : self.ends[rows]]

    def begin(self, row: int) -> int:
        """Give the place where a line begins, or, for one more than there are, where all end."""
        return self.ends[row - 1] + 1 if row else 0

    def part(self, first: int, count: int) -> "Lines":
        """Give some of the lines."""
        if first == 0 and count >= len(self):
            return self
        begin, ends = self.begin(first), self.ends[first : first + count]
        end = self.begin(first + len(ends))
        return Lines(self.content[begin:end], [each - begin for each in ends])

    def row_of(self, place: int) -> int:
        """Give the line in which a place of the content is; a newline is in the line it ends."""
        return bisect_left(self.ends, place)

    def rows_with(self, byte: bytes) -> Iterator[int]:
        """Give the lines that contain a byte."""
        place = self.content.find(byte)
        while place >= 0:
            row = self.row_of(place)
            yield row
            place = self.content.find(byte, self.ends[row])


def _newlines(content: bytes) -> list[int]:
    ends: list[int] = []
    found, note, find = content.find(_NEWLINE), ends.append, content.find
    while found >= 0:
        note(found)
        found = find(_NEWLINE, found + 1)
    return ends
