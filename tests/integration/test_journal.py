"""The journal on both databases: all or nothing, and the first of two wins."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from eventsourcing.persistence import OperationalError, RecordConflictError

from application.commands.totals import Totals
from application.journal import Journal, Progress, SourceConflictError
from application.reading import Cursor, FileMark
from domain.detection.memory import Mark, MemoryChanges, OpenEpisode, PendingSignal
from domain.detection.window import Span
from domain.incident.evidence import Tally, Unrecorded
from domain.incident.incident import Incident
from domain.provenance import Actor, Cause, Provenance
from domain.source.source import Source
from infrastructure.store.sqlite import JournalRecorder
from infrastructure.store.store import StoredLog, StoredSourceMemory, open_journal
from tests.support.histories import BEGIN, POLICY, example_events, example_signal

WHO = Provenance(actor=Actor.person("ada"), cause=Cause(kind="command", id="c"), correlation="x")
AT = datetime(2026, 3, 1, tzinfo=UTC)
MARK = FileMark("/var/log/a", "h", 1, "t", 1, 10, 0, 0)


@pytest.fixture
def journal(database_url: str) -> Iterator[Journal]:
    with open_journal(database_url) as opened:
        yield opened


def _source(name: str) -> Source:
    return Source.configure(name, "digest", {"format": "jsonl"}, WHO, AT)


def test_what_was_committed_is_loaded_as_it_was(journal: Journal) -> None:
    incident = next(e for e in example_events() if isinstance(e, Incident.Detected)).mutate(None)
    assert isinstance(incident, Incident)
    fresh = Incident.detect(incident.id, incident.diagnosis, WHO, AT)
    fresh.acknowledge(WHO, AT)
    fresh.assess({"affected_users": 50_000}, POLICY, WHO, AT)
    journal.commit([fresh])
    loaded = journal.load(Incident, fresh.id)
    assert loaded == fresh


def test_numbers_and_texts_of_any_size_come_back_as_they_were(journal: Journal) -> None:
    data = {
        "big": 10**40,
        "bigger": -(2**80),
        "tiny": 5e-324,
        "nul": "a\x00b",
        "wide": "\U0001f514",
    }
    signal = example_signal(1).model_copy(update={"data": data})
    diagnosis = next(e for e in example_events() if isinstance(e, Incident.Detected)).diagnosis
    incident = Incident.detect(
        "INC-1", diagnosis.model_copy(update={"signals": (signal,)}), WHO, AT
    )
    journal.commit([incident])
    loaded = journal.load(Incident, "INC-1")
    assert loaded is not None
    assert loaded.signals[0].data == data
    assert StoredLog(journal).read(0, 1)[0].state["diagnosis"]["signals"][0]["data"] == data


def test_what_is_not_there_is_none(journal: Journal) -> None:
    assert journal.load(Incident, "INC-20260101-NOTHIN") is None


def test_it_knows_what_there_is_without_loading_it(journal: Journal) -> None:
    audit = Source.id_of("audit")
    assert not journal.has(audit)
    journal.commit([_source("audit")])
    assert journal.has(audit)
    assert not journal.has(audit[:-1])


def test_another_journal_of_the_same_database_knows_it_at_once(
    journal: Journal, database_url: str
) -> None:
    with open_journal(database_url) as other:
        assert not other.has(Source.id_of("audit"))
        journal.commit([_source("audit")])
        assert other.has(Source.id_of("audit"))


def test_of_two_changes_to_one_version_the_second_is_refused(journal: Journal) -> None:
    journal.commit([_source("audit")])
    first, second = (journal.load(Source, Source.id_of("audit")) for _ in range(2))
    for source in (first, second):
        assert source is not None
        source.record(Source.Reconfigured, WHO, AT, digest="other", definition={})
    journal.commit([first])  # type: ignore[list-item] # not None
    with pytest.raises(RecordConflictError):
        journal.commit([second])  # type: ignore[list-item] # not None
    assert StoredLog(journal).head() == 2


def test_a_conflict_saves_nothing_of_the_progress_either(journal: Journal) -> None:
    journal.commit([_source("audit")])
    progress = Progress("audit", 0, Cursor(10, 1, (MARK,)), _changes())
    with pytest.raises(RecordConflictError):
        journal.commit([_source("audit")], progress)
    memory = StoredSourceMemory(journal)
    assert memory.cursor("audit") == Cursor()
    assert list(memory.memory("audit").pending) == []


def test_a_source_that_somebody_else_has_moved_is_a_conflict(journal: Journal) -> None:
    journal.commit([], Progress("audit", 0, Cursor(10, 1, (MARK,))))
    with pytest.raises(SourceConflictError):
        journal.commit([_source("audit")], Progress("audit", 0, Cursor(20, 2, (MARK,))))
    assert StoredSourceMemory(journal).cursor("audit") == Cursor(10, 1, (MARK,))
    assert StoredLog(journal).head() == 0


def test_progress_comes_back_as_it_was_saved(journal: Journal) -> None:
    tally = Tally(count=3, first_at=BEGIN, last_at=BEGIN)
    unrecorded = Unrecorded(base=tally, running=tally.with_signals([example_signal(1)]))
    cursor = Cursor(10, 1, (MARK,))
    journal.commit([], Progress("audit", 0, cursor, _changes(), {"INC-1": unrecorded}))
    memory = StoredSourceMemory(journal)
    remembered = memory.memory("audit")
    assert memory.cursor("audit") == cursor
    assert memory.tallies("audit") == {"INC-1": unrecorded}
    assert list(remembered.pending) == [("rule", "key", 7), ("rule", "key", 8)]
    assert remembered.episodes == [OpenEpisode("rule", "key", 1, 2, "INC-1", False)]
    assert remembered.marks == [Mark("rule", 5, 0, (7, 8))]
    waiting = memory.pending("audit").within("rule", "key", Span(8, 9))
    assert [row.signal for row in waiting] == [example_signal(8)]
    assert memory.memory("other").marks == []


def test_what_was_read_since_a_source_was_at_rest_is_kept_until_it_is_again(
    journal: Journal,
) -> None:
    memory, read = StoredSourceMemory(journal), Totals(lines=5, signals=4, matched=2, rejected=1)
    assert memory.since_rest("audit") == Totals()
    for position in (10, 20):
        progress = Progress("audit", position - 10, Cursor(position, 1, (MARK,)), since_rest=read)
        journal.commit([], progress)
        assert memory.since_rest("audit") == read
    journal.commit([], Progress("audit", 20, Cursor(20, 1, (MARK,))))
    assert memory.since_rest("audit") == Totals()


def test_taken_and_outnumbered_pending_signals_are_gone(journal: Journal) -> None:
    journal.commit([], Progress("audit", 0, Cursor(10, 1, (MARK,)), _changes()))
    later = MemoryChanges(
        taken=[("rule", "key", Span(7, 7))],
        added=[_pending(9, 3), _pending(9, 4)],
        retained={("rule", "key"): 2},
        episodes={("rule", "key"): ()},
    )
    journal.commit([], Progress("audit", 10, Cursor(20, 2, (MARK,)), later))
    remembered = StoredSourceMemory(journal).memory("audit")
    assert list(remembered.pending) == [("rule", "key", 9), ("rule", "key", 9)]
    assert remembered.episodes == []


def test_the_log_gives_every_event_in_one_order(journal: Journal) -> None:
    names = [f"source-{number}" for number in range(25)]
    for name in names:
        journal.commit([_source(name)])
    log = StoredLog(journal)
    records = [*log.read(0, 10), *log.read(log.read(0, 10)[-1].position, 100)]
    assert [record.state["name"] for record in records] == names
    assert [record.position for record in records] == sorted(r.position for r in records)
    assert log.head() == records[-1].position


def _pending(at: int, arrival: int) -> PendingSignal:
    return PendingSignal("rule", "key", at, arrival, example_signal(at))


def _changes() -> MemoryChanges:
    return MemoryChanges(
        added=[_pending(7, 1), _pending(8, 2)],
        episodes={("rule", "key"): (OpenEpisode("rule", "key", 1, 2, "INC-1", False),)},
        marks=[Mark("rule", 5, 0, (7, 8))],
    )


def test_any_other_url_is_refused() -> None:
    with pytest.raises(ValueError, match="not a database"):
        open_journal("mysql://x/y")


def test_two_may_make_one_new_database_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'log.db'}"
    look = JournalRecorder.max_tracking_id

    def look_and_be_overtaken(recorder: JournalRecorder, name: str) -> int | None:
        monkeypatch.undo()
        try:
            return look(recorder, name)
        finally:
            open_journal(url).close()

    monkeypatch.setattr(JournalRecorder, "max_tracking_id", look_and_be_overtaken)
    with open_journal(url) as journal:
        journal.commit([_source("s")])
        assert StoredLog(journal).head() == 1


def test_the_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "photos.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE photos (id)")
    before = path.read_bytes()[100:]
    with pytest.raises(OperationalError, match="not a database of Tocsin"):
        open_journal(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as other:
        names = other.execute("SELECT name FROM sqlite_master").fetchall()
    assert names == [("photos",)]
    assert path.read_bytes()[100:] == before
