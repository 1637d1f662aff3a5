"""What every format shares: the identity and the time of a record."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from domain.signal import Origin, Signal
from domain.source.format import Time
from infrastructure.sources.fields import first, segments
from infrastructure.sources.timestamps import Clock, TimeReader, time_reader
from infrastructure.sources.unreadable import UnreadableLineError

ID_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Record:
    """What a line says: its signals, and what had to be left out, if anything."""

    signals: tuple[Signal, ...]
    complaint: str | None = None


def derived_id(line: bytes, origin: Origin, repeat: int = 0) -> str:
    """Name a record by where it stands in its source and by what it says."""
    place = f"{origin.source}\0{origin.position}\0{repeat}\0".encode()
    return sha256(place + line.removesuffix(b"\r")).hexdigest()[:ID_LENGTH]


class TimeField:
    """The time of a record, found and read."""

    def __init__(self, written: Time, now: Clock) -> None:
        self._paths = [segments(path) for path in (written.field, *written.otherwise)]
        self._read: TimeReader = time_reader(written, now)

    def of(self, record: dict[str, Any]) -> datetime:
        """Read the first of the fields that is there; raises UnreadableLineError."""
        for path in self._paths:
            if (value := first(record, path)) is not None:
                return self._read(value)
        names = " or ".join(f"`{'.'.join(path)}`" for path in self._paths)
        msg = f"no time: {names} is missing"
        raise UnreadableLineError(msg)
