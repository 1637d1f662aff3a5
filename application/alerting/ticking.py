"""When an incident has to be looked at, by its row on the board: without loading it."""

from datetime import datetime, timedelta
from typing import Any, Protocol

from domain.incident import clocks
from domain.incident.clocks import OPEN, Clocks, Due
from domain.incident.levels import Level, SeverityLevels
from domain.incident.severity import Severity


class Clocked(Protocol):
    """A row that tells enough of an incident to know when its clocks run out."""

    @property
    def status(self) -> str: ...

    @property
    def severity(self) -> str: ...

    @property
    def detected_at(self) -> datetime: ...

    @property
    def recorded_at(self) -> datetime: ...

    @property
    def clocks(self) -> dict[str, Any] | None: ...


def clocks_of(row: Clocked) -> Clocks:
    """Give where the clocks of an incident stand."""
    known = row.clocks or {}
    tier_at = known.get("tier_at")
    return Clocks(
        since=_time(known.get("since"), row.recorded_at),
        moved_at=_time(known.get("moved_at"), row.recorded_at),
        response_overdue=known.get("response_overdue", False),
        resolution_overdue=known.get("resolution_overdue", False),
        tier=known.get("tier", 0),
        tier_at=datetime.fromisoformat(tier_at) if tier_at else None,
        rounds=known.get("rounds", 0),
    )


def next_due(row: Clocked, levels: SeverityLevels) -> Due | None:
    """Say what a clock of an incident calls for next."""
    return clocks.next_due(clocks_of(row), row.status, _level(row, levels))


def looked_at(row: Clocked, levels: SeverityLevels, now: datetime) -> datetime | None:
    """Say when an incident has to be looked at: now, if something about it is not known yet."""
    known = row.clocks or {}
    obligations: dict[str, Any] = known.get("obligations", {})
    required = _level(row, levels).requires if row.status in OPEN else ()
    settled = {*obligations, *known.get("fulfilled", ())}
    if set(required) - settled or obligations.keys() - set(required):
        return now
    due = next_due(row, levels)
    late = known.get("overdue", ())
    deadlines = [
        datetime.fromisoformat(each["deadline"])
        for name, each in obligations.items()
        if each["deadline"] and name not in late
    ]
    return min([*deadlines, *([due.at] if due else [])], default=None)


def is_stale(row: Clocked, stale_after: timedelta | None) -> bool:
    """Say whether an incident was found in an old log, so that nobody was to answer it."""
    reopened = bool((row.clocks or {}).get("since"))
    is_old = stale_after is not None and row.recorded_at - row.detected_at > stale_after
    return is_old and not reopened


def _level(row: Clocked, levels: SeverityLevels) -> Level:
    return levels.severity_levels[Severity(row.severity)]


def _time(written: str | None, otherwise: datetime) -> datetime:
    return datetime.fromisoformat(written) if written else otherwise
