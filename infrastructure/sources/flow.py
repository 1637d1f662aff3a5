"""Cutting a file's bytes, as they come, into blocks of complete lines."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from application.reading import Happening
from infrastructure.lines import Lines
from infrastructure.sources.place import MARK_LENGTH, Place

LONGEST_LINE = 1 << 20
# Larger blocks would leave the processor's cache before their lines are looked at.
BLOCK_SIZE = 1 << 19


@dataclass(frozen=True, slots=True)
class Block:
    """Some lines; only the last line of a file may have had no newline."""

    place: Place
    lines: Lines
    ends_with_newline: bool = True
    happenings: tuple[Happening, ...] = ()

    def after(self, place: Place, first: int, count: int) -> Place:
        """Stand after some of the lines, when standing before them."""
        content = self.lines.content
        begin, end = self.lines.begin(first), self.lines.begin(first + count)
        if first + count == len(self.lines) and not self.ends_with_newline:
            end -= 1
        head = b"" if place.knows_head else content[begin : min(begin + MARK_LENGTH, end)]
        return place.after(head, content[max(begin, end - MARK_LENGTH) : end], end - begin, count)


@dataclass(frozen=True, slots=True)
class LongLine:
    """A line that was too long to be held: its outermost bytes, and its size with its newline."""

    place: Place
    first: bytes
    last: bytes
    size: int
    happenings: tuple[Happening, ...] = ()

    @property
    def length(self) -> int:
        """The bytes of the line without its newline."""
        return self.size - self.last.endswith(b"\n")


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """There is nothing more to read, for now or for good."""

    place: Place


FeedItem = Block | LongLine | CaughtUp


class Flow:
    """Turns the chunks of one file into blocks and keeps count of the place.

    How the chunks are cut makes no difference to the lines, their places or what is too long.
    """

    def __init__(self, place: Place, happenings: Sequence[Happening] = ()) -> None:
        self.place = place
        self._happenings = tuple(happenings)
        self._waiting = bytearray()
        self._skipped: LongLine | None = None

    @property
    def pending(self) -> int:
        """How many bytes were taken of a line whose newline has not come yet."""
        return self._skipped.size if self._skipped else len(self._waiting)

    def take(self, chunk: bytes) -> Iterator[Block | LongLine]:
        """Take the next bytes, at most `LONGEST_LINE`; give the lines that they complete."""
        chunk = self._completing_what_was_read(chunk)
        begin, end = 0, chunk.rfind(b"\n") + 1
        if end and self.pending + chunk.find(b"\n") > LONGEST_LINE:
            begin = chunk.find(b"\n") + 1
            yield self._too_long(chunk[:begin])
        if begin < end:
            yield self._block(b"".join((self._waiting, memoryview(chunk)[begin:end])))
        self._wait(chunk[end:])

    def finish(self) -> Iterator[Block | LongLine]:
        """Give what waits for a newline that will not come."""
        if self._skipped:
            yield self._too_long(b"")
        elif self._waiting:
            yield self._block(bytes(self._waiting) + b"\n", ends_with_newline=False)

    def _completing_what_was_read(self, chunk: bytes) -> bytes:
        # A last line without its newline was read as a line; then the newline came after all.
        unfinished = self.place.read and not self.pending and not self.place.tail.endswith(b"\n")
        if unfinished and chunk.startswith(b"\n"):
            self.place = self.place.after(b"\n", b"\n", 1, 0)
            return chunk[1:]
        return chunk

    def _block(self, content: bytes, *, ends_with_newline: bool = True) -> Block:
        block = Block(self.place, Lines(content), ends_with_newline, self._happenings)
        self._move_on(block.after(self.place, 0, len(block.lines)))
        return block

    def _too_long(self, rest: bytes) -> LongLine:
        self._skip(rest)
        long = self._skipped
        assert long is not None  # noqa: S101 - _skip has just set it
        self._move_on(self.place.after(long.first, long.last, long.size, 1))
        return long

    def _move_on(self, place: Place) -> None:
        self.place = place
        self._happenings, self._waiting, self._skipped = (), bytearray(), None

    def _wait(self, chunk: bytes) -> None:
        if self._skipped or self.pending + len(chunk) > LONGEST_LINE:
            self._skip(chunk)
        else:
            self._waiting += chunk

    def _skip(self, chunk: bytes) -> None:
        before = self._skipped
        held = bytes(self._waiting)
        first = (before.first if before else held[:MARK_LENGTH]) + chunk[:MARK_LENGTH]
        last = (before.last if before else held[-MARK_LENGTH:]) + chunk[-MARK_LENGTH:]
        size = self.pending + len(chunk)
        self._waiting.clear()
        self._skipped = LongLine(
            self.place, first[:MARK_LENGTH], last[-MARK_LENGTH:], size, self._happenings
        )
