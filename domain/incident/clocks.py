"""The clocks of an incident: until when somebody answers, until when it is over, and who is next.

Both run from when Tocsin learned of the incident, or from when it was reopened.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from domain.duration import parse_duration
from domain.incident.levels import Level, clock

OPEN = frozenset({"detected", "acknowledged", "investigating"})

Kind = Literal["response", "tier", "resolution"]


@dataclass(frozen=True, slots=True)
class Clocks:
    """Where the clocks of an incident stand.

    They run from `since`; `moved_at` is when the severity last moved the deadlines. `tier` is the
    tier that was told last, none being 0, `tier_at` when it was told first, and `rounds` how
    often it was told again.
    """

    since: datetime
    moved_at: datetime
    response_overdue: bool = False
    resolution_overdue: bool = False
    tier: int = 0
    tier_at: datetime | None = None
    rounds: int = 0


@dataclass(frozen=True, slots=True)
class Due:
    """What a clock calls for: `at` is when; `tier` and `rounds` what then holds of the tiers."""

    kind: Kind
    at: datetime
    tier: int = 0
    rounds: int = 0


def deadlines(clocks: Clocks, level: Level) -> tuple[datetime | None, datetime | None]:
    """Give the times until which an incident of a level is acknowledged, and is resolved."""
    response, resolution = clock(level.response_time), clock(level.escalation_time)
    return (
        clocks.since + response if response else None,
        clocks.since + resolution if resolution else None,
    )


def next_due(clocks: Clocks, status: str, level: Level) -> Due | None:
    """Say what a clock calls for next if nothing else happens; None if no clock runs."""
    if status not in OPEN:
        return None
    response, resolution = deadlines(clocks, level)
    found = []
    if status == "detected" and not clocks.response_overdue and response is not None:
        found.append(Due("response", response))
    if status == "detected" and clocks.response_overdue:
        found += _further(clocks, level)
    if not clocks.resolution_overdue and resolution is not None:
        found.append(Due("resolution", resolution))
    return min(found, key=lambda due: due.at, default=None)


def _further(clocks: Clocks, level: Level) -> list[Due]:
    """Give when the present tier is told again, and when the next one is."""
    if clocks.tier_at is None:
        return []
    found = []
    if 0 < clocks.tier <= len(level.escalation):
        repeat = level.escalation[clocks.tier - 1].repeat
        if repeat is not None and clocks.rounds < repeat.times:
            rounds = clocks.rounds + 1
            at = clocks.tier_at + parse_duration(repeat.every) * rounds
            found.append(Due("tier", at, clocks.tier, rounds))
    if clocks.tier < len(level.escalation):
        at = clocks.tier_at + parse_duration(level.escalation[clocks.tier].after)
        found.append(Due("tier", at, clocks.tier + 1))
    return found


def last_passed(due: Due, clocks: Clocks, level: Level, now: datetime) -> Due:
    """Give the last of several rounds of a tier that passed unnoticed: it is told once for all."""
    repeat = level.escalation[due.tier - 1].repeat if due.rounds else None
    if repeat is None or clocks.tier_at is None:
        return due
    every = parse_duration(repeat.every)
    rounds = min(repeat.times, (now - clocks.tier_at) // every)
    return Due("tier", clocks.tier_at + every * rounds, due.tier, rounds)


def lateness(due_at: datetime, clocks: Clocks, now: datetime) -> timedelta:
    """Say how late Tocsin notices; a deadline that moved into the past is noticed when it moves."""
    return max(now - max(due_at, clocks.moved_at), timedelta())


def tiers_of(clocks: Clocks) -> dict[str, Any]:
    """Give what an escalation says of the tiers when it changes nothing about them."""
    return {
        "tier": clocks.tier,
        "tier_at": clocks.tier_at,
        "rounds": clocks.rounds,
        "resolution_overdue": clocks.resolution_overdue,
    }
