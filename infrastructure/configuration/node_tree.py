"""Builds the tree of positioned nodes from parser events, on a stack of its own."""

from typing import Any

from yaml import events

from infrastructure.configuration.anchors import Anchors
from infrastructure.configuration.core_schema import (
    MAP,
    NOT_SPECIFIC,
    SEQ,
    Scalar,
    plain_scalar,
    tagged_scalar,
    text_scalar,
    unknown_tag,
)
from infrastructure.configuration.document import Node
from infrastructure.configuration.mistakes import KeyPath, Mistake, Position, dotted
from infrastructure.configuration.open_collections import (
    Key,
    OpenCollection,
    OpenMapping,
    OpenSequence,
)
from infrastructure.configuration.refusals import RefusedError, UnreadableRestError

DEEPEST = 100
MOST_NODES = 1_000_000
MOST_MISTAKES = 1_000
_MERGE_KEY = "<<"


class NodeTree:
    """Takes the events of one file; afterwards holds the document's root and the mistakes met."""

    def __init__(self, file: str) -> None:
        self.root: Node | None = None
        self.mistakes: list[Mistake] = []
        self._file = file
        self._open: list[OpenCollection] = []
        self._anchors = Anchors()
        self._completed = 0

    @property
    def path(self) -> KeyPath:
        """Where in the document the parser is."""
        return tuple(step for collection in self._open for step in collection.path)

    def feed(self, event: Any) -> None:
        """Take the next event; raise UnreadableRestError when no more should follow."""
        match event:
            case events.ScalarEvent():
                self._scalar(event)
            case events.MappingStartEvent() | events.SequenceStartEvent():
                self._begin(event)
            case events.MappingEndEvent() | events.SequenceEndEvent():
                ended = self._open.pop()
                self._complete(ended.closed(), ended.anchor)
            case events.AliasEvent():
                self._alias(event)
            case events.DocumentStartEvent() if self.root is not None:
                refusal = UnreadableRestError("a second document begins here", "one in a file")
                self._note(_position(event), refusal)

    def _scalar(self, event: events.ScalarEvent) -> None:
        position = _position(event)
        mapping = self._mapping_that_awaits_a_key()
        if mapping and event.value == _MERGE_KEY and _is_plain(event):
            self._merge_key(mapping, position)
            return
        value: Scalar = event.value
        try:
            value = _scalar_value(event)
        except RefusedError as refusal:
            self._note(position, refusal)
        self._complete(Node(value, position), event.anchor)

    def _begin(self, event: events.CollectionStartEvent) -> None:
        position = _position(event)
        kind, tag = (
            (OpenMapping, MAP)
            if isinstance(event, events.MappingStartEvent)
            else (OpenSequence, SEQ)
        )
        self._limit_depth(len(self._open) + 1, position)
        if event.tag not in (None, NOT_SPECIFIC, tag):
            self._note(position, unknown_tag(event.tag))
        self._anchors.begin(event.anchor)
        self._open.append(kind(position, event.anchor))

    def _alias(self, event: events.AliasEvent) -> None:
        position = _position(event)
        node = Node("", position)
        try:
            node = self._anchors.unfold(event.anchor or "", position)
        except RefusedError as refusal:
            self._note(position, refusal)
        self._limit_depth(len(self._open) + node.height, position)
        self._complete(node, None)

    def _complete(self, node: Node, anchor: str | None) -> None:
        self._anchors.end(anchor, node)
        self._completed += 1
        if self._completed > MOST_NODES:
            problem = f"more than {MOST_NODES:,} values"
            self._note(node.position, UnreadableRestError(problem, "several smaller files"))
        if not self._open:
            self.root = node
        elif mapping := self._mapping_that_awaits_a_key():
            self._key(mapping, node)
        else:
            try:
                self._open[-1].add(node)
            except RefusedError as refusal:
                self._note(node.position, refusal)

    def _key(self, mapping: OpenMapping, node: Node) -> None:
        if not isinstance(node.content, str):
            self._note(node.position, RefusedError("a key must be text", "quotes around the key"))
            mapping.pending = Key("?", node.position, refused=True)
            return
        first = mapping.entries.get(node.content)
        mapping.pending = Key(node.content, node.position, refused=first is not None)
        if first:
            problem = f"duplicate key, first given on line {first.position[0]}"
            self._note(node.position, RefusedError(problem))

    def _merge_key(self, mapping: OpenMapping, position: Position) -> None:
        mapping.pending = Key(_MERGE_KEY, position, merges=True)
        if mapping.merged is not None:
            expected = "one << with a list of what to merge"
            self._note(position, RefusedError("duplicate key", expected))

    def _mapping_that_awaits_a_key(self) -> OpenMapping | None:
        top = self._open[-1] if self._open else None
        return top if isinstance(top, OpenMapping) and top.pending is None else None

    def _limit_depth(self, depth: int, position: Position) -> None:
        if depth > DEEPEST:
            problem = f"nested more than {DEEPEST} levels deep"
            self._note(position, UnreadableRestError(problem, "flatter settings"))

    def _note(self, position: Position, refusal: RefusedError) -> None:
        """Make a refusal a mistake at this place, and go on unless nothing more can be read."""
        if len(self.mistakes) == MOST_MISTAKES:
            refusal = UnreadableRestError("more mistakes are here than worth listing")
        field, (line, column) = dotted(self.path), position
        self.mistakes.append(
            Mistake(self._file, line, column, field, refusal.problem, refusal.expected)
        )
        if isinstance(refusal, UnreadableRestError):
            raise refusal


def _is_plain(event: events.ScalarEvent) -> bool:
    return event.tag is None and event.implicit[0]


def _scalar_value(event: events.ScalarEvent) -> Scalar:
    if event.tag is not None:
        return tagged_scalar(event.tag, event.value)
    return plain_scalar(event.value) if _is_plain(event) else text_scalar(event.value)


def _position(event: events.Event) -> Position:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)
