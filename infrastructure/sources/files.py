"""An open log file, plain or gzip, that stays the same file when its name moves on."""

import gzip
import os
import stat
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from infrastructure.sources.flow import BLOCK_SIZE
from infrastructure.sources.unreadable import SourceUnavailableError

_GZIP = b"\x1f\x8b"
_DAMAGED = (EOFError, zlib.error, OSError)


@dataclass(frozen=True, slots=True)
class Identity:
    """What file a name stands for at the moment."""

    device: int
    inode: int


class OpenFile:
    """A regular file opened for reading; offsets in a gzip file are of what it unpacks to."""

    def __init__(self, path: Path) -> None:
        """Open a file; raises SourceUnavailableError."""
        self.path = path
        try:
            self._raw: IO[bytes] = path.open("rb", buffering=0)
        except OSError as error:
            raise SourceUnavailableError.because(str(path), error) from None
        self.compressed = self._starts_with_gzip()
        self._content: Any = gzip.GzipFile(fileobj=self._raw) if self.compressed else self._raw

    def _starts_with_gzip(self) -> bool:
        try:
            beginning = self._raw.read(len(_GZIP))
            self._raw.seek(0)
        except OSError as error:
            raise SourceUnavailableError.because(str(self.path), error) from None
        return beginning == _GZIP

    @property
    def descriptor(self) -> int:
        """What the system knows it by while it is open."""
        return self._raw.fileno()

    @property
    def identity(self) -> Identity:
        """Say which file it is, whatever its name is by now."""
        return _identity(os.fstat(self._raw.fileno()))

    @property
    def is_deleted(self) -> bool:
        """Say whether no name is left for the file."""
        return os.fstat(self._raw.fileno()).st_nlink == 0

    @property
    def size(self) -> int:
        """Its size on disk."""
        return os.fstat(self._raw.fileno()).st_size

    def seek(self, offset: int) -> None:
        """Continue reading at an offset."""
        try:
            self._content.seek(offset)
        except _DAMAGED as error:
            raise SourceUnavailableError.because(str(self.path), error) from None

    def read(self, size: int = BLOCK_SIZE) -> bytes:
        """Read the next bytes, nothing at the end."""
        try:
            content: bytes = self._content.read(size)
        except _DAMAGED as error:
            raise SourceUnavailableError.because(str(self.path), error) from None
        return content

    def part(self, offset: int, size: int) -> bytes:
        """Read bytes from an offset on; fewer where the file ends sooner."""
        self.seek(offset)
        found = b""
        while len(found) < size and (more := self.read(size - len(found))):
            found += more
        return found

    def close(self) -> None:
        """Let go of the file."""
        self._content.close()
        self._raw.close()


def identity_of(path: Path) -> Identity | None:
    """Say which regular file has a name now, if any."""
    try:
        found = path.stat()
    except OSError:
        return None
    return _identity(found) if stat.S_ISREG(found.st_mode) else None


def is_stream(path: Path) -> bool:
    """Say whether a name stands for a pipe or a device, which can only be read once."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISCHR(mode) or stat.S_ISSOCK(mode)


def _identity(found: os.stat_result) -> Identity:
    return Identity(found.st_dev, found.st_ino)
