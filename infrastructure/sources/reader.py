"""Reading a source: a feed's lines, read by its format, matched by the rules."""

from collections.abc import Iterator
from dataclasses import dataclass

from application.reading import Reading, Rejected
from infrastructure.sources.batch_readers import BatchReader
from infrastructure.sources.feed import Feed
from infrastructure.sources.flow import LONGEST_LINE, Block, LongLine
from infrastructure.sources.line_batch import Batch
from infrastructure.sources.unreadable import excerpt

# More at a time would only make a scanner's working set leave the processor's cache.
MOST_LINES = 1_000


@dataclass(frozen=True, slots=True)
class SourceReader:
    """Reads a source piece by piece, each of at most `max_lines` lines and at most 1,000.

    How the pieces are cut makes no difference to what is read.
    """

    source: str
    feed: Feed
    batches: BatchReader
    max_lines: int = MOST_LINES

    def readings(self) -> Iterator[Reading]:
        """Read until the source ends or, when following it, until stopped.

        Where there is nothing more to read, for now or for good, comes an empty reading that is
        `caught_up`. Raises SourceUnavailableError.
        """
        for item in self.feed.items():
            if isinstance(item, Block):
                yield from self._block(item)
            elif isinstance(item, LongLine):
                yield _too_long(item)
            else:
                yield Reading([], [], 0, item.place.cursor, caught_up=True)

    def _block(self, block: Block) -> Iterator[Reading]:
        step = max(1, min(self.max_lines, MOST_LINES))
        place, happenings, first = block.place, list(block.happenings), 0
        while first < len(block.lines):
            batch = Batch(self.source, block.lines.part(first, step), place)
            found = self.batches.read(batch)
            place = block.after(place, first, found.lines)
            first += found.lines
            cursor = place.cursor
            yield Reading(found.matches, found.rejected, found.signals, cursor, happenings)
            happenings = []


def _too_long(line: LongLine) -> Reading:
    rejected = Rejected(
        position=line.place.position,
        line=line.place.lines + 1,
        reason=f"longer than {LONGEST_LINE >> 20} MiB: {line.length} bytes",
        excerpt=excerpt(line.first.removesuffix(b"\n")),
    )
    place = line.place.after(line.first, line.last, line.size, 1)
    return Reading([], [rejected], 0, place.cursor, list(line.happenings))
