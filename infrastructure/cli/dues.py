"""What of an incident is due when, by the severity levels as they are configured."""

from datetime import datetime
from typing import TYPE_CHECKING

from infrastructure.cli.moments import age, exact

if TYPE_CHECKING:
    from application.views import IncidentRow
    from domain.incident.clocks import Due
    from infrastructure.configuration.levels import Deadlines

_WORDS = {"response": "ack", "resolution": "resolve"}


def configured_deadlines() -> "Deadlines | None":
    """Give what deadlines depend on; None if that cannot be read, which is no reason to fail."""
    from infrastructure.configuration.levels import read_deadlines
    from infrastructure.settings import Settings

    return read_deadlines(Settings.of().config)


def due(row: "IncidentRow", by: "Deadlines | None", at: datetime) -> str:
    """Say in a few words what is due: `ack 12m`, `ack late 3m`; empty if nothing is."""
    found = due_of(row, by) if by else None
    if found is None:
        return ""
    what = f"tier {found.tier}" if found.kind == "tier" else _WORDS[found.kind]
    return f"{what} {_left(found.at, at)}"


def due_of(row: "IncidentRow", by: "Deadlines") -> "Due | None":
    """Give what is due: first what is late already, and else what a clock calls for next."""
    from application.alerting.ticking import clocks_of, is_stale, next_due
    from domain.incident.clocks import OPEN, Due

    if row.status not in OPEN or is_stale(row, by.stale_after):
        return None
    response, resolution = limits(row, by)
    clocks = clocks_of(row)
    if row.status == "detected" and clocks.response_overdue and response:
        return Due("response", response)
    if clocks.resolution_overdue and resolution:
        return Due("resolution", resolution)
    return next_due(row, by.levels)


def limits(row: "IncidentRow", by: "Deadlines") -> tuple[datetime | None, datetime | None]:
    """Give until when an incident is to be acknowledged, and to be resolved."""
    from application.alerting.ticking import clocks_of
    from domain.incident.clocks import deadlines
    from domain.incident.severity import Severity

    return deadlines(clocks_of(row), by.levels.severity_levels[Severity(row.severity)])


def awaited(row: "IncidentRow", by: "Deadlines", at: datetime) -> str:
    """Say until when somebody is to answer, and who is told next if nobody does."""
    from application.alerting.ticking import is_stale, next_due
    from domain.incident.clocks import OPEN

    if row.status not in OPEN or is_stale(row, by.stale_after):
        return ""
    response, _ = limits(row, by)
    said = []
    if response and response <= at:
        said.append(f"an answer was due {age(response, at)} ago")
    elif response:
        said.append(f"an answer is due in {age(at, response)}")
    following = next_due(row, by.levels)
    if following and following.kind == "tier":
        when = f"in {age(at, following.at)}" if following.at > at else "now"
        said.append(f"tier {following.tier} is told {when}")
    return ", ".join(said)


def until(deadline: datetime, at: datetime) -> str:
    """Write a deadline, and how far away it is: `2026-03-01 12:15:00Z (in 12m)`."""
    left = f"late by {age(deadline, at)}" if deadline <= at else f"in {age(at, deadline)}"
    return f"{exact(deadline)} ({left})"


def _left(deadline: datetime, at: datetime) -> str:
    return f"late {age(deadline, at)}" if deadline <= at else age(at, deadline)
