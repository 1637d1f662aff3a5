"""A signal: one thing that a source said, and how a field of it is looked up."""

from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

SourceKind = Literal["audit_log", "system_event", "metric", "external"]

Value = str | int | float | bool | Mapping[str, Any]


class Origin(BaseModel):
    """Where a signal was read: the source's name, its byte position there, and its line."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    position: int
    line: int


class Signal(BaseModel):
    """One record of an audit log, a system event, a metric or an alert from outside.

    `timestamp` is the signal's own time, never the time at which Tocsin read it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    source: SourceKind
    type: str
    timestamp: AwareDatetime
    data: dict[str, Any]
    origin: Origin | None = None


def lookup(signal: Signal, path: str) -> tuple[Value, ...]:
    """Give every value that a dotted path meets; an empty tuple means that the field is missing.

    A path is looked up in `data` first, then in the envelope: `type`, `source`, `id`,
    `timestamp`, or `data.x` in full. A list on the way, or at the end, means any of its
    elements. A null is the same as a missing field, and so is an empty list.
    """
    return values_at(signal.data, path) or values_at(_envelope(signal), path)


def values_at(node: Mapping[str, Any], path: str) -> tuple[Value, ...]:
    """Give every value that a dotted path meets in nested data, by the same rules."""
    return tuple(_walk(node, path.split(".")))


def _walk(node: Any, segments: list[str]) -> Iterator[Value]:
    if isinstance(node, list):
        for item in node:
            yield from _walk(item, segments)
    elif node is None:
        return
    elif not segments:
        yield node
    elif isinstance(node, Mapping):
        yield from _walk(node.get(segments[0]), segments[1:])


def _envelope(signal: Signal) -> dict[str, Any]:
    return {
        "type": signal.type,
        "source": signal.source,
        "id": signal.id,
        "timestamp": signal.timestamp.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "data": signal.data,
    }
