"""How a length of time is written in configuration: `5m`, `24h`, `15 minutes`."""

import re
from datetime import timedelta

_UNITS = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}
_WRITTEN = re.compile(r"([0-9]{1,12})\s*(ms|[smhdw]|(?:second|minute|hour|day|week)s?)")

LONGEST = timedelta(days=366)


def parse_duration(text: str) -> timedelta:
    """Read a duration such as `30s`, `5m`, `1 hour` or `48 hours`.

    Raises ValueError, with what was expected, unless it is longer than nothing and at most
    366 days.
    """
    written = _WRITTEN.fullmatch(text.strip().lower())
    if written is None:
        msg = f"not a duration: {text!r}; write a whole number and a unit, as in 30s, 5m, 24h, 7d"
        raise ValueError(msg)
    amount, unit = written.groups()
    one = _UNITS[unit if unit in _UNITS else unit.removesuffix("s")]
    if not 0 < int(amount) <= LONGEST // one:
        msg = f"an impossible duration: {text!r}; it must be longer than 0 and at most 366d"
        raise ValueError(msg)
    return int(amount) * one
