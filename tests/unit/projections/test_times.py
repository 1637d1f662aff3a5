"""Times in views: their text order is the order of time."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.projections.times import sortable, utc


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("2024-12-10T06:55:46Z", "2024-12-10T06:55:46.000000Z"),
        ("2024-12-10T06:55:46.123456Z", "2024-12-10T06:55:46.123456Z"),
        ("2024-12-10T06:55:46.5Z", "2024-12-10T06:55:46.500000Z"),
        ("2024-12-10T06:55:46+00:00", "2024-12-10T06:55:46.000000Z"),
        ("2024-12-10T06:55:46.25+05:30", "2024-12-10T01:25:46.250000Z"),
        ("0001-01-01T00:00:00+05:00", "0001-01-01T00:00:00.000000Z"),
        ("9999-12-31T23:59:59-05:00", "9999-12-31T23:59:59.000000Z"),
    ],
)
def test_every_way_to_write_a_time_becomes_one(written: str, stored: str) -> None:
    assert utc(written) == stored


@given(st.lists(st.datetimes(timezones=st.just(UTC)), min_size=2))
def test_text_order_is_time_order(times: list[datetime]) -> None:
    assert [datetime.fromisoformat(text) for text in sorted(map(sortable, times))] == sorted(times)
