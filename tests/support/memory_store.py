"""A plain store of what a detector remembers: rows in lists, changed as `MemoryChanges` says."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from domain.detection.memory import (
    Mark,
    Memory,
    MemoryChanges,
    OpenedIncident,
    OpenEpisode,
    PendingSignal,
)
from domain.detection.window import Span

Rows = tuple[list[tuple[object, ...]], ...]


@dataclass
class MemoryStore:
    """One source's rows, in memory. It is the saved `PendingSignals` of a detector, too."""

    pending: list[PendingSignal] = field(default_factory=list)
    episodes: list[OpenEpisode] = field(default_factory=list)
    opened: list[OpenedIncident] = field(default_factory=list)
    marks: dict[str, Mark] = field(default_factory=dict)

    def within(self, rule_id: str, key: str, span: Span) -> Sequence[PendingSignal]:
        found = [
            row
            for row in self.pending
            if (row.rule_id, row.key) == (rule_id, key) and span.low <= row.at <= span.high
        ]
        return sorted(found, key=lambda row: row.arrival)

    def apply(self, changes: MemoryChanges) -> None:
        """Change the rows, in the order that `MemoryChanges` documents."""
        self._forget(changes)
        self._change_pending(changes)
        self.episodes = [
            row for row in self.episodes if (row.rule_id, row.key) not in changes.episodes
        ]
        self.episodes += [row for rows in changes.episodes.values() for row in rows]
        self.opened += changes.opened
        for rule_id, before, after in changes.moved:
            self.opened = [
                replace(row, incident_id=after)
                if (row.rule_id, row.incident_id) == (rule_id, before)
                else row
                for row in self.opened
            ]
        self.marks |= {mark.rule_id: mark for mark in changes.marks}

    def _forget(self, changes: MemoryChanges) -> None:
        for rule_id, over in changes.forgotten_before.items():
            self.pending = [
                row for row in self.pending if row.rule_id != rule_id or row.at > over.windows
            ]
            self.episodes = [
                row for row in self.episodes if row.rule_id != rule_id or row.last > over.windows
            ]
            self.opened = [
                row for row in self.opened if row.rule_id != rule_id or row.at > over.openings
            ]

    def _change_pending(self, changes: MemoryChanges) -> None:
        for rule_id, key, span in changes.taken:
            gone = self.within(rule_id, key, span)
            self.pending = [row for row in self.pending if row not in gone]
        self.pending += changes.added
        for (rule_id, key), newest in changes.retained.items():
            of_key = [row for row in self.pending if (row.rule_id, row.key) == (rule_id, key)]
            of_key.sort(key=lambda row: (row.at, row.arrival))
            gone = of_key[: max(0, len(of_key) - newest)]
            self.pending = [row for row in self.pending if row not in gone]

    def memory(self) -> Memory:
        """Give what a new detector is restored from; the rows come in no order of their own."""
        return Memory(
            pending=[(row.rule_id, row.key, row.at) for row in reversed(self.pending)],
            episodes=list(reversed(self.episodes)),
            opened=list(reversed(self.opened)),
            marks=list(self.marks.values()),
        )

    def rows(self) -> Rows:
        """Give all rows in an order that does not depend on when they were saved."""
        return (
            sorted(
                (row.rule_id, row.key, row.at, row.arrival, row.signal.id) for row in self.pending
            ),
            sorted(
                (row.rule_id, row.key, row.first, row.last, row.incident_id, row.overflow)
                for row in self.episodes
            ),
            sorted(
                (row.rule_id, row.arrival, row.at, row.key, row.incident_id) for row in self.opened
            ),
            sorted(
                (mark.rule_id, mark.arrivals, mark.swept, mark.recent)
                for mark in self.marks.values()
            ),
        )
