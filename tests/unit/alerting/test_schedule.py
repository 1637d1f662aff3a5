"""When a silence holds, told by hand at the hours at which clocks are changed."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.alerting.schedule import Schedule, Window, first_moment
from tests.support.silences import START, hours

BERLIN = ZoneInfo("Europe/Berlin")
# Clocks go forward at 2026-03-29 01:00 UTC, from 02:00 to 03:00, and back at 2026-10-25 01:00 UTC.


def at(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


def daily(start: str, end: str, **more: Any) -> Schedule:
    """A window that comes back every day at the time of day in Berlin."""
    return Schedule(
        **{
            "starts_at": datetime.fromisoformat(start).replace(tzinfo=BERLIN),
            "ends_at": datetime.fromisoformat(end).replace(tzinfo=BERLIN),
            "repeats": "daily",
            "timezone": "Europe/Berlin",
            **more,
        }
    )


def test_once_it_holds_from_its_start_and_not_at_its_end() -> None:
    once = Schedule(starts_at=START, ends_at=hours(2))
    window = Window(START, hours(2))
    assert once.window_at(START - timedelta(microseconds=1)) is None
    assert once.window_at(START) == window
    assert once.window_at(hours(2) - timedelta(microseconds=1)) == window
    assert once.window_at(hours(2)) is None
    assert once.next_window(hours(-100)) == window
    assert once.next_window(hours(2)) is None


def test_it_comes_back_at_the_same_time_of_day_when_clocks_are_changed() -> None:
    night = daily("2026-03-27 22:00", "2026-03-28 06:00")
    assert night.next_window(at("2026-03-27 12:00")) == Window(
        at("2026-03-27 21:00"), at("2026-03-28 05:00")
    )
    # The night in which an hour is missing.
    assert night.next_window(at("2026-03-28 12:00")) == Window(
        at("2026-03-28 21:00"), at("2026-03-29 04:00")
    )
    assert night.next_window(at("2026-07-01 12:00")) == Window(
        at("2026-07-01 20:00"), at("2026-07-02 04:00")
    )
    # The night that has an hour twice.
    assert night.next_window(at("2026-10-24 12:00")) == Window(
        at("2026-10-24 20:00"), at("2026-10-25 05:00")
    )


def test_what_begins_in_the_hour_that_clocks_skip_begins_when_they_do() -> None:
    skipped = daily("2026-03-01 02:30", "2026-03-01 03:10")
    assert skipped.next_window(at("2026-03-28 12:00")) == Window(
        at("2026-03-29 01:00"), at("2026-03-29 01:10")
    )


def test_what_lies_in_the_hour_that_clocks_skip_does_not_happen_that_day() -> None:
    skipped = daily("2026-03-01 02:10", "2026-03-01 02:50")
    assert skipped.window_at(at("2026-03-29 01:00")) is None
    assert skipped.next_window(at("2026-03-28 12:00")) == Window(
        at("2026-03-30 00:10"), at("2026-03-30 00:50")
    )


def test_of_the_hour_that_clocks_show_twice_the_first_is_meant() -> None:
    twice = daily("2026-10-01 02:10", "2026-10-01 02:50")
    assert twice.next_window(at("2026-10-24 12:00")) == Window(
        at("2026-10-25 00:10"), at("2026-10-25 00:50")
    )
    assert twice.window_at(at("2026-10-25 01:20")) is None


def test_the_first_window_is_what_was_said_even_in_the_second_of_two_hours() -> None:
    start = at("2026-10-25 01:20")
    again = Schedule(
        starts_at=start, ends_at=at("2026-10-25 01:40"), repeats="daily", timezone="Europe/Berlin"
    )
    assert again.window_at(start) == Window(start, at("2026-10-25 01:40"))
    assert again.next_window(at("2026-10-25 12:00")) == Window(
        at("2026-10-26 01:20"), at("2026-10-26 01:40")
    )


def test_it_stops_coming_back_and_ends_what_is_open_then() -> None:
    night = daily("2026-03-01 22:00", "2026-03-02 06:00", repeats_until=at("2026-03-03 00:00"))
    assert night.window_at(at("2026-03-02 22:00")) == Window(
        at("2026-03-02 21:00"), at("2026-03-03 00:00")
    )
    assert night.next_window(at("2026-03-03 00:00")) is None
    assert night.over_at == at("2026-03-03 00:00")


def test_a_week_has_seven_days_of_the_zone() -> None:
    weekly = daily("2026-03-24 23:30", "2026-03-25 00:30", repeats="weekly")
    assert weekly.next_window(at("2026-03-26 00:00")) == Window(
        at("2026-03-31 21:30"), at("2026-03-31 22:30")
    )
    assert weekly.over_at is None


@pytest.mark.parametrize(
    ("wall", "first"),
    [
        ("2026-03-29 01:59:59", "2026-03-29 00:59:59"),
        ("2026-03-29 02:00", "2026-03-29 01:00"),
        ("2026-03-29 02:59:59.999999", "2026-03-29 01:00"),
        ("2026-03-29 03:00", "2026-03-29 01:00"),
        ("2026-10-25 02:30", "2026-10-25 00:30"),
        ("2026-10-25 03:00", "2026-10-25 02:00"),
    ],
)
def test_the_first_moment_at_which_clocks_show_a_time(wall: str, first: str) -> None:
    assert first_moment(datetime.fromisoformat(wall), BERLIN) == at(first)


def mistakes(**changes: Any) -> list[str]:
    said = {"starts_at": START, "ends_at": hours(2), **changes}
    return list(Schedule(**said).mistakes(START))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ends_at": START}, "it ends before it begins"),
        ({"starts_at": hours(-3), "ends_at": START}, "it is over already"),
        ({"ends_at": hours(24 * 367)}, "it lasts longer than 366 days"),
        (
            {"starts_at": hours(24 * 367), "ends_at": hours(24 * 368)},
            "it begins more than 366 days from now",
        ),
        ({"timezone": "UTC"}, "only one that comes back has a time zone"),
        ({"repeats_until": hours(9)}, "only one that comes back has a time zone"),
        ({"repeats": "daily"}, "needs a time zone"),
        ({"repeats": "daily", "timezone": "Mars/Olympus"}, "not a time zone: 'Mars/Olympus'"),
        (
            {"repeats": "daily", "timezone": "UTC", "ends_at": hours(25)},
            "its windows are longer than the time after which it comes back (daily)",
        ),
        (
            {"repeats": "daily", "timezone": "UTC", "repeats_until": hours(1)},
            "it stops coming back before its first window ends",
        ),
    ],
)
def test_what_cannot_be_is_told(changes: dict[str, Any], said: str) -> None:
    assert any(said in mistake for mistake in mistakes(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"starts_at": hours(-1)},
        {"starts_at": hours(24 * 365), "ends_at": hours(24 * 365 + 1)},
        {"ends_at": hours(24 * 366)},
        {"repeats": "daily", "timezone": "UTC", "ends_at": hours(24)},
        {"repeats": "weekly", "timezone": "UTC", "ends_at": hours(7 * 24)},
        # Its first window is over, but it comes back.
        {"repeats": "daily", "timezone": "UTC", "starts_at": hours(-9), "ends_at": hours(-8)},
    ],
)
def test_what_can_be_has_no_mistakes(changes: dict[str, Any]) -> None:
    assert mistakes(**changes) == []
