"""Makes foreign texts and values fit to be sent: valid, finite, and no larger than allowed."""

import json
import math
import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from domain.alerting.content import Alert

_SURROGATE = re.compile("[\ud800-\udfff]")
# What every reader of JSON can hold as a number.
_LARGEST_NUMBER = 2**63


def sound(text: str) -> str:
    """Replace halves of surrogate pairs, which are no characters and cannot be sent."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def units(text: str) -> int:
    """Measure a text as those services do that count an emoji twice; none counts it higher."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, longest: int, size: Callable[[str], int] = units, ending: str = "…") -> str:
    """Shorten a text to a size, with an ending that shows it.

    The size of two texts together is the sum of their sizes, and no character is smaller than 1.
    """
    if size(text) <= longest:
        return text
    room = longest - size(ending)
    if room < 0:
        return ""
    ends = range(1, min(len(text), room) + 1)
    return text[: bisect_right(ends, room, key=lambda end: size(text[:end]))] + ending


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long a text may be, how many entries a collection may have, and how deep it may go."""

    longest: int
    most: int
    deepest: int


WIDE = Bounds(longest=100_000, most=10_000, deepest=16)
BRIEF = Bounds(longest=500, most=50, deepest=5)
_TIGHTER = (
    WIDE, Bounds(10_000, 1_000, 16), Bounds(1_000, 100, 8), Bounds(50, 5, 3), Bounds(20, 3, 1),
)  # fmt: skip


def tamed(value: Any, bounds: Bounds = WIDE) -> Any:
    """Give a value as JSON can hold it, within bounds."""
    if isinstance(value, Mapping):
        return _tamed_mapping(value, bounds)
    if isinstance(value, list | tuple | set | frozenset):
        return _tamed_list(list(value), bounds)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < _LARGEST_NUMBER else "a number too large to tell"
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return cut(sound(str(value)), bounds.longest)


def tamed_alert(alert: Alert, bounds: Bounds = BRIEF) -> Alert:
    """Give an alert whose foreign values are within bounds, for a line or two of each."""
    return alert.model_copy(
        update={"context": tamed(alert.context, bounds), "labels": tamed(alert.labels, bounds)}
    )


def fitted(values: Mapping[str, Any], room: int) -> tuple[dict[str, Any], bool]:
    """Give values that take no more than `room` bytes, and say whether they had to be shortened.

    They are shortened all alike, and left out only where there is no room for even a little.
    """
    whole = _each(values, Bounds(room, room, WIDE.deepest))
    for bounds in _TIGHTER:
        shorter = _each(values, bounds)
        if len(json_bytes(shorter)) <= room:
            return shorter, shorter != whole
    return {}, True


def json_bytes(value: Any) -> bytes:
    """Encode what `tamed` gave, and what is made of it."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode()


def _each(values: Mapping[str, Any], bounds: Bounds) -> dict[str, Any]:
    return {name: tamed(value, bounds) for name, value in values.items()}


def _tamed_mapping(value: Mapping[Any, Any], bounds: Bounds) -> Any:
    if not bounds.deepest:
        return "…" if value else {}
    inner = Bounds(bounds.longest, bounds.most, bounds.deepest - 1)
    told = {
        cut(sound(str(key)), bounds.longest): tamed(item, inner)
        for key, item in islice(value.items(), bounds.most)
    }
    left = len(value) - bounds.most
    return told if left <= 0 else told | {"…": f"{left:,} more"}


def _tamed_list(value: list[Any], bounds: Bounds) -> Any:
    if not bounds.deepest:
        return "…" if value else []
    inner = Bounds(bounds.longest, bounds.most, bounds.deepest - 1)
    told = [tamed(item, inner) for item in value[: bounds.most]]
    left = len(value) - bounds.most
    return told if left <= 0 else [*told, f"… {left:,} more"]
