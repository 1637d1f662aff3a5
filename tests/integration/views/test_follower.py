"""Following the log: every view at its head, whoever else follows and whatever is killed."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from application.projections.catalogue import VERSIONS
from application.views import ForeignLogError, OutdatedViewsError
from infrastructure.views.database import ViewDatabase
from infrastructure.views.follower import Follower
from infrastructure.views.queries import SqlViews
from tests.integration.views.lives import (
    EVERY_STATUS,
    Killed,
    ObservedLog,
    everything,
    killed_at,
    small_log,
)
from tests.unit.projections.histories import MemoryLog, by, incident, minute


def test_views_are_not_current_until_they_are_caught_up(database: ViewDatabase) -> None:
    log = small_log()
    views = SqlViews(database, log)
    assert not views.is_current()
    assert {status.state for status in views.status()} == {"missing"}
    Follower(database, log).catch_up()
    assert views.is_current()
    assert [(s.name, s.state, s.lag) for s in views.status()] == [(n, "live", 0) for n in VERSIONS]


def test_an_empty_log_gives_empty_views(database: ViewDatabase) -> None:
    log = MemoryLog()
    Follower(database, log).catch_up()
    views = SqlViews(database, log)
    assert views.is_current()
    assert everything(views) == ([], [], [], [], [], [], [], [])


def test_a_view_that_was_never_built_says_so(database: ViewDatabase) -> None:
    with pytest.raises(OutdatedViewsError, match="catch up"):
        SqlViews(database, small_log()).board(EVERY_STATUS)


def test_reading_after_writing_sees_the_write(database: ViewDatabase) -> None:
    log = small_log()
    views, follower = SqlViews(database, log), Follower(database, log)
    follower.catch_up()
    log.record(incident("INC-NEW"))
    assert not views.is_current()
    assert views.incident("INC-NEW") is None
    follower.catch_up()
    row = views.incident("INC-NEW")
    assert row is not None
    assert row.detected_at == minute(0)


@pytest.mark.parametrize("size", [1, 2, 5])
def test_the_batch_size_does_not_matter(database: ViewDatabase, size: int) -> None:
    log = small_log()
    views = SqlViews(database, log)
    Follower(database, log).catch_up()
    expected = everything(views)
    for _ in VERSIONS:
        Follower(database, log, size).rebuild()
    assert everything(views) == expected


def test_gaps_between_positions_do_not_matter(database: ViewDatabase) -> None:
    log = small_log().spread()
    Follower(database, log, 2).catch_up()
    views = SqlViews(database, log)
    assert views.is_current()
    assert len(views.board(EVERY_STATUS)) == 3


def test_who_is_killed_in_the_middle_goes_on_where_he_was(database: ViewDatabase) -> None:
    log = small_log()
    with pytest.raises(Killed):
        Follower(database, killed_at(log, 4), 2).catch_up()
    again = ObservedLog(log)
    Follower(database, again, 2).catch_up()
    assert again.reads[0] == 4
    assert len(SqlViews(database, log).timeline("INC-20241210-AAAAAA")) == 2


def test_who_is_overtaken_looks_again(database: ViewDatabase) -> None:
    log = small_log()
    other = Follower(database, log, 3)

    def overtake(after: int) -> None:
        if after == 0:
            other.catch_up()

    overtaken = ObservedLog(log, overtake)
    Follower(database, overtaken, 2).catch_up()
    views = SqlViews(database, log)
    assert overtaken.reads == [0]
    assert [len(rows) for rows in (views.board(EVERY_STATUS), views.dead_letters())] == [3, 2]


def test_many_may_follow_at_once(database: ViewDatabase) -> None:
    log = MemoryLog()
    for number in range(60):
        given = incident(f"INC-{number:03}")
        given.acknowledge(by("alice"), minute(1))
        log.record(given)
    with ThreadPoolExecutor(4) as threads:
        following = [threads.submit(Follower(database, log, 3).catch_up) for _ in range(4)]
        for one in following:
            one.result()
    views = SqlViews(database, log)
    assert views.is_current()
    assert len(views.board(EVERY_STATUS)) == 60
    assert all(len(views.timeline(f"INC-{number:03}")) == 2 for number in range(60))
    assert views.rules()[0].incidents == 60


def test_the_log_is_read_once_for_all_views(database: ViewDatabase) -> None:
    log = ObservedLog(small_log())
    Follower(database, log, 4).catch_up()
    assert log.reads == [0, 4, 8]


def test_views_that_differ_in_bookmark_come_together(
    database: ViewDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = small_log()
    with monkeypatch.context() as before:
        before.delitem(VERSIONS, "timeline")
        Follower(database, log.until(5), 100).catch_up()
    observed = ObservedLog(log)
    Follower(database, observed, 100).catch_up()
    assert observed.reads == [0, 5]
    assert SqlViews(database, log).is_current()


def test_another_log_is_noticed_and_a_rebuild_accepts_it(database: ViewDatabase) -> None:
    log = small_log()
    Follower(database, log).catch_up()
    restored = Follower(database, log.until(6))
    with pytest.raises(ForeignLogError, match="rebuild"):
        restored.catch_up()
    restored.rebuild()
    restored.catch_up()
    assert len(SqlViews(database, log).board(EVERY_STATUS)) == 2


def test_text_that_a_database_has_no_place_for_is_shown(database: ViewDatabase) -> None:
    log = MemoryLog()
    hostile = {"a\x00b": "c\x00d", "big": 10**30, "text": "\\u0000"}
    log.record(incident("INC-1", labels=hostile, key='"x\\u0000y"', runbook="r\x00"))
    log.record(incident("INC-2"))
    Follower(database, log).catch_up()
    views = SqlViews(database, log)
    row = views.incident("INC-1")
    assert row is not None
    assert row.runbook == "r\u2400"
    assert row.labels["text"] == "\\u0000"
    assert "x\\x00y" in views.timeline("INC-1")[0].sentence


def test_a_key_that_a_database_has_no_place_for_is_found_again(database: ViewDatabase) -> None:
    strange = incident().diagnosis.rule.model_copy(update={"id": "rule\x00"})
    log = MemoryLog()
    log.record(incident("INC-1", rule=strange))
    Follower(database, log).catch_up()
    log.record(incident("INC-2", rule=strange))
    Follower(database, log).catch_up()
    (row,) = SqlViews(database, log).rules()
    assert (row.id, row.incidents) == ("rule\u2400", 2)
