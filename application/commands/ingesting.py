"""Reading a source from where it was left to where it ends, saving every now and then."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from application.commands.detecting import Ingestion
from application.commands.totals import Totals
from application.ports import Clock
from application.reading import Reader

Told = Callable[[Totals, int], None]
"""Told after every reading: the totals so far, and the byte position in the source."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often is saved and shown: after so many lines, or so long, whichever comes first.

    Whenever the source has no more to give for now, news is saved, however little time has
    passed. `rest` is the least time between two notes in the log of how far a followed source was
    read.
    """

    lines: int = 200_000
    every: timedelta = timedelta(seconds=1)
    rest: timedelta = timedelta(minutes=1)


class Saving:
    """Saves an ingestion in a rhythm."""

    def __init__(self, ingestion: Ingestion, clock: Clock, rhythm: Rhythm) -> None:
        self._ingestion = ingestion
        self._clock = clock
        self._rhythm = rhythm
        self._saved_at = self._rested_at = clock.now()
        self._unshown_since: datetime | None = self._saved_at
        self._lines_then = -1

    def after_reading(self, *, caught_up: bool) -> bool:
        """Save if it is time to; say whether it is time to show what was saved, too.

        Signals that wait for a larger batch are recorded where nothing new came, so that a storm
        that trickles in while it is followed does not become an event for every look at it. To
        show things waits for that, too, for a while: meanwhile others alert, undisturbed.
        """
        now = self._clock.now()
        if not caught_up:
            if self._is_due(now):
                self._save(now)
            return False
        lines = self._ingestion.totals.lines
        nothing_came, self._lines_then = lines == self._lines_then, lines
        at_rest = now - self._rested_at >= self._rhythm.rest
        everything = nothing_came or at_rest or self._ingestion.unsaved_lines == 0
        if everything or self._ingestion.has_news or self._is_due(now):
            self._save(now, everything=everything, at_rest=at_rest)
        return self._is_to_be_shown(now, nothing_came=nothing_came)

    def at_end(self) -> None:
        """Save all, and note how far the source was read."""
        self._ingestion.save(everything=True, at_rest=True)

    def _save(self, now: datetime, *, everything: bool = False, at_rest: bool = False) -> None:
        self._ingestion.save(everything=everything, at_rest=at_rest)
        self._saved_at = now
        self._rested_at = now if at_rest else self._rested_at
        self._unshown_since = self._unshown_since or now

    def _is_to_be_shown(self, now: datetime, *, nothing_came: bool) -> bool:
        since = self._unshown_since
        if since is None or not (nothing_came or now - since >= self._rhythm.every):
            return False
        self._unshown_since = None
        return True

    def _is_due(self, now: datetime) -> bool:
        lines = self._ingestion.unsaved_lines
        return lines >= self._rhythm.lines or now - self._saved_at >= self._rhythm.every


def ingest(
    reader: Reader,
    ingestion: Ingestion,
    saving: Saving,
    after_save: Callable[[], None],
    told: Told,
) -> Totals:
    """Read a source to its end, or until its following is stopped; give what that was.

    `after_save` is called where the views should be brought up to date. Raises
    SourceConflictError if another process reads the same source.
    """
    for reading in reader.readings():
        ingestion.take(reading)
        told(ingestion.totals, reading.cursor.position)
        if saving.after_reading(caught_up=reading.caught_up):
            after_save()
    saving.at_end()
    after_save()
    return ingestion.totals
