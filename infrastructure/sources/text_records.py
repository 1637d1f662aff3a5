"""Lines of text, taken apart by regular expressions with named groups."""

import re
from collections.abc import Iterable
from typing import Any

import re2

from domain.detection.condition import compiled_regex
from domain.signal import Origin, Signal
from domain.source.format import MOST_REPEATS, Constant, Extract, RegexLines
from infrastructure.sources.fields import Segments, first, put, segments
from infrastructure.sources.json_record import utf8
from infrastructure.sources.records import Record, TimeField, derived_id
from infrastructure.sources.timestamps import Clock
from infrastructure.sources.unreadable import UnreadableLineError

MESSAGE = "message"
REPEATED = "repeated"

_REPEATED = re.compile(r"message repeated ([0-9]{1,18}) times: \[ ?(.*)\]", re.DOTALL)


class Groups:
    """A regular expression whose named groups become fields."""

    def __init__(
        self, pattern: str, fields: dict[str, str], add: dict[str, Constant] | None = None
    ) -> None:
        self._regex = compiled_regex(pattern)
        self._paths: list[tuple[int, Segments]] = [
            (number, segments(fields.get(name, name)))
            for name, number in self._regex.groupindex.items()
        ]
        self._add = [(segments(path), value) for path, value in (add or {}).items()]

    def into(self, data: dict[str, Any], text: bytes) -> bool:
        """Put the groups found in a text, and the constants, into the data; say if it matched."""
        found = self._regex.search(text)
        if found is None:
            return False
        for number, path in self._paths:
            start, end = found.span(number)
            if start >= 0:
                put(data, path, text[start:end].decode("utf-8", "replace"))
        for path, value in self._add:
            put(data, path, value)
        return True


def _set_of(patterns: list[str]) -> Any:
    options = re2.Options()
    # RE2 gives up on a set, without a word, that does not fit; the default is 8 MiB.
    options.max_mem = 256 << 20
    every = re2.Set.SearchSet(options)
    for pattern in patterns:
        every.Add(pattern)
    every.Compile()
    return every


class Extracts:
    """Patterns for a message of which the first that matches adds its fields."""

    def __init__(self, written: Iterable[Extract]) -> None:
        extracts = list(written)
        self._groups = [Groups(each.match, each.fields, each.add) for each in extracts]
        self._any = _set_of([each.match for each in extracts]) if extracts else None

    def into(self, data: dict[str, Any], message: bytes) -> None:
        """Add what the first matching pattern finds."""
        # One pass tells which patterns match; the usual answer is none or one.
        matching = self._any.Match(message) if self._any else None
        if matching:
            self._groups[min(matching)].into(data, message)


class TextRecords:
    """Reads lines of text; a message that stands for several becomes as many signals."""

    def __init__(self, written: RegexLines, now: Clock) -> None:
        self._kind = written.kind
        self._line = Groups(written.line, written.fields)
        self._extracts = Extracts(written.extract)
        self._add = [(segments(path), value) for path, value in written.add.items()]
        self._time = TimeField(written.time, now)
        self._type = segments(written.type) if written.type else None
        self._expand = written.repeats == "expand"

    def read(self, line: bytes, origin: Origin) -> Record:
        """Read one line; raises UnreadableLineError."""
        line = line.removesuffix(b"\r")
        utf8(line)
        data: dict[str, Any] = {}
        if not self._line.into(data, line):
            msg = "not a line of this format: `line` does not match"
            raise UnreadableLineError(msg)
        repeats = self._interpret(data)
        signal = self._signal(data, line, origin)
        if not self._expand or repeats == 1:
            return Record((signal,))
        kept = min(repeats, MOST_REPEATS)
        signals = (
            signal.model_copy(update={"id": derived_id(line, origin, number)})
            for number in range(1, kept)
        )
        return Record((signal, *signals), _complaint(repeats, kept))

    def _interpret(self, data: dict[str, Any]) -> int:
        repeats, message = 1, data.get(MESSAGE)
        if isinstance(message, str):
            if repeated := _REPEATED.fullmatch(message):
                repeats, message = max(1, int(repeated[1])), repeated[2]
                data |= {MESSAGE: message, REPEATED: repeats}
            self._extracts.into(data, message.encode())
        for path, value in self._add:
            put(data, path, value)
        return repeats

    def _signal(self, data: dict[str, Any], line: bytes, origin: Origin) -> Signal:
        named = first(data, self._type) if self._type else None
        return Signal(
            id=derived_id(line, origin),
            source=self._kind,
            type=str(named or self._kind),
            timestamp=self._time.of(data),
            data=data,
            origin=origin,
        )


def _complaint(repeats: int, kept: int) -> str | None:
    if repeats == kept:
        return None
    return f"said to be repeated {repeats} times: only {kept} signals were made of it"
