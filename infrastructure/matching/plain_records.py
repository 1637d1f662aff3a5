"""Decodes records into a type that only plain ones fit, so that to decode them is to test them."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from math import ceil, floor, inf, isfinite
from operator import length_hint
from typing import Annotated, Any

import msgspec

from infrastructure.matching.bounds import Interval
from infrastructure.matching.line_decoder import NO_RECORD, LineDecoder
from infrastructure.matching.record_fields import At, Path, RecordFields
from infrastructure.matching.record_layout import layout

# What the decoder can compare integers with.
_LARGEST = 2**63 - 1


class PlainRecords:
    """Tells plain records: those with a time, and with numbers at some paths that no rule wants."""

    def __init__(self, fields: RecordFields, gaps: Mapping[Path, Interval]) -> None:
        kinds = {path: _number_in(gap) for path, gap in gaps.items()}
        self._decoder = LineDecoder(layout(fields, kinds).struct)

    def misfits(self, lines: Sequence[bytes], *, apart: bool) -> set[int]:
        """Give the lines that are anything else; for `apart` see `LineDecoder`."""
        if self._decoder.all(lines, apart=apart) is not None:
            return set()
        found = set()
        waiting = iter(list(lines))
        while True:
            try:
                # One call for all lines up to the next that does not fit; none is kept.
                deque(map(self._decoder.one, waiting), maxlen=0)
            except NO_RECORD:
                found.add(len(lines) - length_hint(waiting) - 1)
            else:
                return found


def plain_records(fields: RecordFields, gaps: Mapping[str, Interval]) -> PlainRecords | None:
    """Make what tells plain records, whose numbers lie in gaps; None where no type can say that."""
    paths: dict[Path, Interval] = {}
    for name, gap in gaps.items():
        places = fields.places.get(name, ())
        if len(places) != 1 or not isinstance(places[0], At):
            return None
        paths[places[0].path] = gap
    is_told = fields.decoded_time and _are_apart(paths) and all(map(_is_comparable, gaps.values()))
    return PlainRecords(fields, paths) if is_told else None


def _are_apart(paths: Iterable[Path]) -> bool:
    return not any(one != other and other[: len(one)] == one for one in paths for other in paths)


def _is_comparable(gap: Interval) -> bool:
    return all(abs(end) < _LARGEST or abs(end) == inf for end in gap)


def _number_in(gap: Interval) -> Any:
    low, high = gap
    whole: dict[str, Any] = {}
    broken: dict[str, Any] = {}
    if isfinite(low):
        whole["gt"], broken["gt"] = floor(low), float(low)
    if isfinite(high):
        whole["lt"], broken["lt"] = ceil(high), float(high)
    integer: Any = Annotated[int, msgspec.Meta(**whole)] if whole else int
    decimal: Any = Annotated[float, msgspec.Meta(**broken)] if broken else float
    return integer | decimal | None
