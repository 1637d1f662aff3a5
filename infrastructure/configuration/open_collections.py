"""Lists and mappings whose end the parser has not reached yet."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from infrastructure.configuration.document import Entry, Node
from infrastructure.configuration.mistakes import KeyPath, Position
from infrastructure.configuration.refusals import RefusedError


@dataclass(slots=True)
class OpenSequence:
    """A list that still takes items."""

    position: Position
    anchor: str | None
    items: list[Node] = field(default_factory=list)

    @property
    def path(self) -> KeyPath:
        """The item that comes next."""
        return (len(self.items),)

    def add(self, node: Node) -> None:
        self.items.append(node)

    def closed(self) -> Node:
        return _measured(self.items, self.position, self.items)


@dataclass(frozen=True, slots=True)
class Key:
    """A key whose value comes next; the value of a refused key is read and dropped."""

    name: str
    position: Position
    refused: bool = False
    merges: bool = False


@dataclass(slots=True)
class OpenMapping:
    """A mapping that takes keys and values in turn."""

    position: Position
    anchor: str | None
    entries: dict[str, Entry] = field(default_factory=dict)
    merged: list[Node] | None = None
    pending: Key | None = None

    @property
    def path(self) -> KeyPath:
        """The key whose value comes next."""
        return (self.pending.name,) if self.pending else ()

    def add(self, node: Node) -> None:
        """Take a value for the pending key."""
        key, self.pending = self.pending, None
        if key is None or key.refused:
            return
        if key.merges:
            self.merged = _mappings(node)
        else:
            self.entries[key.name] = Entry(key.position, node)

    def closed(self) -> Node:
        """Merge what `<<` names: a mapping's own keys win, then the mappings named first."""
        for source in self.merged or ():
            if isinstance(source.content, dict):
                for name, entry in source.content.items():
                    self.entries.setdefault(name, entry)
        children = [entry.node for entry in self.entries.values()]
        return _measured(self.entries, self.position, children)


OpenCollection: TypeAlias = OpenSequence | OpenMapping


def _mappings(node: Node) -> list[Node]:
    nodes = node.content if isinstance(node.content, list) else [node]
    if not all(isinstance(each.content, dict) for each in nodes):
        raise RefusedError(
            "only mappings can be merged", "an alias of a mapping, or a list of them"
        )
    return nodes


def _measured(
    content: list[Node] | dict[str, Entry], position: Position, children: Iterable[Node]
) -> Node:
    size, height = 1, 0
    for child in children:
        size += child.size
        height = max(height, child.height)
    return Node(content, position, size, height + 1)
