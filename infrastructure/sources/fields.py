"""Getting and putting values of nested objects by dotted path."""

from collections.abc import Mapping
from typing import Any

Segments = tuple[str, ...]


def segments(path: str) -> Segments:
    """Split a dotted path."""
    return tuple(path.split("."))


def first(node: Any, path: Segments) -> Any:
    """Give the first value that a path meets, looking into lists; None where there is none."""
    if isinstance(node, list):
        return next((found for item in node if (found := first(item, path)) is not None), None)
    if not path or node is None:
        return node
    return first(node.get(path[0]), path[1:]) if isinstance(node, Mapping) else None


def put(data: dict[str, Any], path: Segments, value: Any) -> None:
    """Set a value, making the objects on the way; whatever else was on the way gives way."""
    for segment in path[:-1]:
        inner = data.get(segment)
        # Copied, as the object may be shared with another signal.
        data[segment] = inner = dict(inner) if isinstance(inner, dict) else {}
        data = inner
    data[path[-1]] = value
