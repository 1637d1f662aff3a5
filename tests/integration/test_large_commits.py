"""Large commits go through on both databases: a storm's batch, a window full of signals."""

from datetime import UTC, datetime

from application.journal import Progress
from application.reading import Cursor
from domain.detection.memory import MemoryChanges, PendingSignal
from domain.detection.window import Span
from domain.source.source import RejectedLine, Source
from infrastructure.store.store import StoredLog, StoredSourceMemory, open_journal
from tests.support.histories import example_signal
from tests.unit.projections.histories import by

AT = datetime(2026, 3, 1, tzinfo=UTC)
EVENTS = 3_000
PENDING = 20_000


def _eventful_source() -> Source:
    source = Source.configure("audit", "digest", {}, by("ada"), AT)
    line = RejectedLine(position=1, line=1, reason="not JSON", excerpt="x" * 900)
    for _ in range(EVENTS - 1):
        source.record(Source.LinesRejected, by("ada"), AT, path="a", lines=(line,))
    return source


def test_thousands_of_events_and_pending_signals_are_saved_at_once(database_url: str) -> None:
    pending = [
        PendingSignal("rule", "key", number, number, example_signal(number % 50))
        for number in range(PENDING)
    ]
    with open_journal(database_url) as journal:
        progress = Progress("audit", 0, Cursor(10, 1), MemoryChanges(added=pending))
        journal.commit([_eventful_source()], progress)
        assert len(StoredLog(journal).read(0, EVENTS + 1)) == EVENTS
        memory = StoredSourceMemory(journal)
        assert len(list(memory.memory("audit").pending)) == PENDING
        assert len(memory.pending("audit").within("rule", "key", Span(0, 9))) == 10
