"""Where a source's bytes come from when they are read once: a file, or a stream such as stdin."""

import select
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Protocol

from application.reading import Cursor, Happening
from infrastructure.sources.files import OpenFile
from infrastructure.sources.flow import BLOCK_SIZE, LONGEST_LINE, CaughtUp, FeedItem, Flow
from infrastructure.sources.known_files import beginning, recognised, resume
from infrastructure.sources.place import Place
from infrastructure.sources.unreadable import SourceUnavailableError


class Feed(Protocol):
    """Gives a source's lines in blocks, in order, until it ends or is stopped."""

    def items(self) -> Iterator[FeedItem]:
        """Give what is there to read; `CaughtUp` where there is nothing more for now."""
        ...


def begin(file: OpenFile, cursor: Cursor, path: str) -> Flow:
    """Take a file up where it was left, or from its start if it is not known."""
    if mark := recognised(file, cursor.files):
        return Flow(resume(file, cursor, mark, path))
    return begin_anew(file, cursor, beginning(file, cursor, path))


def begin_anew(file: OpenFile, cursor: Cursor, happening: Happening) -> Flow:
    """Take a file from its start, and tell why with its first lines."""
    file.seek(0)
    return Flow(Place.beginning(cursor, happening.path), [happening])


class FileFeed:
    """Reads a file to its end, from where it was left if it is known."""

    def __init__(self, path: Path, cursor: Cursor, block_size: int = BLOCK_SIZE) -> None:
        self._path = path
        self._cursor = cursor
        self._block_size = min(block_size, LONGEST_LINE)

    def items(self) -> Iterator[FeedItem]:
        """Read once to the end; raises SourceUnavailableError."""
        file = OpenFile(self._path)
        try:
            flow = begin(file, self._cursor, str(self._path))
            while chunk := file.read(self._block_size):
                yield from flow.take(chunk)
        finally:
            file.close()
        yield from flow.finish()
        yield CaughtUp(flow.place)


class StreamFeed:
    """Reads a stream as it comes, such as standard input; each is a new piece of the source."""

    def __init__(self, stream: IO[bytes], cursor: Cursor, block_size: int = BLOCK_SIZE) -> None:
        self._stream = stream
        self._cursor = cursor
        self._block_size = min(block_size, LONGEST_LINE)

    def items(self) -> Iterator[FeedItem]:
        """Read until the other end closes the stream; raises SourceUnavailableError."""
        flow = Flow(Place.beginning(self._cursor, None))
        while chunk := self._read():
            yield from flow.take(chunk)
            if not self._more_is_there():
                yield CaughtUp(flow.place)
        yield from flow.finish()
        yield CaughtUp(flow.place)

    def _read(self) -> bytes:
        # `read` would wait until the block is full, which a quiet pipe may never let happen.
        read: Callable[[int], bytes] = getattr(self._stream, "read1", self._stream.read)
        try:
            return read(self._block_size)
        except OSError as error:
            raise SourceUnavailableError.because("the stream", error) from None

    def _more_is_there(self) -> bool:
        try:
            readable, _, _ = select.select([self._stream], [], [], 0)
        except (OSError, ValueError, TypeError):
            return True
        return bool(readable)


class PipeFeed:
    """Reads a named pipe or a device, such as a shell's `<(zcat …)`."""

    def __init__(self, path: Path, cursor: Cursor) -> None:
        self._path = path
        self._cursor = cursor

    def items(self) -> Iterator[FeedItem]:
        """Read until the writer closes the pipe; raises SourceUnavailableError."""
        try:
            stream = self._path.open("rb")
        except OSError as error:
            raise SourceUnavailableError.because(str(self._path), error) from None
        with stream:
            yield from StreamFeed(stream, self._cursor).items()
