"""How a silence is typed, and how it is told."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from application.alerting.views import SilenceRow
from domain.alerting.matcher import NAMES
from infrastructure.cli.failures import RefusedError
from infrastructure.cli.moments import parse_coming
from infrastructure.cli.silence_story import standing, what_of, when_of
from infrastructure.cli.silences import add
from infrastructure.cli.silencing import in_zone, read_matchers
from tests.support.silences import START, a_maintenance, a_silence, hours, matcher

NOW = datetime(2026, 3, 10, 22, tzinfo=UTC)


def whole(part: str) -> str:
    if part == "none":
        msg = "there is no incident none"
        raise RefusedError(msg)
    return f"INC-{part}"


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("rule=auth-001", [("rule", "equals", "auth-001")]),
        ("rule=a, b", [("rule", "in", ("a", "b"))]),
        ("rule!=a,b", [("rule", "not_equals", "a"), ("rule", "not_equals", "b")]),
        ("severity=p2,P3", [("severity", "in", ("P2", "P3"))]),
        ("severity~^P[23]", [("severity", "matches", "^P[23]")]),
        ("incident=A1", [("incident", "equals", "INC-A1")]),
        ("label.path=/a,b=c", [("label.path", "equals", "/a,b=c")]),
        ("label.team!=x", [("label.team", "not_equals", "x")]),
        ("label.team=", [("label.team", "equals", "")]),
        ("about~^a=b~c", [("about", "matches", "^a=b~c")]),
        ("about=~^a", [("about", "matches", "^a")]),
        ("context.a.b=x\ny", [("context.a.b", "equals", "x\ny")]),
    ],
)
def test_a_matcher_is_read(written: str, asked: list[tuple[str, str, Any]]) -> None:
    typed = read_matchers([written], whole)
    assert typed.mistakes == []
    assert [(each.name, each.operator, each.value) for each in typed.matchers] == asked


def test_what_cannot_be_read_is_told_with_the_rest() -> None:
    typed = read_matchers(["=x", "rule", "about!~x", "incident=none", "rule=a"], whole)
    assert len(typed.mistakes) == 4
    assert [str(each) for each in typed.matchers] == ["rule=a"]


def test_the_names_are_those_that_help_tells() -> None:
    assert all(f"{name}=" in (add.help or "") for name in NAMES)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2h", NOW + timedelta(hours=2)),
        ("2026-12-10", datetime.fromisoformat("2026-12-10")),
        ("2026-12-10T22:00", datetime.fromisoformat("2026-12-10T22:00")),
        ("2026-12-10T22:00+02:00", datetime(2026, 12, 10, 20, tzinfo=UTC)),
    ],
)
def test_a_coming_time_is_exact_or_relative(written: str, meant: datetime) -> None:
    assert parse_coming(written, NOW) == meant


@pytest.mark.parametrize("written", ["", "tomorrow", "7", "-2h", "2026-13-01", "1000d"])
def test_what_is_no_coming_time_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="for so long from now"):
        parse_coming(written, NOW)


@pytest.mark.parametrize("written", ["0001-01-01T00:00+14:00", "9999-12-31T23:59", "1969-12-31"])
def test_a_time_from_which_nothing_can_be_reckoned_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="beyond all reason"):
        parse_coming(written, NOW)


def test_a_time_without_a_zone_is_in_the_one_that_was_named() -> None:
    plain = datetime.fromisoformat("2026-07-01T22:00")
    assert in_zone(plain, None) == datetime(2026, 7, 1, 22, tzinfo=UTC)
    assert in_zone(plain, "Europe/Berlin") == datetime(2026, 7, 1, 20, tzinfo=UTC)
    with_zone = plain.replace(tzinfo=ZoneInfo("Asia/Tokyo"))
    assert in_zone(with_zone, "Europe/Berlin") == datetime(2026, 7, 1, 13, tzinfo=UTC)


def test_what_is_held_back_is_told_in_one_line() -> None:
    assert what_of(a_maintenance(everything=True)) == "all alerts but those of P0"
    assert what_of(a_silence()) == "alerts with rule=auth-001, but never of P0"
    bad = a_silence(START, 60, matcher("severity", "P1"), matcher("about", "\x1b[2J"))
    assert what_of(bad) == "alerts with severity=P1 and about=\\x1b[2J"


def test_when_it_holds_is_told_by_the_clock_on_the_wall() -> None:
    assert when_of(a_silence().schedule) == "from 2026-03-10 22:00:00Z until 2026-03-11 00:00:00Z"
    assert when_of(a_maintenance().schedule) == (
        "every day from 23:00 until 01:00, Europe/Berlin, from 2026-03-10 on, for ever"
    )
    last = a_maintenance("weekly", schedule={"repeats_until": hours(999)}).schedule
    assert when_of(last) == (
        "every week from Tuesday 23:00 until Wednesday 01:00, Europe/Berlin, "
        "from 2026-03-10 on, until 2026-04-21 13:00:00Z"
    )


def row(**changes: Any) -> SilenceRow:
    said: dict[str, Any] = {
        "id": "SIL-1", "kind": "maintenance", "everything": True, "matchers": [],
        "starts_at": START, "ends_at": hours(2), "repeats": None, "timezone": None,
        "repeats_until": None, "over_at": hours(2), "comment": "", "created_by": "ana",
        "created_at": START, "ended_by": None, "ended_at": None, "updated_at": START,
        "version": 1, "position": 1,
    }  # fmt: skip
    return SilenceRow(**(said | changes))


DAILY = {"repeats": "daily", "timezone": "Europe/Berlin", "over_at": None}


@pytest.mark.parametrize(
    ("changes", "at", "state", "when"),
    [
        ({}, -3, "coming", "in 3h"),
        ({}, 0, "active", "2h left"),
        ({}, 2, "over", "0s ago"),
        ({"over_at": hours(1), "ended_at": hours(1)}, 1.5, "ended", "30m ago"),
        (DAILY, 3, "coming", "in 21h"),
        (DAILY, 25, "active", "1h left"),
    ],
)
def test_where_a_silence_stands(changes: dict[str, Any], at: float, state: str, when: str) -> None:
    assert standing(row(**changes), hours(at)) == (state, when)
