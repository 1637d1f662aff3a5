"""The log as projections read it: records in one order, each at its position."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol


class Record(NamedTuple):
    """A stored event, brought to its newest version.

    `position` is its place in the one log, from 1 on and growing; `topic` its type, such as
    `incident.detected`; `state` what it says. Of a whole record that is plain data, as JSON would
    hold it. Of an outline it is an object whose attributes are the fields that some view reads,
    and None if no view reads this type; what no view looks into stays opaque.
    """

    position: int
    originator_id: str
    version: int
    topic: str
    state: Any


class Headline(NamedTuple):
    """That an event was stored: where, of which aggregate, and of which type."""

    position: int
    originator_id: str
    version: int
    topic: str


class Head(Protocol):
    """Where the stored events end."""

    def head(self) -> int:
        """Give the newest record's position; 0 while there is none."""
        ...


class Log(Head, Protocol):
    """The stored events, oldest first."""

    def outlines(self, after: int, limit: int) -> Sequence[Record]:
        """Give outlines of at most `limit` records whose position is greater than `after`."""
        ...


class Headlines(Head, Protocol):
    """The stored events without what they say, oldest first."""

    def headlines(self, after: int, limit: int) -> Sequence[Headline]:
        """Give at most `limit` headlines of events whose position is greater than `after`."""
        ...


class Records(Head, Protocol):
    """The stored events one by one."""

    def at(self, positions: Sequence[int]) -> Sequence[Record]:
        """Give the whole records at positions, oldest first; one that there is not is left out."""
        ...
