"""How the time of a record is read."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.source.format import Time
from infrastructure.sources.timestamps import latest_year, time_reader
from infrastructure.sources.unreadable import UnreadableLineError
from tests.unit.sources.support import now


def read(value: object, **said: Any) -> datetime:
    return time_reader(Time(**said), now)(value)


def reason(value: object, **said: Any) -> str:
    with pytest.raises(UnreadableLineError) as error:
        read(value, **said)
    return str(error.value)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-03-01T12:00:00Z", "2026-03-01T12:00:00"),
        ("2026-03-01t12:00:00z", "2026-03-01T12:00:00"),
        ("2022-03-22 14:21:53.225", "2022-03-22T14:21:53.225000"),
        ("2022-03-22 14:21:53,225", "2022-03-22T14:21:53.225000"),
        ("2022-03-22 14:21:53.595141999", "2022-03-22T14:21:53.595141"),
        ("2022-03-22T14:21:53." + "9" * 500 + "Z", "2022-03-22T14:21:53.999999"),
        ("2026-03-01T12:00:00+01:00", "2026-03-01T11:00:00"),
        ("2026-03-01T12:00:00 -0130", "2026-03-01T13:30:00"),
        ("2026-03-01T12:00:00+01", "2026-03-01T11:00:00"),
        ("2026-03-01T12:00Z", "2026-03-01T12:00:00"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00"),
        ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00"),
        ("0001-01-01T00:00:00+01:00", "0001-01-01T00:00:00"),
        ("9999-12-31T23:59:59.999999-01:00", "9999-12-31T23:59:59.999999"),
    ],
)
def test_iso(written: str, meant: str) -> None:
    found = read(written)

    assert found == datetime.fromisoformat(meant).replace(tzinfo=UTC)
    assert found.utcoffset() == timedelta()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("", "not written as in"),
        ("2026-03-01", "not written as in"),
        ("20260301T120000Z", "not written as in"),
        ("2026-W09-1T12:00:00Z", "not written as in"),
        (" 2026-03-01T12:00:00Z", "not written as in"),
        ("2026-03-01T12:00:00Z\n", "not written as in"),
        ("٢٠٢٦-03-01T12:00:00Z", "not written as in"),
        ("2026-02-29T12:00:00Z", "does not exist: day "),
        ("2026-13-01T12:00:00Z", "does not exist: month must be in 1..12"),
        ("2026-03-01T24:00:00Z", "does not exist: hour must be in 0..23"),
        ("2026-03-01T12:00:61Z", "does not exist: second must be in 0..59"),
        ("0000-03-01T12:00:00Z", "does not exist: year "),
        ("2026-03-01T12:00:00+25:00", "impossible offset"),
        ("9999-12-31T23:59:60Z", "does not exist"),
        (1772366400, "is not text; say `unit: s` or `unit: ms`"),
        (["x"], "the time list is not text"),
    ],
)
def test_what_is_no_iso_time(written: object, said: str) -> None:
    assert said in reason(written)


def test_a_long_value_is_shortened_in_the_reason() -> None:
    assert len(reason("x" * 100_000)) < 120


def test_a_time_without_offset_is_in_the_zone() -> None:
    assert read("2026-07-01T12:00:00", zone="Europe/Berlin") == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert read("2026-07-01T12:00:00Z", zone="Europe/Berlin") == datetime(
        2026, 7, 1, 12, tzinfo=UTC
    )
    assert read("0001-01-01T00:00:00", zone="Asia/Tokyo").year == 1
    assert read("9999-12-31T23:59:59", zone="America/New_York").year == 9999


@pytest.mark.parametrize(
    ("unit", "value", "meant"),
    [
        ("ms", 1446249499322, "2015-10-30T23:58:19.322000"),
        ("ms", "1446249499322", "2015-10-30T23:58:19.322000"),
        ("ms", 1446249499322.5, "2015-10-30T23:58:19.322500"),
        ("s", 1446249499, "2015-10-30T23:58:19"),
        ("s", 1446249499.322, "2015-10-30T23:58:19.322000"),
        ("s", "1446249499.3229999", "2015-10-30T23:58:19.322999"),
        ("s", "1.446249499e9", "2015-10-30T23:58:19"),
        ("s", 0, "1970-01-01T00:00:00"),
        ("s", 253370764799, "9998-12-31T23:59:59"),
    ],
)
def test_epoch(unit: str, value: object, meant: str) -> None:
    assert read(value, unit=unit) == datetime.fromisoformat(meant).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("unit", "value", "said"),
    [
        ("s", -1, "as seconds is not in the years 1970 to 9998"),
        ("s", 253370764800, "as seconds is not in the years 1970 to 9998"),
        ("s", 1446249499322, "as seconds is not in the years 1970 to 9998"),
        ("ms", 10**400, "as milliseconds is not in the years 1970 to 9998"),
        ("s", "1e400", "as seconds is not in the years"),
        ("s", "9" * 100_000, "is not a number"),
        ("s", True, "is not a number"),
        ("s", "soon", "is not a number"),
        ("s", "2026-03-01T12:00:00Z", "is not a number"),
        ("s", "nan", "is not a number"),
        ("s", "1_000", "is not a number"),
        ("s", {"a": 1}, "is not a number"),
    ],
)
def test_what_is_no_epoch(unit: str, value: object, said: str) -> None:
    assert said in reason(value, unit=unit)


@given(st.integers(0, 253370764799999))
def test_milliseconds_are_exact(milliseconds: int) -> None:
    since = read(milliseconds, unit="ms") - datetime(1970, 1, 1, tzinfo=UTC)

    assert since == timedelta(milliseconds=milliseconds)


def test_syslog_in_the_year_and_zone_given() -> None:
    said: dict[str, Any] = {"unit": "syslog", "year": 2017}

    assert read("Mar 29 23:18:33", **said) == datetime(2017, 3, 29, 23, 18, 33, tzinfo=UTC)
    assert read("Mar  9 23:18:33", **said) == datetime(2017, 3, 9, 23, 18, 33, tzinfo=UTC)
    assert read("Jul  9 02:00:00", **said, zone="Europe/Berlin").hour == 0


def test_a_syslog_may_write_rfc_3339_instead() -> None:
    assert read("2026-03-01T12:00:00.5+01:00", unit="syslog") == datetime(
        2026, 3, 1, 11, 0, 0, 500_000, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Feb 29 00:00:00", "does not exist in the year assumed, 2017"),
        ("Feb 30 00:00:00", "does not exist: day "),
        ("Foo 29 00:00:00", "names no month"),
        ("Mar 29 25:00:00", "does not exist: hour"),
        ("Mar 29", "not written as in `Mar  9 23:18:33`"),
        (17, "not written as in"),
    ],
)
def test_what_is_no_syslog_time(written: object, said: str) -> None:
    assert said in reason(written, unit="syslog", year=2017)


def test_a_leap_day_in_a_leap_year_is_read() -> None:
    assert read("Feb 29 00:00:00", unit="syslog", year=2016).day == 29


@pytest.mark.parametrize(
    ("day", "today", "year"),
    [
        ((3, 1), "2026-03-01T00:00Z", 2026),
        ((3, 2), "2026-03-01T00:00Z", 2026),
        ((3, 3), "2026-03-01T00:00Z", 2025),
        ((12, 31), "2026-01-01T00:00Z", 2025),
        ((1, 1), "2025-12-31T23:59Z", 2026),
        ((1, 2), "2025-12-31T00:00Z", 2025),
        ((12, 31), "2025-12-31T00:00Z", 2025),
    ],
)
def test_without_a_year_it_is_the_latest_that_is_not_ahead(
    day: tuple[int, int], today: str, year: int
) -> None:
    assert latest_year(*day, datetime.fromisoformat(today)) == year


def test_the_clock_says_the_year_when_nobody_does() -> None:
    assert read("Dec 31 23:59:59", unit="syslog").year == 2025
