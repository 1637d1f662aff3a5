"""Some lines of a source, where they stand, and what reading them gave."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from application.reading import Match, Rejected
from domain.signal import Origin, Signal
from infrastructure.lines import Lines
from infrastructure.sources.formats import RecordReader
from infrastructure.sources.place import Place
from infrastructure.sources.unreadable import UnreadableLineError, excerpt

_BOM = b"\xef\xbb\xbf"
_BLANK = b" \t\r"


@dataclass(frozen=True, slots=True)
class Batch:
    """Some lines, and the place where the first of them begins."""

    source: str
    lines: Lines
    place: Place

    def located(self, numbers: Iterable[int]) -> Iterator[tuple[bytes, Origin]]:
        """Give lines by their numbers within the batch, and where they stand."""
        for number in numbers:
            position = self.place.position + self.lines.begin(number)
            line = self.lines[number]
            if number == 0 and self.place.read == 0:
                line = line.removeprefix(_BOM)
            place = self.place.lines + number + 1
            yield line, Origin(source=self.source, position=position, line=place)


@dataclass(slots=True)
class Found:
    """What the first `lines` lines of a batch gave."""

    matches: list[Match] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    signals: int = 0
    lines: int = 0

    def read(self, line: bytes, origin: Origin, records: RecordReader) -> Sequence[Signal]:
        """Read one line; a blank one gives nothing, an unreadable one is rejected."""
        if not line.strip(_BLANK):
            return ()
        try:
            record = records.read(line, origin)
        except UnreadableLineError as error:
            self._reject(line, origin, str(error))
            return ()
        if record.complaint:
            self._reject(line, origin, record.complaint)
        return record.signals

    def _reject(self, line: bytes, origin: Origin, reason: str) -> None:
        self.rejected.append(Rejected(origin.position, origin.line, reason, excerpt(line)))
