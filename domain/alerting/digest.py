"""When a daily digest goes out."""

from datetime import UTC, datetime, timedelta

from domain.alerting.channel import Digest
from domain.source.format import time_zone


def digest_after(digest: Digest, at: datetime) -> datetime:
    """Give the first time of a daily digest after a moment, in UTC.

    Where the clocks are put back and the time of day comes twice, it is the first one; where they
    are put forward and it does not come, it is as long after midnight as it would have been.
    """
    zone = time_zone(digest.timezone)
    hour, minute = map(int, digest.at.split(":"))
    today = at.astimezone(zone).date()
    for days in range(3):
        day = today + timedelta(days=days)
        found = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).astimezone(UTC)
        if found > at:
            return found
    raise AssertionError(at)  # a day is shorter than three
