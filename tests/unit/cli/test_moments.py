"""Times as a person reads and types them."""

from datetime import UTC, datetime, timedelta

import pytest

from infrastructure.cli.moments import age, exact, iso, parse_moment

NOW = datetime(2024, 12, 10, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("passed", "shown"),
    [
        (timedelta(seconds=12.9), "12s"),
        (timedelta(minutes=12), "12m"),
        (timedelta(hours=47, minutes=59), "47h"),
        (timedelta(hours=48), "2d"),
        (timedelta(days=999), "999d"),
        (timedelta(days=1100), "3y"),
        (timedelta(seconds=-90), "-1m"),
    ],
)
def test_an_age_is_short(passed: timedelta, shown: str) -> None:
    assert age(NOW - passed, NOW) == shown


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2h", NOW - timedelta(hours=2)),
        ("7d", NOW - timedelta(days=7)),
        ("2024-12-10", datetime(2024, 12, 10, tzinfo=UTC)),
        ("2024-12-10T06:55:46Z", datetime(2024, 12, 10, 6, 55, 46, tzinfo=UTC)),
        ("2024-12-10 08:00:00+02:00", datetime(2024, 12, 10, 6, tzinfo=UTC)),
    ],
)
def test_a_time_is_exact_or_relative(written: str, meant: datetime) -> None:
    assert parse_moment(written, NOW) == meant


@pytest.mark.parametrize("written", ["", "yesterday", "7", "-2h", "2024-13-01", "1000d"])
def test_what_is_no_time_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="write 2h or 7d"):
        parse_moment(written, NOW)


def test_times_are_shown_in_utc() -> None:
    at = datetime.fromisoformat("2024-12-10T08:00:00.5+02:00")
    assert exact(at) == "2024-12-10 06:00:00Z"
    assert iso(at) == "2024-12-10T06:00:00.500000Z"
