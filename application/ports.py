"""The roles that infrastructure fills for the application."""

from datetime import datetime
from typing import Protocol

from application.commands.totals import Totals
from application.reading import Cursor
from domain.detection.memory import Memory, PendingSignals
from domain.incident.evidence import Unrecorded


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Give the time, aware and in UTC."""
        ...


class SourceMemory(Protocol):
    """What was saved of a source beside the log, with its last progress."""

    def cursor(self, source: str) -> Cursor:
        """Give how far the source was read."""
        ...

    def memory(self, source: str) -> Memory:
        """Give what its detector remembers."""
        ...

    def tallies(self, source: str) -> dict[str, Unrecorded]:
        """Give the tallies of incidents whose newest signals no event records yet."""
        ...

    def since_rest(self, source: str) -> Totals:
        """Give what was read since it was last noted in the log how far the source was read."""
        ...

    def pending(self, source: str) -> PendingSignals:
        """Give access to the content of its pending signals."""
        ...


class Bookmarks(Protocol):
    """How far each process has read the log. One that is lost costs time and nothing else."""

    def position(self, process: str) -> int:
        """Give the position of the last event that a process has handled; 0 if there is none."""
        ...

    def move(self, process: str, to: int) -> None:
        """Note that a process has handled all events up to a position."""
        ...
