"""Finds the place in a document that a pydantic error speaks of.

A pydantic `loc` mixes the document's keys with labels of its own: the members of a union, the
tag of a discriminated union, `[key]`. A label may even be spelt like a key. What tells them
apart is the value that the error carries: it must be the one that stands at the place.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, TypeAlias

from pydantic_core import ErrorDetails

from infrastructure.configuration.document import Document, Node
from infrastructure.configuration.mistakes import KeyPath

Labels: TypeAlias = tuple[tuple[KeyPath, str], ...]
_Reading: TypeAlias = tuple[KeyPath, Labels]

_MOST_READINGS = 64


@dataclass(frozen=True, slots=True)
class PlacedError:
    """A pydantic error, its path in the document, and the labels met on the way.

    A label is kept with the path at which a union's member of that name was tried.
    """

    details: ErrorDetails
    path: KeyPath
    labels: Labels = ()
    about_key: bool = False


def placed(error: ErrorDetails, document: Document, base: KeyPath) -> PlacedError:
    """Place an error about the value at `base`; a missing field is placed where it would stand."""
    root, loc, value = document.node(base) or document.root, error["loc"], error["input"]
    if error["type"] in ("missing", "extra_forbidden"):
        # The last part is a field for certain; the value is of its mapping, or its own.
        *_, field = loc
        of_value = (field,) if error["type"] == "extra_forbidden" else ()
        path, labels = _reading(document, _readings(root, loc[:-1], base), value, of_value)
        return PlacedError(error, (*path, field), labels)
    if loc[-1:] == ("[key]",) and loc[-2:-1] == (value,):
        path, labels = next(_readings(root, loc[:-1], base))
        return PlacedError(error, path, labels, about_key=True)
    path, labels = _reading(document, _readings(root, loc, base), value)
    return PlacedError(error, path, labels)


def _reading(
    document: Document, readings: Iterator[_Reading], value: Any, of_value: KeyPath = ()
) -> _Reading:
    """Choose the reading that leads to the value; else the one that takes most parts as keys."""
    first = next(readings)
    for each in chain((first,), islice(readings, _MOST_READINGS)):
        node = document.node(each[0] + of_value)
        if node is not None and node.plain() == value:
            return each
    return first


def _readings(node: Node, loc: KeyPath, path: KeyPath) -> Iterator[_Reading]:
    """Every way to take the parts of a loc as keys or as labels, keys preferred."""
    if not loc:
        yield path, ()
        return
    entry = node.child(loc[0])
    if entry:
        yield from _readings(entry.node, loc[1:], (*path, loc[0]))
    for whole, labels in _readings(node, loc[1:], path):
        yield whole, ((path, str(loc[0])), *labels)
