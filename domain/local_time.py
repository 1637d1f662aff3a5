"""Local time as configuration writes it, and the moment that it means in a time zone."""

from datetime import UTC, date, datetime, time
from typing import Annotated

from pydantic import AfterValidator, StrictStr

from domain.source.format import time_zone

# Far enough from both ends of the calendar that a turn or an offset never leaves it.
_YEARS = range(1970, 9000)


def _time_of_day(written: str) -> str:
    try:
        found = time.fromisoformat(written)
    except ValueError:
        found = None
    # The library also reads T0800 and 08:00+01:00.
    if found is None or f"{found:%H:%M}" != written:
        msg = f"not a time of day: {written!r}; write it as 08:00"
        raise ValueError(msg)
    return written


def _day(written: str) -> str:
    try:
        found = date.fromisoformat(written)
    except ValueError:
        found = None
    # The library also reads 20260105 and 2026-W02-1.
    if found is None or found.isoformat() != written or found.year not in _YEARS:
        msg = f"not a day: {written!r}; write it as 2026-01-05"
        raise ValueError(msg)
    return written


def _local_time(written: str) -> str:
    day, _, time_of_day = written.partition(" ")
    try:
        _day(day)
        _time_of_day(time_of_day)
    except ValueError:
        msg = f"not a day and a time: {written!r}; write it as 2026-01-05 09:00"
        raise ValueError(msg) from None
    return written


TimeOfDay = Annotated[StrictStr, AfterValidator(_time_of_day)]
Day = Annotated[StrictStr, AfterValidator(_day)]
LocalTime = Annotated[StrictStr, AfterValidator(_local_time)]


def moment_of(local: datetime, zone: str) -> datetime:
    """Give the moment, in UTC, that a clock in a zone shows a naive local time.

    Where clocks are put back and show it twice, it is the first time. Where they are put forward
    and skip it, it is as long after the change as it was meant to be: 02:30 becomes 03:30. So
    iCalendar has it, too (RFC 5545, section 3.3.5).
    """
    return local.replace(tzinfo=time_zone(zone), fold=0).astimezone(UTC)


def in_zone(moment: datetime, zone: str) -> str:
    """Write a moment as a clock in a zone shows it: `2026-11-25 09:00 CET`."""
    return f"{moment.astimezone(time_zone(zone)):%Y-%m-%d %H:%M %Z}"
