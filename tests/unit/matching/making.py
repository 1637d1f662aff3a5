"""Short ways to write a rule and a signal, and to choose what searches for many patterns."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.detection.rule import Rule
from domain.signal import Signal, SourceKind
from infrastructure.matching import pattern_engine

ENGINES = ["re2", *(["hyperscan"] if pattern_engine.HAS_HYPERSCAN else [])]


@contextmanager
def searching_with(engine: str) -> Iterator[None]:
    """Search with one of the engines for as long as this lasts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pattern_engine, "HAS_HYPERSCAN", engine == "hyperscan")
        yield


def rule(*pattern: tuple[str, str, Any] | dict[str, Any], **changes: Any) -> Rule:
    """Make a rule of conditions, written as (field, operator, value) or in full."""
    conditions = [
        each
        if isinstance(each, dict)
        else {"field": each[0], "operator": each[1], "value": each[2]}
        for each in pattern
    ]
    written = {
        "id": "r",
        "name": "r",
        "description": "",
        "detection": {"source": changes.pop("source", "audit_log"), "pattern": conditions},
        "default_severity": "P3",
        "category": "security_breach",
        "notify_channels": [],
    }
    return Rule.model_validate({**written, **changes})


def signal(source: SourceKind = "audit_log", **data: Any) -> Signal:
    """Make a signal with some data."""
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    return Signal(id="one", source=source, type="login", timestamp=moment, data=data)
