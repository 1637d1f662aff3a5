"""Times as views keep them: UTC text of one width, so that text order is the order of time."""

from datetime import UTC, datetime

_WHOLE_SECONDS = len("2024-12-10T06:55:46Z")
_MICROSECONDS = len("2024-12-10T06:55:46.000000Z")


def utc(written: str) -> str:
    """Rewrite an ISO 8601 time to UTC with microseconds."""
    # Nearly all come as pydantic writes UTC.
    if written[-1:] == "Z":
        length = len(written)
        if length == _MICROSECONDS:
            return written
        if length == _WHOLE_SECONDS:
            return f"{written[:-1]}.000000Z"
    return sortable(datetime.fromisoformat(written))


def moment(written: str) -> datetime:
    """Read an ISO 8601 time, in UTC."""
    return datetime.fromisoformat(utc(written))


def sortable(at: datetime) -> str:
    """Write an aware time as views keep it."""
    try:
        at = at.astimezone(UTC)
    except OverflowError:
        # Within a day of the first or the last year: no view may fail over a few hours there.
        at = at.replace(tzinfo=UTC)
    return f"{at.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"
