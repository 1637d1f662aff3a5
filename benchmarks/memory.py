"""What a million open windows cost in memory, and what happens at the hard limit."""

import gc
import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from benchmarks.measured import Measured, table
from domain.detection.detector import Detector
from domain.detection.memory import PendingSignal
from domain.detection.rule import Rule
from domain.detection.window import Span
from domain.signal import Signal

KEYS = 1_000_000
BEYOND = 100_000
SAVE_EVERY = 10_000
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
BYTES_OF_A_KEY = 250

BRUTE_FORCE = Rule.model_validate(
    {
        "id": "rule-auth-brute-force",
        "name": "Authentication Brute Force Attempt",
        "description": "Multiple failed authentication attempts detected",
        "detection": {
            "source": "audit_log",
            "pattern": [{"field": "action", "operator": "equals", "value": "failed"}],
            "threshold": {"count": 10, "window": "5m"},
            "correlate": {"field": "actor.ip", "within": "5m"},
        },
        "defaultSeverity": "P2",
        "category": "authentication_failure",
        "notifyChannels": ["slack_security"],
    }
)


class ElsewhereSaved:
    """Stands for a database: what is saved is no longer in this process."""

    def within(self, _rule_id: str, _key: str, _span: Span) -> Sequence[PendingSignal]:
        """Find nothing: no episode opens here."""
        return ()


def measure(keys: int = KEYS, beyond: int = BEYOND) -> list[Measured]:
    """Measure in a process of its own, whose memory nothing else has used before."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(_measure, keys, beyond).result()


def _measure(keys: int, beyond: int) -> list[Measured]:
    detector = Detector(
        [BRUTE_FORCE], lambda _rule, _key, signal: signal.id, ElsewhereSaved(), key_limit=keys
    )
    signals = _signals(keys + beyond + 1)
    _observe(detector, islice(signals, 1))
    before = _resident()
    let_go, _ = _observe(detector, islice(signals, keys - 1))
    assert let_go == 0
    full = _resident()
    let_go, slowest = _observe(detector, signals)
    at_limit = _resident()
    left = keys + beyond + 1 - let_go
    return [
        Measured(
            f"memory of an open window at {keys:,} of them, bytes",
            (full - before) / keys,
            BYTES_OF_A_KEY,
            at_most=True,
        ),
        Measured(f"windows open after {beyond:,} more keys", left, keys, at_most=True),
        Measured("memory at the limit / before it", at_limit / full, 1.25, at_most=True),
        Measured("longest pause to let keys go, seconds", slowest),
    ]


def _observe(detector: Detector, signals: Iterator[Signal]) -> tuple[int, float]:
    """Give how many keys were let go, and the longest time that one signal took."""
    let_go, slowest = 0, 0.0
    while batch := list(islice(signals, SAVE_EVERY)):
        for signal in batch:
            begin = time.perf_counter()
            assert not detector.observe(BRUTE_FORCE, signal)
            slowest = max(slowest, time.perf_counter() - begin)
        let_go += sum(detector.changes().let_go.values())
        detector.saved()
    return let_go, slowest


def _signals(count: int) -> Iterator[Signal]:
    """Give a failed sign-in from every address, so close together that no window ends."""
    for number in range(count):
        address = f"203.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        yield Signal(
            id=f"signal-{number}",
            source="audit_log",
            type="authentication_failed",
            timestamp=BEGIN + timedelta(microseconds=number),
            data={"action": "failed", "actor": {"ip": address}},
        )


def _resident() -> int:
    """Give the process's resident memory in bytes, as the operating system counts it."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    print(table(measure()))
