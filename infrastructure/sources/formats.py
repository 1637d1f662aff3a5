"""A source's format, as configured, made ready to read lines."""

from typing import Protocol

from domain.signal import Origin
from domain.source.format import JsonLines, SourceFormat
from infrastructure.sources.json_records import JsonRecords
from infrastructure.sources.records import Record
from infrastructure.sources.text_records import TextRecords
from infrastructure.sources.timestamps import Clock


class RecordReader(Protocol):
    """A format, ready to read lines."""

    def read(self, line: bytes, origin: Origin) -> Record:
        """Read one line, without its newline; raises UnreadableLineError with the reason."""
        ...


def record_reader(written: SourceFormat, now: Clock) -> RecordReader:
    """Make the reader of a format. The clock is asked only for a year that nobody gave."""
    if isinstance(written, JsonLines):
        return JsonRecords(written, now)
    return TextRecords(written, now)
