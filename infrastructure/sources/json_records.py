"""JSON Lines: one object, one signal."""

from typing import Any

from domain.detection.condition import text
from domain.signal import Origin, Signal
from domain.source.format import JsonLines
from infrastructure.sources.fields import Segments, first, put, segments
from infrastructure.sources.json_record import decode_record
from infrastructure.sources.records import Record, TimeField, derived_id
from infrastructure.sources.timestamps import Clock
from infrastructure.sources.unreadable import UnreadableLineError


class JsonRecords:
    """Reads lines that are JSON objects."""

    def __init__(self, written: JsonLines, now: Clock) -> None:
        self._kind = written.kind
        self._time = TimeField(written.time, now)
        self._id = segments(written.id) if written.id else None
        self._type = segments(written.type) if written.type else None
        self._data = segments(written.data) if written.data else None
        self._add = [(segments(path), value) for path, value in written.add.items()]

    def read(self, line: bytes, origin: Origin) -> Record:
        """Read one line; raises UnreadableLineError."""
        record = decode_record(line)
        timestamp = self._time.of(record)
        signal = Signal(
            id=_text(record, self._id) or derived_id(line, origin),
            source=self._kind,
            type=_text(record, self._type) or self._kind,
            timestamp=timestamp,
            data=self._data_of(record),
            origin=origin,
        )
        return Record((signal,))

    def _data_of(self, record: dict[str, Any]) -> dict[str, Any]:
        data = first(record, self._data) if self._data else record
        if not isinstance(data, dict):
            msg = f"no data: `{'.'.join(self._data or ())}` is not an object"
            raise UnreadableLineError(msg)
        for path, value in self._add:
            put(data, path, value)
        return data


def _text(record: dict[str, Any], path: Segments | None) -> str | None:
    return text(first(record, path)) if path else None
