"""Rebuilding: beside what is read, resumed after a kill, swapped at once."""

from concurrent.futures import ThreadPoolExecutor
from itertools import chain

import pytest
from sqlalchemy import inspect, text

from application.projections.catalogue import VERSIONS
from application.views import OutdatedViewsError, UnknownProjectionError
from infrastructure.views.database import ViewDatabase
from infrastructure.views.follower import Follower
from infrastructure.views.queries import SqlViews
from infrastructure.views.tables import TABLES_OF
from tests.integration.views.lives import (
    EVERY_STATUS,
    Killed,
    ObservedLog,
    everything,
    killed_at,
    small_log,
)
from tests.unit.projections.histories import MemoryLog, incident


def spoil(database: ViewDatabase, generation: int = 1) -> None:
    """Make what readers see recognisable as the old."""
    schema = f"{database.schema}." if database.schema else ""
    with database.writing() as connection:
        connection.execute(text(f"UPDATE {schema}incidents_g{generation} SET rule_name = 'old'"))


def names_seen(views: SqlViews) -> set[str]:
    return {row.rule_name for row in views.board(EVERY_STATUS)}


@pytest.fixture
def log() -> MemoryLog:
    return small_log()


@pytest.fixture
def views(database: ViewDatabase, log: MemoryLog) -> SqlViews:
    """Views that were caught up, and then spoilt."""
    Follower(database, log).catch_up()
    spoil(database)
    return SqlViews(database, log)


def test_a_rebuilt_view_equals_the_incremental_one(database: ViewDatabase) -> None:
    log = small_log()
    views = SqlViews(database, log)
    for count in range(1, len(log.records) + 1):
        Follower(database, log.until(count)).catch_up()
    expected = everything(views)
    Follower(database, log, 4).rebuild()
    assert everything(views) == expected


def test_readers_see_the_old_view_until_the_new_one_is_whole(
    database: ViewDatabase, log: MemoryLog, views: SqlViews
) -> None:
    seen = []

    def look(after: int) -> None:
        del after
        seen.append((names_seen(views), len(views.board(EVERY_STATUS))))

    Follower(database, ObservedLog(log, look), 3).rebuild()
    assert len(seen) >= 4
    assert set(map(str, seen)) == {"({'old'}, 3)"}
    assert names_seen(views) == {"Authentication Brute Force Attempt"}


def test_what_is_being_built_gets_its_indexes_before_it_is_read(
    database: ViewDatabase, log: MemoryLog, views: SqlViews
) -> None:
    del views

    def indexes(generation: int) -> set[str]:
        with database.reading() as connection:
            return {
                str(index["name"]).replace(f"_g{generation}", "")
                for name in chain.from_iterable(TABLES_OF.values())
                for index in inspect(connection).get_indexes(
                    f"{name}_g{generation}", schema=database.schema
                )
            }

    building = []
    observed = ObservedLog(log, lambda _: building.append(indexes(2)))
    Follower(database, observed, 4).rebuild()
    assert building == [set(), set(), set()]
    assert indexes(2) == indexes(1)
    assert "timeline_by_incident_id" in indexes(2)


def test_the_status_tells_of_a_rebuild(
    database: ViewDatabase, log: MemoryLog, views: SqlViews
) -> None:
    with pytest.raises(Killed):
        Follower(database, killed_at(log, 4), 4).rebuild(["incidents"])
    status = {status.name: status for status in views.status()}
    assert (status["incidents"].state, status["incidents"].building_bookmark) == ("rebuilding", 4)
    assert status["timeline"].state == "live"
    assert views.is_current()


def test_who_is_killed_resumes(database: ViewDatabase, log: MemoryLog, views: SqlViews) -> None:
    with pytest.raises(Killed):
        Follower(database, killed_at(log, 6), 3).rebuild()
    assert names_seen(views) == {"old"}
    again = ObservedLog(log)
    Follower(database, again, 3).rebuild()
    assert again.reads[0] == 6
    assert names_seen(views) == {"Authentication Brute Force Attempt"}


def test_only_the_views_that_are_named_are_built_again(
    database: ViewDatabase, log: MemoryLog, views: SqlViews
) -> None:
    Follower(database, log).rebuild(["timeline"])
    generations = {status.name: status.generation for status in views.status()}
    assert generations == dict.fromkeys(VERSIONS, 1) | {"timeline": 2}
    assert names_seen(views) == {"old"}


def test_an_unknown_name_is_refused_with_those_there_are(database: ViewDatabase) -> None:
    with pytest.raises(UnknownProjectionError, match="timeline"):
        Follower(database, small_log()).rebuild(["timelin"])


