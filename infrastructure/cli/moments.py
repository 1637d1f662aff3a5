"""Times as a person reads and types them."""

from datetime import UTC, datetime, timedelta

from domain.duration import parse_duration

_STEPS = (
    (timedelta(minutes=1), timedelta(seconds=1), "s"),
    (timedelta(hours=1), timedelta(minutes=1), "m"),
    (timedelta(hours=48), timedelta(hours=1), "h"),
    (timedelta(days=1000), timedelta(days=1), "d"),
)
_YEAR = timedelta(days=365.25)
# So that what is reckoned from a time that was typed stays a time.
_YEARS = range(1970, 9000)


def now() -> datetime:
    """Give the time."""
    return datetime.now(UTC)


def age(at: datetime, to: datetime) -> str:
    """Say how long ago something was: `12m`, `3h`, `5d`."""
    passed = to - at
    sign = "-" if passed < timedelta() else ""
    passed = abs(passed)
    for below, unit, letter in _STEPS:
        if passed < below:
            return f"{sign}{passed // unit}{letter}"
    return f"{sign}{passed // _YEAR}y"


def exact(at: datetime) -> str:
    """Write a time in UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def iso(at: datetime) -> str:
    """Write a time in UTC, in full."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def parse_coming(written: str, at: datetime) -> datetime:
    """Read a time, or how long after `at` it is; one that names no zone is left without one.

    Raises ValueError with what is expected.
    """
    try:
        moment = datetime.fromisoformat(written.strip())
    except ValueError:
        pass
    else:
        if moment.year not in _YEARS:
            msg = f"{written!r} is beyond all reason"
            raise ValueError(msg)
        return moment.astimezone(UTC) if moment.tzinfo else moment
    try:
        return at + parse_duration(written)
    except ValueError:
        msg = (
            f"{written!r} is no time: write 2h or 7d for so long from now, "
            "or 2026-12-10T22:00 (UTC unless it says otherwise)"
        )
        raise ValueError(msg) from None


def parse_moment(written: str, at: datetime) -> datetime:
    """Read a time, or how long before `at` it was; raises ValueError with what is expected."""
    try:
        moment = datetime.fromisoformat(written.strip())
    except ValueError:
        pass
    else:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        return at - parse_duration(written)
    except ValueError:
        msg = (
            f"{written!r} is no time: write 2h or 7d for so long ago, "
            "or 2024-12-10T06:55:00Z (UTC unless it says otherwise)"
        )
        raise ValueError(msg) from None
