"""How lengths of time are written."""

from datetime import timedelta

import pytest

from domain.duration import LONGEST, parse_duration


@pytest.mark.parametrize(
    ("written", "length"),
    [
        ("250ms", timedelta(milliseconds=250)),
        ("30s", timedelta(seconds=30)),
        ("5m", timedelta(minutes=5)),
        ("24h", timedelta(hours=24)),
        ("7d", timedelta(days=7)),
        ("2w", timedelta(weeks=2)),
        ("1 hour", timedelta(hours=1)),
        ("15 minutes", timedelta(minutes=15)),
        ("48 hours", timedelta(hours=48)),
        ("1 second", timedelta(seconds=1)),
        ("3 days", timedelta(days=3)),
        ("1 week", timedelta(weeks=1)),
        ("  10 M ", timedelta(minutes=10)),
        ("007s", timedelta(seconds=7)),
        ("366d", LONGEST),
    ],
)
def test_a_duration_is_a_whole_number_and_a_unit(written: str, length: timedelta) -> None:
    assert parse_duration(written) == length


@pytest.mark.parametrize(
    "written",
    [
        "",
        "5",
        "m",
        "-5m",
        "+5m",
        "1.5h",
        "5 m m",
        "1h30m",
        "5 fortnights",
        "5ms s",
        "\u0665m",
        "1_0s",
    ],
)
def test_anything_else_is_refused_with_what_was_expected(written: str) -> None:
    with pytest.raises(ValueError, match=r"not a duration.*as in 30s, 5m, 24h, 7d"):
        parse_duration(written)


@pytest.mark.parametrize(
    "written",
    [
        "0s",
        "0ms",
        "367d",
        "999999999w",
    ],
)
def test_a_duration_is_longer_than_nothing_and_at_most_366_days(written: str) -> None:
    with pytest.raises(ValueError, match="an impossible duration"):
        parse_duration(written)
