"""Builds, at run time, the type into which a record is decoded: only what is going to be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from infrastructure.matching.cells import MISSING
from infrastructure.matching.record_fields import Path, RecordFields


@dataclass(slots=True)
class Node:
    """One name in the tree of paths to be read, and the attribute that holds it when decoded.

    `demand`: "object" where a record without an object here must be read in full, "overlay"
    where only something other than an object or nothing must, "time" where what is no time must.
    """

    attribute: str = ""
    inner: dict[str, Node] = field(default_factory=dict)
    demand: str = ""
    is_read: bool = False
    kind: Any = Any
    struct: Any = None

    def at(self, path: Path) -> Node:
        """Give the node at a path, which may be new."""
        node = self
        for name in path:
            if name not in node.inner:
                node.inner[name] = Node(f"f{len(node.inner)}")
            node = node.inner[name]
        return node


def layout(fields: RecordFields, kinds: Mapping[Path, Any] | None = None) -> Node:
    """Lay out the tree of all paths that are read, and make the type of each object in it.

    `kinds` are the types of what lies at some of the paths, at each of which no object is read.
    """
    root = Node(demand="object")
    time = fields.decoded_time
    for path in (*fields.read, *((time,) if time else fields.times)):
        root.at(path).is_read = True
    for path, kind in (kinds or {}).items():
        root.at(path).kind = kind
    for path in (fields.data, time[:-1] if time else ()):
        for end in range(1, len(path) + 1):
            root.at(path[:end]).demand = "object"
    if time:
        root.at(time).demand = "time"
    for path in fields.overlaid:
        node = root
        for name in path:
            node = node.inner.get(name, Node())
        node.demand = node.demand or "overlay"
    _make(root)
    return root


def attributes(node: Node, above: Path = ()) -> dict[Path, str]:
    """Give the attribute that holds what lies at each path."""
    held: dict[Path, str] = {}
    for name, each in node.inner.items():
        held[*above, name] = each.attribute
        held |= attributes(each, (*above, name))
    return held


def blank(node: Node) -> Any:
    """Make a record in which every field is missing that may be."""
    demanded = {
        each.attribute: blank(each) for each in node.inner.values() if each.demand == "object"
    }
    times = {each.attribute: None for each in node.inner.values() if each.demand == "time"}
    return node.struct(**demanded, **times)


def _make(node: Node) -> None:
    fields: list[Any] = []
    for each in node.inner.values():
        if each.inner or each.demand == "object":
            _make(each)
        fields.append(_field(each))
    node.struct = msgspec.defstruct(
        "Fields",
        fields,
        rename={each.attribute: name for name, each in node.inner.items()},
        # The collector need not look at records: they hold no cycles.
        gc=False,
        frozen=True,
        eq=False,
        kw_only=True,
    )


def _field(node: Node) -> Any:
    if node.demand == "time":
        return node.attribute, datetime
    if node.struct is None:
        return node.attribute, node.kind, MISSING
    if node.demand == "object":
        return node.attribute, node.struct
    # An absent object reads as one without fields, unless its absence itself is asked for.
    default = MISSING if node.is_read else blank(node)
    if node.demand == "overlay":
        return node.attribute, node.struct | None, default
    scalar = str | int | float | bool | None
    kinds = node.struct | list[node.struct | scalar] | scalar  # type: ignore[name-defined]
    return node.attribute, kinds, default
