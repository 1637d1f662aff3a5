"""Reading the time of a record: RFC 3339, seconds or milliseconds since the epoch, or syslog."""

import re
from calendar import isleap
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from functools import lru_cache

from domain.source.format import Time, time_zone
from infrastructure.sources.unreadable import UnreadableLineError

Clock = Callable[[], datetime]
TimeReader = Callable[[object], datetime]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST_SECOND = 253_370_764_800  # 9999-01-01: beyond it a deadline could not be computed
LEAP_SECOND = 60
LONGEST_NUMBER = 40
MICROSECONDS = 6

_CLOCK = r"([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]+))?)?"
_ISO = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]" + _CLOCK + r" ?([Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
_SYSLOG = re.compile(r"([A-Z][a-z]{2}) {1,2}([0-9]{1,2}) ([0-9]{2}):([0-9]{2}):([0-9]{2})")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,3})?")
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_LEAP_DAY = (2, 29)


def time_reader(written: Time, now: Clock) -> TimeReader:
    """Make the function that reads a field's value as the time, in UTC.

    It raises UnreadableLineError with the reason. The clock is asked only for the year of a
    syslog time when the format assumes none.
    """
    zone = time_zone(written.zone)
    if written.unit == "s":
        return lambda value: from_epoch(value, Decimal(1))
    if written.unit == "ms":
        return lambda value: from_epoch(value, Decimal(1000))
    if written.unit == "iso":
        return lambda value: from_iso(value, zone)
    return lambda value: from_syslog(value, zone, written.year, now)


def from_iso(value: object, zone: tzinfo) -> datetime:
    """Read a time such as 2026-03-01T12:00:00.5+01:00; without an offset it is the zone's."""
    if not isinstance(value, str):
        msg = f"the time {_shown(value)} is not text; say `unit: s` or `unit: ms` for a number"
        raise UnreadableLineError(msg)
    found = _ISO.fullmatch(value)
    if found is None:
        msg = f"the time {_shown(value)} is not written as in 2026-03-01T12:00:00Z"
        raise UnreadableLineError(msg)
    year, month, day, hour, minute, second, fraction, offset = found.groups()
    moment = _moment(
        value,
        (int(year), int(month), int(day)),
        (int(hour), int(minute), int(second or 0)),
        int((fraction or "0")[:MICROSECONDS].ljust(MICROSECONDS, "0")),
    )
    return in_utc(moment.replace(tzinfo=_offset(offset, value) if offset else zone))


def from_epoch(value: object, in_a_second: Decimal) -> datetime:
    """Read a number, or its text, as time since 1970; what lies below a microsecond is cut off."""
    amount = _decimal(value)
    if amount is None:
        msg = f"the time {_shown(value)} is not a number"
        raise UnreadableLineError(msg)
    if not 0 <= amount < LAST_SECOND * in_a_second:
        unit = "seconds" if in_a_second == 1 else "milliseconds"
        msg = f"the time {_shown(value)} as {unit} is not in the years 1970 to 9998"
        raise UnreadableLineError(msg)
    return EPOCH + timedelta(microseconds=int(amount * 1_000_000 / in_a_second))


def from_syslog(value: object, zone: tzinfo, year: int | None, now: Clock) -> datetime:
    """Read a time such as `Mar 29 23:18:33`, in the year given or else the clock's latest."""
    found = _SYSLOG.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        if isinstance(value, str) and _ISO.fullmatch(value):
            return from_iso(value, zone)
        msg = f"the time {_shown(value)} is not written as in `Mar  9 23:18:33`"
        raise UnreadableLineError(msg)
    name, day, hour, minute, second = found.groups()
    if name not in _MONTHS:
        msg = f"the time {_shown(value)} names no month"
        raise UnreadableLineError(msg)
    month = _MONTHS.index(name) + 1
    assumed = year or latest_year(month, int(day), now().astimezone(zone))
    if (month, int(day)) == _LEAP_DAY and not isleap(assumed):
        msg = f"the time {_shown(value)} does not exist in the year assumed, {assumed}"
        raise UnreadableLineError(msg)
    clock = (int(hour), int(minute), int(second))
    return in_utc(_moment(value, (assumed, month, int(day)), clock, 0).replace(tzinfo=zone))


def latest_year(month: int, day: int, now: datetime) -> int:
    """Give the latest year in which a day is not after tomorrow: in January, December was last."""
    tomorrow = now + timedelta(days=1)
    return tomorrow.year - ((month, day) > (tomorrow.month, tomorrow.day))


def in_utc(moment: datetime) -> datetime:
    """Convert to UTC; at the ends of the calendar, where that overflows, only relabel."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return moment.replace(tzinfo=UTC)


def _moment(
    value: object, date: tuple[int, int, int], clock: tuple[int, int, int], micro: int
) -> datetime:
    hour, minute, second = clock
    leap = second == LEAP_SECOND
    try:
        moment = datetime(*date, hour, minute, second - leap, micro)  # noqa: DTZ001 - zone follows
        return moment + timedelta(seconds=1) if leap else moment
    except (ValueError, OverflowError) as error:
        msg = f"the time {_shown(value)} does not exist: {error}"
        raise UnreadableLineError(msg) from None


def _offset(written: str, value: object) -> tzinfo:
    try:
        return _zone_at(written)
    except ValueError:
        msg = f"the time {_shown(value)} has an impossible offset"
        raise UnreadableLineError(msg) from None


@lru_cache
def _zone_at(offset: str) -> tzinfo:
    if offset in "Zz":
        return UTC
    digits = offset[1:].replace(":", "").ljust(4, "0")
    length = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-length if offset[0] == "-" else length)


def _decimal(value: object) -> Decimal | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    text = repr(value) if isinstance(value, float) else value
    if isinstance(text, str) and len(text) <= LONGEST_NUMBER and _NUMBER.fullmatch(text):
        return Decimal(text)
    return None


def _shown(value: object) -> str:
    text = repr(value) if isinstance(value, str | int | float | None) else type(value).__name__
    return text if len(text) <= LONGEST_NUMBER else text[:LONGEST_NUMBER] + "…"
