"""What the views say of silences, on each database."""

from datetime import datetime

import pytest

from domain.alerting.silence import Silence
from infrastructure.views.database import ViewDatabase
from infrastructure.views.follower import Follower
from infrastructure.views.queries import SqlViews
from tests.support.silences import (
    RULE,
    START,
    a_maintenance,
    a_silence,
    act,
    created,
    hours,
    matcher,
)
from tests.unit.projections.histories import MemoryLog

LONG, SHORT, DAILY = "SIL-LONGLONG", "SIL-SHORTLY2", "SIL-DAILYDAY"


@pytest.fixture
def silences() -> dict[str, Silence]:
    return {
        LONG: created(
            a_silence(hours(-1), 600, RULE, matcher("severity", ("P2", "P3"), "in")), LONG
        ),
        SHORT: created(a_silence(), SHORT),
        DAILY: created(a_maintenance(everything=True), DAILY),
    }


@pytest.fixture
def log(silences: dict[str, Silence]) -> MemoryLog:
    log = MemoryLog()
    log.record(*silences.values())
    return log


@pytest.fixture
def views(database: ViewDatabase, log: MemoryLog) -> SqlViews:
    Follower(database, log).catch_up()
    return SqlViews(database, log)


@pytest.mark.parametrize(
    ("at", "found"),
    [
        (START, [LONG, DAILY, SHORT]),
        (hours(1.999), [LONG, DAILY, SHORT]),
        (hours(2), [LONG, DAILY]),
        (hours(9), [DAILY]),
        (hours(24 * 900), [DAILY]),
    ],
)
def test_what_is_over_by_then_is_left_out(views: SqlViews, at: datetime, found: list[str]) -> None:
    assert [row.id for row in views.silences(at)] == found
    assert [row.id for row in views.silences(at, also_over=True)] == [LONG, DAILY, SHORT]


def test_a_row_comes_back_as_it_was_put_in(views: SqlViews) -> None:
    row = views.silences(START)[0]
    assert row.matchers == [
        {"name": "rule", "operator": "equals", "value": "auth-001"},
        {"name": "severity", "operator": "in", "value": ["P2", "P3"]},
    ]
    assert (row.kind, row.everything, row.repeats) == ("silence", False, None)
    assert (row.starts_at, row.ends_at, row.over_at) == (hours(-1), hours(9), hours(9))
    assert (row.created_by, row.created_at, row.comment) == ("ana", START, "we test the login")
    assert (row.ended_by, row.ended_at, row.version) == (None, None, 1)
    daily = views.silences(START)[1]
    assert (daily.everything, daily.repeats, daily.timezone) == (True, "daily", "Europe/Berlin")
    assert (daily.over_at, daily.repeats_until) == (None, None)


def test_an_end_that_moves_or_comes_is_shown(
    database: ViewDatabase, log: MemoryLog, views: SqlViews, silences: dict[str, Silence]
) -> None:
    silences[SHORT].extend(hours(5), act(1))
    silences[DAILY].extend(hours(90), act(1))
    silences[LONG].end(act(1, by="ben"))
    log.record(*silences.values())
    Follower(database, log).catch_up()
    rows = {row.id: row for row in views.silences(START, also_over=True)}
    assert (rows[SHORT].ends_at, rows[SHORT].over_at) == (hours(5), hours(5))
    assert (rows[DAILY].ends_at, rows[DAILY].over_at) == (hours(2), hours(90))
    assert (rows[LONG].ended_by, rows[LONG].ended_at, rows[LONG].over_at) == (
        "ben",
        hours(1),
        hours(1),
    )
    assert all(row.version == 2 and row.updated_at == hours(1) for row in rows.values())


def test_the_view_ends_when_the_silence_does(views: SqlViews, silences: dict[str, Silence]) -> None:
    for row in views.silences(START, also_over=True):
        assert row.over_at == silences[row.id].over_at


@pytest.mark.parametrize("part", [LONG, "long", "LONGLONG", "sil-l"])
def test_a_silence_is_found_by_any_part_of_its_id(views: SqlViews, part: str) -> None:
    assert views.find_silence(part) == [LONG]
