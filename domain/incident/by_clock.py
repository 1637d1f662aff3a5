"""What time by itself decides about an incident: deadlines that pass, and obligations."""

from datetime import datetime, timedelta

from domain.incident import clocks
from domain.incident.clocks import OPEN, Due
from domain.incident.errors import NothingChangedError
from domain.incident.incident import Incident
from domain.incident.levels import Level, SeverityLevels
from domain.incident.obligations import Evidence, Obligation
from domain.provenance import Act


def keep_time(incident: Incident, levels: SeverityLevels, act: Act) -> datetime | None:
    """Record what is due by now; give when something is due next, None if nothing will be."""
    level = levels.severity_levels[incident.severity]
    while (due := clocks.next_due(incident.clocks, incident.status, level)) and due.at <= act.at:
        _lapse(incident, clocks.last_passed(due, incident.clocks, level, act.at), level, act)
    pending = _tend(incident, levels, act)
    return min(filter(None, (due.at if due else None, pending)), default=None)


def fulfil(incident: Incident, name: str, by: Evidence, shown_by: str, act: Act) -> None:
    """Record that what the severity requires was done; raises NothingChangedError if it is not."""
    if name not in incident.obligations:
        known = ", ".join(incident.obligations) or "nothing"
        done = " any more" if name in incident.fulfilled else ""
        msg = f"{incident.id} does not require {name}{done}; it requires {known}"
        raise NothingChangedError(msg)
    incident.record(
        incident.ObligationFulfilled, act.provenance, act.at, name=name, by=by, shown_by=shown_by
    )


def _lapse(incident: Incident, due: Due, level: Level, act: Act) -> None:
    known = incident.clocks
    late_by = clocks.lateness(due.at, known, act.at).total_seconds()
    if due.kind == "response":
        incident.record(
            incident.ResponseOverdue, act.provenance, act.at,
            severity=incident.severity, deadline=due.at, late_by=late_by,
            tier=1 if level.escalation else 0,
        )  # fmt: skip
        return
    if due.kind == "tier":
        why, clock = "nobody answers", "response"
        tier_at = known.tier_at if due.rounds else act.at
        after = {"tier": due.tier, "tier_at": tier_at, "rounds": due.rounds}
    else:
        why, clock = f"not resolved within {level.escalation_time}", "resolution"
        after = {"resolution_overdue": True}
    incident.record(
        incident.Escalated, act.provenance, act.at,
        why=why, clock=clock, deadline=due.at, late_by=late_by, **clocks.tiers_of(known) | after,
    )  # fmt: skip


def _tend(incident: Incident, levels: SeverityLevels, act: Act) -> datetime | None:
    """Let obligations arise, be fulfilled by what is known, be late, and be waived."""
    is_open = incident.status in OPEN
    required = levels.severity_levels[incident.severity].requires if is_open else ()
    _waive(incident, required, act)
    _arise(incident, required, levels, act)
    _fulfil_by_what_is_known(incident, act)
    waiting = [
        each for each in incident.obligations.values()
        if each.deadline is not None and each.name not in incident.overdue
    ]  # fmt: skip
    for each in waiting:
        if each.deadline is not None and each.deadline <= act.at:
            late_by = max(act.at - each.deadline, timedelta()).total_seconds()
            incident.record(
                incident.ObligationOverdue, act.provenance, act.at,
                name=each.name, deadline=each.deadline, late_by=late_by,
            )  # fmt: skip
    return min((d for o in waiting if (d := o.deadline) and d > act.at), default=None)


def _waive(incident: Incident, required: tuple[str, ...], act: Act) -> None:
    names = tuple(name for name in incident.obligations if name not in required)
    if names:
        over = f"it is {incident.status}"
        why = f"{incident.severity} does not require it" if incident.status in OPEN else over
        incident.record(
            incident.ObligationsWaived, act.provenance, act.at, names=names, why=why
        )  # fmt: skip


def _arise(incident: Incident, required: tuple[str, ...], levels: SeverityLevels, act: Act) -> None:
    new = [
        name for name in dict.fromkeys(required)
        if name not in incident.obligations and name not in incident.fulfilled
    ]  # fmt: skip
    if new:
        incident.record(
            incident.ObligationsArisen, act.provenance, act.at, severity=incident.severity,
            obligations=tuple(_obligation(name, levels, act.at) for name in new),
        )  # fmt: skip


def _obligation(name: str, levels: SeverityLevels, at: datetime) -> Obligation:
    terms = levels.terms(name)
    deadline = at + terms.length if terms.length else None
    return Obligation(name=name, fulfilled_by=terms.fulfilled_by, deadline=deadline)


def _fulfil_by_what_is_known(incident: Incident, act: Act) -> None:
    known: dict[Evidence, str | None] = {
        "acknowledgement": incident.acknowledged_by,
        "assignment": incident.assignee,
    }
    for each in list(incident.obligations.values()):
        shown_by = known.get(each.fulfilled_by)
        if shown_by:
            fulfil(incident, each.name, each.fulfilled_by, shown_by, act)
