"""Where in a JSON record each field that rules read is found, as a source's format says."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from domain.source.format import JsonLines

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class At:
    """The field lies at this path of the record."""

    path: Path


@dataclass(frozen=True, slots=True)
class Always:
    """The field is there in every record, with this value."""

    value: Any


@dataclass(frozen=True, slots=True)
class TypeOf:
    """The field is the signal's type: the text at a path of the record, or else the kind."""

    path: Path | None
    kind: str


@dataclass(frozen=True, slots=True)
class InFullOnly:
    """Only reading the record in full tells the field's value: its derived id, its UTC time."""


Place = At | Always | TypeOf | InFullOnly


@dataclass(slots=True)
class RecordFields:
    """The places of the fields that rules name, tried in turn until one has a value.

    `unknown` are the fields that cannot be found without reading the record in full. Where
    `first_time_is_usual`, the few records without the first of the times are read in full, too.
    """

    written: JsonLines
    first_time_is_usual: bool = False
    places: dict[str, tuple[Place, ...]] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)

    def add_all(self, names: Iterable[str]) -> None:
        """Work out the places of the fields that rules name."""
        for name in sorted(names):
            self.add(name)

    def add(self, name: str) -> None:
        """Work out the places of a field that a rule names."""
        segments = tuple(name.split("."))
        try:
            places = (*self._in_data(segments), *self._in_envelope(segments))
        except _UnclearError:
            self.unknown.add(name)
            return
        paths = [place.path for place in places if isinstance(place, At | TypeOf) and place.path]
        if all(map(_is_plain, (segment for path in paths for segment in path))):
            self.places[name] = places
        else:
            self.unknown.add(name)

    @property
    def data(self) -> Path:
        """The path of the object that becomes the signal's data."""
        return split(self.written.data) if self.written.data else ()

    @property
    def times(self) -> tuple[Path, ...]:
        """The paths of the time, tried in turn."""
        time = self.written.time
        return tuple(split(path) for path in (time.field, *time.otherwise))

    @property
    def read(self) -> list[Path]:
        """The paths of the record that rules read."""
        places = [place for each in self.places.values() for place in each]
        return [each.path for each in places if isinstance(each, At | TypeOf) and each.path]

    @property
    def decoded_time(self) -> Path | None:
        """The path of the time if it is enough to decode it to know that it is valid."""
        time = self.times[0]
        others = (*self.read, *self.overlaid, self.data)
        is_shared = any(other[: len(time)] == time for other in others)
        is_enough = self.first_time_is_usual or len(self.times) == 1
        return time if self.written.time.unit == "iso" and is_enough and not is_shared else None

    @property
    def overlaid(self) -> set[Path]:
        """The objects, as paths of the record, into which constants are put."""
        constants = map(split, self.written.add)
        return {(*self.data, *path[:end]) for path in constants for end in range(1, len(path))}

    @property
    def is_plain(self) -> bool:
        """Whether the format's own paths are such that records can be decoded in part."""
        paths = (*self.times, self.data)
        return all(_is_plain(segment) for path in paths for segment in path)

    def _in_data(self, segments: Path) -> tuple[Place, ...]:
        constants = [split(path) for path in self.written.add]
        related = [path for path in constants if _related(path, segments)]
        if any(_related(one, other) for one, other in combinations(related, 2)) and any(
            len(path) < len(segments) or _within_another(path, constants) for path in related
        ):
            raise _UnclearError
        for path in related:
            if path == segments:
                return (Always(self.written.add[".".join(path)]),)
            # A constant's object holds the field, or is where the field would have to be.
            return (Always({}),) if len(path) > len(segments) else ()
        return (At((*self.data, *segments)),)

    def _in_envelope(self, segments: Path) -> tuple[Place, ...]:
        head, rest = segments[0], segments[1:]
        if head == "data":
            return self._in_data(rest) if rest else (Always({}),)
        if rest:
            return ()
        if head == "type":
            path = split(self.written.type) if self.written.type else None
            return (TypeOf(path, self.written.kind),)
        if head == "source":
            return (Always(self.written.kind),)
        return (InFullOnly(),) if head in ("id", "timestamp") else ()


class _UnclearError(Exception):
    """Constants are put into each other: which of them wins is left to the full reading."""


def split(path: str) -> Path:
    """Split a dotted path."""
    return tuple(path.split("."))


def _related(one: Path, other: Path) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _within_another(path: Path, others: Iterable[Path]) -> bool:
    return any(other != path and _related(path, other) for other in others)


def _is_plain(segment: str) -> bool:
    # What the decoder cannot take as a key.
    return not any(c in '"\\' or c < " " or "\ud800" <= c <= "\udfff" for c in segment)
