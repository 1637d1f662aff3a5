"""How long a server asks to be left alone: the header Retry-After (RFC 9110, 10.2.3)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def seconds_to_wait(headers: Mapping[str, str], now: datetime) -> int | None:
    """Read Retry-After, a number of seconds or a date; None if there is none that can be read."""
    written = headers.get("retry-after", "").strip()
    if written.isascii() and written.isdigit():
        return int(written[:9])
    try:
        moment = parsedate_to_datetime(written)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return max(0, round((moment - now).total_seconds()))
    except (ValueError, OverflowError):
        return None
