"""Searches lines of JSON, before any is decoded, for texts that rules need.

A string without escapes stands in its line as it is. So a line without a backslash and without
the quoted value cannot satisfy a condition that the value is equal to a field, whichever it is.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

from domain.detection.condition import network
from infrastructure.lines import Lines
from infrastructure.matching.anchors import Anchor, Keys, Nets, Option, Texts
from infrastructure.matching.expressions import literal
from infrastructure.matching.pattern_engine import pattern_engine
from infrastructure.matching.record_fields import At, Place, TypeOf

_BACKSLASH = b"\\"
# The end of one and the begin of another; within an object only in a text.
_TWO_OBJECTS = rb"\}[ \t\r]*\{"
_ESCAPED = re.compile(r'["\\\x00-\x1f]')
# May be how a number is written, or, for the long and the exponential, what is kept of it.
_NUMERIC = re.compile(r"[0-9.eE+-]*")
_HUGE = re.compile(r"(?=.*[eE]|.{300})[0-9.eE+-]*", re.DOTALL)

# How every IPv4 address written as an IPv6 one contains it, before the address itself.
_MAPPED = rb"[fF]{4}:"
_IPV4, _BITS_OF_OCTET, _FEWEST_OCTETS, _ALL_OCTETS = 4, 8, 2, 4


class RawSearch:
    """Finds the lines that contain some of many expressions, a backslash, or two objects."""

    def __init__(self, expressions: Sequence[bytes], cache: Path | None = None) -> None:
        self._engine, refused = pattern_engine([*expressions, _TWO_OBJECTS], b"\n", cache)
        self._expressions = expressions
        self._two_objects = len(expressions)
        self.is_complete = not refused
        self._one_at_a_time = Lock()

    def rows(self, lines: Lines) -> tuple[set[int], bool]:
        """Give the lines in which a rule's text may be, and whether none holds two objects."""
        hits = self._hits(lines)
        # A match may lie across two lines: one candidate more.
        rows = {row for row, _ in hits}.union(lines.rows_with(_BACKSLASH))
        return rows, not any(number == self._two_objects for _, number in hits)

    def crowds(self, lines: Sequence[bytes], most: int) -> set[bytes]:
        """Give the expressions that are in more than so many lines."""
        counts = Counter(number for _, number in set(self._hits(Lines.of(lines))))
        counts.pop(self._two_objects, None)
        return {self._expressions[number] for number, count in counts.items() if count > most}

    def _hits(self, lines: Lines) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []

        def note(number: int, _start: int, end: int, _flags: int, _context: Any) -> None:
            found.append((lines.row_of(end - 1), number))

        with self._one_at_a_time:
            self._engine.scan(lines.content, match_event_handler=note)
        return found


def raw_expressions(option: Option, places: Mapping[str, Sequence[Place]]) -> set[bytes] | None:
    """Give the expressions one of which is in each line without escapes that meets an option.

    None where that cannot be said: for numbers, which can be written in many ways, and for a
    field that the line itself need not contain.
    """
    expressions: set[bytes] = set()
    for anchor in option:
        found = _of_anchor(anchor, places[anchor.path])
        if found is None:
            return None
        expressions |= found
    return expressions


def _of_anchor(anchor: Anchor, places: Sequence[Place]) -> set[bytes] | None:
    if isinstance(anchor, Keys):
        return _of_keys(anchor, places)
    if not all(isinstance(place, At) for place in places):
        return None
    if isinstance(anchor, Nets):
        return _of_networks(anchor)
    return {anchor.raw} if isinstance(anchor, Texts) and anchor.raw else None


def _of_keys(anchor: Keys, places: Sequence[Place]) -> set[bytes] | None:
    if not all(isinstance(place, At | TypeOf) for place in places):
        return None
    if not all(isinstance(value, str) and not _HUGE.fullmatch(value) for value in anchor.values):
        return None
    for place in places:
        if isinstance(place, TypeOf) and any(_may_be_made(v, place) for v in anchor.values):
            return None
    plain = [value for value in anchor.values if not _ESCAPED.search(value)]
    return {literal(f'"{value}"').expression for value in plain}


def _of_networks(anchor: Nets) -> set[bytes] | None:
    expressions = {_MAPPED}
    for net in map(network, anchor.networks):
        octets = net.prefixlen // _BITS_OF_OCTET
        if net.version != _IPV4 or octets < _FEWEST_OCTETS:
            return None
        start = ".".join(str(net.network_address).split(".")[:octets])
        expressions.add(literal(start if octets == _ALL_OCTETS else f"{start}.").expression)
    return expressions


def _may_be_made(value: str, place: TypeOf) -> bool:
    # A type is the text of whatever is there, or else the source's kind.
    return value in (place.kind, "true", "false") or _NUMERIC.fullmatch(value) is not None
