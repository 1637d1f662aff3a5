"""What reading a source gives: matches, rejected lines, and how far it came."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, Protocol

from domain.detection.rule import Rule
from domain.signal import Signal


@dataclass(frozen=True, slots=True)
class Match:
    """A signal that satisfies a rule's conditions."""

    rule: Rule
    signal: Signal


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that could not be read: where it begins, why, and how it looks (shortened)."""

    position: int
    line: int
    reason: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class FileMark:
    """By what a file is known again, wherever it was moved to, and how far it has been read.

    `head` and `tail` are SHA-256, in hex, of the first `head_length` bytes and of the last
    `tail_length` bytes before `read`. `base_position` and `base_line` say how much of the source
    had been read, in bytes and lines, when this file was begun.
    """

    path: str
    head: str
    head_length: int
    tail: str
    tail_length: int
    read: int
    base_position: int
    base_line: int


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a source has been read, in bytes and lines over all its files.

    `files` are the files that it was read from, the newest last.
    """

    position: int = 0
    lines: int = 0
    files: tuple[FileMark, ...] = ()


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that befell the source's file while it was read."""

    kind: Literal["opened", "rotated", "truncated"]
    path: str
    position: int


@dataclass(slots=True)
class Reading:
    """What one read gave, and the cursor after it. `caught_up`: nothing more was there to read."""

    matches: list[Match]
    rejected: list[Rejected]
    signals: int
    cursor: Cursor
    happenings: list[Happening] = field(default_factory=list)
    caught_up: bool = False


class Reader(Protocol):
    """Reads one source from a cursor on, in pieces that suit it."""

    def readings(self) -> Iterator[Reading]:
        """Read until the source ends or, when following it, until stopped."""
        ...