def test_progress_goes_from_nothing_to_all(
    database: ViewDatabase, log: MemoryLog, views: SqlViews
) -> None:
    del views
    told: list[tuple[int, int]] = []
    Follower(database, log, 4).rebuild(progress=lambda done, total: told.append((done, total)))
    assert told == [(0, 10), (4, 10), (8, 10), (10, 10)]


def test_a_rebuild_of_what_never_was_is_the_first_build(database: ViewDatabase) -> None:
    log = small_log()
    told: list[tuple[int, int]] = []
    Follower(database, log, 4).rebuild(progress=lambda done, total: told.append((done, total)))
    assert (told[0], told[-1]) == ((0, 10), (10, 10))
    assert {status.generation for status in SqlViews(database, log).status()} == {1}


def test_nobody_goes_back_in_time_at_the_swap(
    database: ViewDatabase, log: MemoryLog, views: SqlViews
) -> None:
    def write_late(after: int) -> None:
        # After the head was taken as the aim of the rebuild, others write and see their writes.
        if after == 9 and log.head() == 10:
            log.record(incident("INC-LATE"))
            Follower(database, log).catch_up()
            assert views.incident("INC-LATE") is not None

    Follower(database, ObservedLog(log, write_late), 3).rebuild()
    assert views.incident("INC-LATE") is not None
    assert views.is_current()


def test_a_reader_in_the_middle_is_not_disturbed_by_a_swap(
    database: ViewDatabase, log: MemoryLog, views: SqlViews
) -> None:
    del views
    schema = f"{database.schema}." if database.schema else ""
    count = text(f"SELECT count(*) FROM {schema}incidents_g1")
    with database.reading() as connection:
        assert connection.scalar(count) == 3
        Follower(database, log).rebuild()
        assert connection.scalar(count) == 3


def test_replaced_tables_go_with_the_next_rebuild(
    database: ViewDatabase, log: MemoryLog, views: SqlViews
) -> None:
    for _ in range(4):
        Follower(database, log).rebuild()
    with database.reading() as connection:
        tables = set(inspect(connection).get_table_names(schema=database.schema))
    there = {name for name in tables if name not in {"generations", "format"}}
    of_projections = [table for tables in TABLES_OF.values() for table in tables]
    assert there == {f"{name}_g{number}" for name in of_projections for number in (4, 5)}
    assert {status.generation for status in views.status()} == {5}


def test_two_may_rebuild_at_once(database: ViewDatabase, log: MemoryLog, views: SqlViews) -> None:
    with ThreadPoolExecutor(2) as threads:
        for one in [threads.submit(Follower(database, log, 1).rebuild) for _ in range(2)]:
            one.result()
    assert names_seen(views) == {"Authentication Brute Force Attempt"}
    assert len(views.board(EVERY_STATUS)) == 3


def test_a_new_version_is_built_beside_the_old_at_the_next_catch_up(
    database: ViewDatabase, log: MemoryLog, views: SqlViews, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(VERSIONS, "incidents", VERSIONS["incidents"] + 1)
    assert {s.name: s.state for s in views.status()}["incidents"] == "outdated"
    assert not views.is_current()
    with pytest.raises(OutdatedViewsError, match=f"version {VERSIONS['incidents'] - 1} "):
        views.board(EVERY_STATUS)
    Follower(database, log).catch_up()
    assert names_seen(views) == {"Authentication Brute Force Attempt"}
    assert {s.name: s.generation for s in views.status()}["timeline"] == 1


def test_an_older_tocsin_leaves_newer_views_alone(
    database: ViewDatabase, log: MemoryLog, views: SqlViews, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as newer:
        newer.setitem(VERSIONS, "incidents", VERSIONS["incidents"] + 1)
        Follower(database, log).catch_up()
    with pytest.raises(OutdatedViewsError, match="newer Tocsin"):
        Follower(database, log).catch_up()
    with pytest.raises(OutdatedViewsError):
        views.board(EVERY_STATUS)


def test_a_half_built_view_of_another_version_is_begun_anew(
    database: ViewDatabase, log: MemoryLog, views: SqlViews, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Killed):
        Follower(database, killed_at(log, 4), 4).rebuild(["incidents"])
    monkeypatch.setitem(VERSIONS, "incidents", VERSIONS["incidents"] + 1)
    again = ObservedLog(log)
    Follower(database, again, 4).catch_up()
    assert again.reads[0] == 0
    assert names_seen(views) == {"Authentication Brute Force Attempt"}
