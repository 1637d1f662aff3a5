"""When a daily digest goes out."""

from datetime import datetime, timedelta

from domain.alerting.channel import Digest
from domain.local_time import moment_of
from domain.source.format import time_zone


def digest_after(digest: Digest, at: datetime) -> datetime:
    """Give the first time of a daily digest after a moment, in UTC.

    A local time that a change of clocks skips or doubles is that of `moment_of`.
    """
    hour, minute = map(int, digest.at.split(":"))
    today = at.astimezone(time_zone(digest.timezone)).replace(hour=hour, minute=minute, second=0)
    for days in range(3):
        local = today.replace(microsecond=0, tzinfo=None) + timedelta(days=days)
        found = moment_of(local, digest.timezone)
        if found > at:
            return found
    raise AssertionError(at)  # a day is shorter than three
