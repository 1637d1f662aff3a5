"""Remembers anchored values and unfolds their aliases, within a budget that stops YAML bombs."""

from infrastructure.configuration.document import Node
from infrastructure.configuration.mistakes import Position, quoted
from infrastructure.configuration.refusals import RefusedError, UnreadableRestError

MOST_NODES_FROM_ALIASES = 100_000


class Anchors:
    """The anchors above the place where the parser is; a later one hides an earlier namesake."""

    def __init__(self) -> None:
        self._nodes: dict[str, Node | None] = {}  # None: the value has not ended yet
        self._unfolded = 0

    def begin(self, name: str | None) -> None:
        """Note that an anchored collection began, so that an alias inside it is a loop."""
        if name is not None:
            self._nodes[name] = None

    def end(self, name: str | None, node: Node) -> None:
        """Note the whole value that an anchor names."""
        if name is not None:
            self._nodes[name] = node

    def unfold(self, name: str, position: Position) -> Node:
        """Return the named value as if it stood at the alias; its parts keep their places."""
        node = self._nodes.get(name)
        if node is None:
            known = name in self._nodes
            problem = "stands inside the value it names" if known else "names nothing above it"
            raise RefusedError(f"the alias {quoted('*' + name)} {problem}")
        self._unfolded += node.size
        if self._unfolded > MOST_NODES_FROM_ALIASES:
            limit = f"at most {MOST_NODES_FROM_ALIASES:,}"
            raise UnreadableRestError("the aliases unfold to too many values", limit)
        return Node(node.content, position, node.size, node.height)
