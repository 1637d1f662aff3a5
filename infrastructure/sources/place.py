"""How far a source has been read, while it is being read."""

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from hashlib import sha256

from application.reading import Cursor, FileMark

MARK_LENGTH = 1024
REMEMBERED_FILES = 128


def digest(content: bytes) -> str:
    """SHA-256, in hex."""
    return sha256(content).hexdigest()


# The same for a whole file, and asked after every piece of it.
_digest_of_head = lru_cache(maxsize=16)(digest)


@dataclass(frozen=True)
class Place:
    """A place in a source: at what byte and line of all, and where in which file.

    `path` is None for what is no file and cannot be known again, such as standard input.
    """

    position: int
    lines: int
    others: tuple[FileMark, ...]
    path: str | None
    base_position: int
    base_line: int
    read: int = 0
    head: bytes = b""
    tail: bytes = b""

    @classmethod
    def beginning(cls, cursor: Cursor, path: str | None) -> "Place":
        """Stand at the start of something that was never read before."""
        position, lines = cursor.position, cursor.lines
        return cls(position, lines, cursor.files, path, position, lines)

    @classmethod
    def resuming(
        cls, cursor: Cursor, mark: FileMark, path: str, ends: tuple[bytes, bytes]
    ) -> "Place":
        """Stand where a file was left; `ends` are the bytes that its mark vouches for."""
        others = tuple(each for each in cursor.files if each != mark)
        place = cls(cursor.position, cursor.lines, others, path, mark.base_position, mark.base_line)
        return replace(place, read=mark.read, head=ends[0], tail=ends[1])

    @property
    def knows_head(self) -> bool:
        """Say whether all is known that the file is known again by, but for where it was left."""
        return len(self.head) == MARK_LENGTH

    def after(self, first: bytes, last: bytes, size: int, lines: int) -> "Place":
        """Stand `size` bytes and `lines` lines further on.

        `first` and `last` are the bytes that were passed: at least the outermost 1024, or all;
        once the head is known, `first` is not looked at.
        """
        missing = MARK_LENGTH - len(self.head)
        return replace(
            self,
            position=self.position + size,
            lines=self.lines + lines,
            read=self.read + size,
            head=self.head + first[:missing] if missing else self.head,
            tail=(self.tail + last)[-MARK_LENGTH:],
        )

    @cached_property
    def cursor(self) -> Cursor:
        """What to remember in order to continue from here."""
        return Cursor(self.position, self.lines, self.files[-REMEMBERED_FILES:])

    @property
    def files(self) -> tuple[FileMark, ...]:
        """The marks of the files read, this one last; none of one that nothing was read of."""
        return (*self.others, self._mark(self.path)) if self.path and self.read else self.others

    def _mark(self, path: str) -> FileMark:
        return FileMark(
            path=path,
            head=_digest_of_head(self.head),
            head_length=len(self.head),
            tail=digest(self.tail),
            tail_length=len(self.tail),
            read=self.read,
            base_position=self.base_position,
            base_line=self.base_line,
        )
