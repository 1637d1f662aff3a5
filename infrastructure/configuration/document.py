"""A YAML document as plain values, each of which still knows where it was written."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from infrastructure.configuration.core_schema import Scalar
from infrastructure.configuration.mistakes import KeyPath, Mistake, Position, Severity, dotted


@dataclass(slots=True)
class Node:
    """One value and where it begins; `size` and `height` bound what aliases may unfold."""

    content: "Scalar | list[Node] | dict[str, Entry]"
    position: Position
    size: int = 1
    height: int = 0

    def child(self, step: str | int) -> "Entry | None":
        """Return what one step of a path leads to, with the place a reader would look for it."""
        if isinstance(self.content, dict) and isinstance(step, str):
            return self.content.get(step)
        items = self.content if isinstance(self.content, list) else []
        if isinstance(step, int) and 0 <= step < len(items):
            return Entry(items[step].position, items[step])
        return None

    def plain(self) -> Any:
        """Build new plain Python values; safe to recurse because depth was limited."""
        if isinstance(self.content, dict):
            return {key: entry.node.plain() for key, entry in self.content.items()}
        if isinstance(self.content, list):
            return [node.plain() for node in self.content]
        return self.content


class Entry(NamedTuple):
    """A node and its place: for a mapping's value, where its key stands."""

    position: Position
    node: Node


@dataclass(frozen=True)
class Document:
    """One parsed file."""

    file: str
    root: Node

    @cached_property
    def value(self) -> Any:
        """The whole document as plain values; shared, so not to be changed."""
        return self.root.plain()

    def position(self, path: KeyPath) -> Position:
        """Return line and column of a key or item, or of its closest parent that exists."""
        return self._trail(path)[-1].position

    def node(self, path: KeyPath) -> Node | None:
        """Return the node at exactly this path."""
        trail = self._trail(path)
        return trail[-1].node if len(trail) == len(path) + 1 else None

    def mistake(
        self, path: KeyPath, problem: str, expected: str = "", severity: Severity = "error"
    ) -> Mistake:
        """State a mistake about what stands, or is missing, at this path."""
        line, column = self.position(path)
        return Mistake(self.file, line, column, dotted(path), problem, expected, severity)

    def _trail(self, path: KeyPath) -> Sequence[Entry]:
        trail = [Entry(self.root.position, self.root)]
        for step in path:
            entry = trail[-1].node.child(step)
            if entry is None:
                break
            trail.append(entry)
        return trail
