"""A made-up log with everything in it that detection has to get right."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.support.ingesting import a_rule, equals

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)

RULES = [
    a_rule(
        "guessing",
        {
            "pattern": [equals("action", "authentication_failed")],
            "threshold": {"count": 5, "window": "2m"},
            "correlate": {"field": "actor.ip", "within": "3m"},
        },
        category="authentication_failure",
    ),
    a_rule(
        "slow",
        {
            "pattern": [{"field": "duration", "operator": "gt", "value": 900}],
            "threshold": {"count": 4, "window": "10m"},
            "correlate": {"field": "service", "within": "1m"},
        },
        category="performance_degradation",
    ),
    a_rule("secret", {"pattern": [equals("action", "secret_detected")]}, category="data_leak"),
    a_rule(
        "noisy",
        {
            "pattern": [{"field": "action", "operator": "starts_with", "value": "read"}],
            "threshold": {"count": 50, "window": "5m"},
        },
    ),
]


def write_busy_log(path: Path, lines: int, seed: int) -> None:
    """Write a log: mostly in order, some records late, and one line in 200 unreadable."""
    with path.open("w", encoding="utf-8") as log:
        for line in _lines(lines, random.Random(seed)):
            log.write(line + "\n")


def _lines(count: int, chance: random.Random) -> Iterator[str]:
    at = BEGIN
    for number in range(count):
        at += timedelta(milliseconds=chance.randrange(2000))
        if chance.random() < 0.005:
            yield chance.choice(["{not json", '{"action":"no time"}', '{"v":NaN}', "\x00\x01"])
            continue
        late = timedelta(seconds=chance.randrange(90)) if chance.random() < 0.1 else timedelta()
        yield json.dumps(_record(number, at - late, chance))


def _record(number: int, at: datetime, chance: random.Random) -> dict[str, Any]:
    record: dict[str, Any] = {"timestamp": at.isoformat(), "action": "login", "number": number}
    dice = chance.random()
    if dice < 0.06:
        ip = f"192.0.2.{chance.randrange(5)}"
        record |= {"action": "authentication_failed", "actor": {"ip": ip}}
    elif dice < 0.1:
        record |= {"duration": chance.randrange(1200), "service": chance.choice("abcd")}
    elif dice < 0.101:
        record |= {"action": "secret_detected"}
    elif dice < 0.2:
        record |= {"action": "read_file"}
    return record
