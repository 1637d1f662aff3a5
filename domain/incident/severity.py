"""How bad an incident is: P0, the worst, to P4."""

from __future__ import annotations

from enum import StrEnum


class Severity(StrEnum):
    """A severity level. Compare by `rank`: 5 for P0 down to 1 for P4."""

    P0 = "P0"
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"

    @property
    def rank(self) -> int:
        """The higher, the worse: 5 for P0, 1 for P4."""
        return 5 - int(self[1])

    @classmethod
    def of_rank(cls, rank: int) -> Severity:
        """Give the severity of a rank; one beyond either end is the severity at that end."""
        return cls(f"P{5 - min(5, max(1, rank))}")

    def at_least(self, other: Severity) -> Severity:
        """Give the worse of two severities."""
        return self if self.rank >= other.rank else other
