"""Retry-After is read in both its forms, and nonsense is passed over."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infrastructure.outgoing.waiting import seconds_to_wait

NOW = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("0", 0),
        (" 30 ", 30),
        ("9" * 30, 999_999_999),
        ("Sun, 01 Mar 2026 03:01:00 GMT", 60),
        ("Sun, 01 Mar 2026 05:01:00 +0200", 60),
        ("Sun Mar  1 03:01:00 2026", 60),
        ("Sun, 01 Mar 2026 02:00:00 GMT", 0),
        ("", None),
        ("soon", None),
        ("-1", None),
        ("1.5", None),
        ("٣", None),
        ("Sun, 99 Foo 2026 00:00:00 GMT", None),
        ("7, 9", None),
    ],
)
def test_a_wait_is_read(written: str, seconds: int | None) -> None:
    assert seconds_to_wait({"retry-after": written}, NOW) == seconds


def test_none_is_none() -> None:
    assert seconds_to_wait({}, NOW) is None


@given(st.text() | st.from_regex(r"[A-Z][a-z]{2}, \d{1,9} [A-Z][a-z]{2} \d{1,30} \d\d:\d\d .{0,9}"))
def test_no_text_is_too_odd(written: str) -> None:
    seconds = seconds_to_wait({"retry-after": written}, NOW)
    assert seconds is None or seconds >= 0
