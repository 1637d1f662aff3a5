"""The log read with the driver alone: what the journal wrote, whole, and nothing made."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from application.journal import Journal
from infrastructure.store import reader
from infrastructure.store.events import event_types
from infrastructure.store.evolved import EVOLVED
from infrastructure.store.mapper import evolved_types
from infrastructure.store.reader import LogReader
from infrastructure.store.store import StoredLog, open_journal
from tests.unit.projections.histories import by, incident, minute


@pytest.fixture
def journal(database_url: str) -> Iterator[Journal]:
    with open_journal(database_url) as opened:
        given = incident()
        given.assign("bob\x00 \U0001f514", by("alice"), minute(2))
        opened.commit([given])
        yield opened


def test_records_are_given_whole_and_in_order(database_url: str, journal: Journal) -> None:
    known = StoredLog(journal).read(0, 10)
    log = LogReader(database_url)
    first, second = (record.position for record in known)
    assert log.at([second, first]) == known
    assert log.at([second, second + 1]) == known[1:]
    assert log.at([]) == []
    assert log.head() == second


def test_a_log_that_is_not_there_is_empty_and_stays_away(tmp_path: Path) -> None:
    log = LogReader(f"sqlite:///{tmp_path / 'tocsin.db'}")
    assert (log.head(), log.at([1])) == (0, [])
    assert not list(tmp_path.iterdir())


def test_a_database_without_a_log_is_empty(database_url: str) -> None:
    assert (LogReader(database_url).head(), LogReader(database_url).at([1])) == (0, [])


def test_the_types_of_which_there_are_several_versions_are_known_without_loading_them() -> None:
    assert evolved_types().keys() == EVOLVED


def test_an_event_of_an_older_version_is_brought_to_the_newest(
    database_url: str, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def upcast(state: dict[str, Any]) -> None:
        state["assignee"] = "newer"

    assigned = event_types()["incident.assigned"]
    monkeypatch.setattr(assigned, "class_version", 2, raising=False)
    monkeypatch.setattr(assigned, "upcast_v1_v2", staticmethod(upcast), raising=False)
    monkeypatch.setattr(reader, "EVOLVED", {"incident.assigned"})
    _, told = LogReader(database_url).at(
        [record.position for record in StoredLog(journal).read(0, 2)]
    )
    assert told.state["assignee"] == "newer"
