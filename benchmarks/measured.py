"""A measured ratio, and the table that all of them make."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measured:
    """A value, and the goal that it should reach: at least, or `at_most`; None for no goal."""

    name: str
    value: float
    goal: float | None = None
    at_most: bool = False

    @property
    def passed(self) -> bool:
        """Whether the goal is reached."""
        if self.goal is None:
            return True
        return self.value <= self.goal if self.at_most else self.value >= self.goal


def table(rows: Iterable[Measured]) -> str:
    """Write rows as a Markdown table."""
    lines = ["| what | measured | goal | |", "|---|---:|---:|---|"]
    for row in rows:
        goal = ""
        if row.goal is not None:
            goal = f"{'at most' if row.at_most else 'at least'} {row.goal:g}"
        verdict = "" if row.goal is None else ("reached" if row.passed else "MISSED")
        lines.append(f"| {row.name} | {row.value:.3g} | {goal} | {verdict} |")
    return "\n".join(lines)
