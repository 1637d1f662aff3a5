"""Rules and signals as detection tests write them: few words, times in seconds."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.detection.detector import KEY_LIMIT, Detection, Detector, Opened
from domain.detection.rule import Rule
from domain.signal import Signal
from tests.support.memory_store import MemoryStore

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
INSTANT = 1e-6
HOUR = 3600.0


def a_rule(rule_id: str = "rule", **detection: Any) -> Rule:
    """Write a rule for `action: failed`; `limit` is the rule's, all else its detection's."""
    limit = detection.pop("limit", 60)
    pattern = ({"field": "action", "operator": "equals", "value": "failed"},)
    return Rule.model_validate(
        {
            "id": rule_id,
            "name": "A rule",
            "description": "",
            "detection": {"source": "audit_log", "pattern": pattern, **detection},
            "defaultSeverity": "P2",
            "category": "authentication_failure",
            "notifyChannels": ["slack"],
            "limit": limit,
        }
    )


def a_signal(
    signal_id: str, after: float | timedelta = 0, *, ip: str | None = "10.0.0.1"
) -> Signal:
    """Write a failed sign-in at so many seconds after the start."""
    after = after if isinstance(after, timedelta) else timedelta(seconds=after)
    return Signal(
        id=signal_id,
        source="audit_log",
        type="authentication_failed",
        timestamp=START + after,
        data={"action": "failed", **({"actor": {"ip": ip}} if ip else {})},
    )


def named(rule: Rule, key: str, opening: Signal) -> str:
    """Name an incident after what identifies it."""
    return f"INC {rule.id} {key} {opening.id}"


def a_detector(
    *rules: Rule, store: MemoryStore | None = None, key_limit: int = KEY_LIMIT
) -> Detector:
    """Begin a detector from what is stored."""
    store = store or MemoryStore()
    return Detector(rules, named, store, store.memory(), key_limit)


def observed(detector: Detector, rule: Rule, signals: Iterable[Signal]) -> list[Detection]:
    """Give all that signals bring about, one after the other."""
    return [found for signal in signals for found in detector.observe(rule, signal)]


def grouped(within: str = "10s") -> dict[str, str]:
    return {"field": "actor.ip", "within": within}


def at_least(count: int, window: str = "10s") -> dict[str, Any]:
    return {"count": count, "window": window}


def signals_at(*times: float, ip: str | None = "10.0.0.1") -> list[Signal]:
    """Write signals named s0, s1, … in the order in which they are read."""
    return [a_signal(f"s{number}", time, ip=ip) for number, time in enumerate(times)]


def told(found: Iterable[Detection]) -> list[str]:
    """Tell detections shortly: `open s2: s0 s1 s2`, `attach s2: s3` or `overflow s2: s3`."""
    return [told_of(one) for one in found]


def told_of(found: Detection) -> str:
    ids = " ".join(signal.id for signal in found.signals)
    if isinstance(found, Opened):
        return f"open {found.opening.id}: {ids}"
    incident = found.incident_id.split()[-1]
    return f"{'overflow' if found.overflow else 'attach'} {incident}: {ids}"


def tell(rule: Rule, signals: Iterable[Signal]) -> list[str]:
    return told(observed(a_detector(rule), rule, signals))
