"""What a detector must remember between two runs, as rows that a store keeps beside the log."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from domain.detection.window import Span
from domain.signal import Signal


@dataclass(frozen=True, slots=True)
class PendingSignal:
    """A signal counted in a window; `arrival` numbers a rule's signals in order of reading."""

    rule_id: str
    key: str
    at: int
    arrival: int
    signal: Signal


@dataclass(frozen=True, slots=True)
class OpenEpisode:
    """An episode whose incident takes its further signals."""

    rule_id: str
    key: str
    first: int
    last: int
    incident_id: str
    overflow: bool


@dataclass(frozen=True, slots=True)
class OpenedIncident:
    """An incident that a rule opened, for its limit, for recurrence, and as overflow's target."""

    rule_id: str
    key: str
    at: int
    arrival: int
    incident_id: str


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a rule has come: its signals so far, the newest of their times, the last sweep."""

    rule_id: str
    arrivals: int
    swept: int
    recent: tuple[int, ...]


@dataclass(slots=True)
class Memory:
    """All that a detector of one source remembers. `pending` needs no signals' content."""

    pending: Iterable[tuple[str, str, int]] = ()
    episodes: Sequence[OpenEpisode] = ()
    opened: Sequence[OpenedIncident] = ()
    marks: Sequence[Mark] = ()


@dataclass(slots=True)
class MemoryChanges:
    """What changed since the last save, to be saved with the events of the same signals.

    In this order: rows before `forgotten_before`, for each rule, go; pending signals in `taken`
    spans go; `added` ones come; of each key in `retained` only its newest so many stay. `episodes`
    replaces all episodes of each key that it names; `moved` renames incidents of a rule.
    """

    forgotten_before: dict[str, "Cutoff"] = field(default_factory=dict)
    taken: list[tuple[str, str, Span]] = field(default_factory=list)
    added: list[PendingSignal] = field(default_factory=list)
    retained: dict[tuple[str, str], int] = field(default_factory=dict)
    episodes: dict[tuple[str, str], tuple[OpenEpisode, ...]] = field(default_factory=dict)
    opened: list[OpenedIncident] = field(default_factory=list)
    moved: list[tuple[str, str, str]] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    let_go: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cutoff:
    """Times up to which a rule's pending signals and episodes, and its openings, are over."""

    windows: int
    openings: int


class PendingSignals(Protocol):
    """The content of pending signals, which a detector itself does not keep in memory."""

    def within(self, rule_id: str, key: str, span: Span) -> Sequence[PendingSignal]:
        """Give the saved pending signals of a key in a span, in order of arrival."""
        ...
