"""`tocsin show`: everything known about an incident."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from infrastructure.cli import show_alerts
from infrastructure.cli.commanding import Command, with_examples
from infrastructure.cli.executions import shown_status
from infrastructure.cli.moments import age, exact, iso, now
from infrastructure.cli.named import named
from infrastructure.cli.output import (
    by_severity,
    by_status,
    counted,
    faint,
    fields_of,
    heading,
    say,
    say_json,
    space,
)
from infrastructure.cli.parameters import incident_argument, json_option
from infrastructure.cli.texts import clipped, safe, wrapped

if TYPE_CHECKING:
    from application.alerting.views import DeliveryRow
    from application.views import ExecutionRow, IncidentRow
    from domain.incident.incident import Incident
    from domain.signal import Signal
    from infrastructure.configuration.levels import Deadlines

_NEXT = {
    "detected": ("ack", "investigate", "close --as false-alarm"),
    "acknowledged": ("investigate", "note … TEXT", "assess … affected_users=1200", "resolve"),
    "investigating": ("note … TEXT", "assess … affected_users=1200", "resolve"),
    "resolved": ("close", "reopen"),
    "closed": ("reopen", "note … TEXT"),
}


@with_examples(
    "tocsin show 7KQ2ZD",
    "tocsin show 7KQ2ZD --signals 20",
    "tocsin show 7KQ2ZD --json",
)
@click.command(cls=Command)
@incident_argument
@click.option(
    "--signals", "most", type=click.IntRange(0), default=3, metavar="N",
    help="Show so many of its signals, 3 by default; the first 100 are kept in full.",
)  # fmt: skip
@json_option
def show(incident: str, most: int, as_json: bool) -> None:
    """Show everything known about an incident, why it is as bad as it is, and what to do next."""
    from application.alerting.views import DeliveryFilter
    from domain.incident.incident import Incident
    from infrastructure.cli.dues import configured_deadlines
    from infrastructure.cli.opened import identified, opened, views_of

    with opened() as tocsin:
        views = views_of(tocsin)
        incident_id = identified(views, incident)
        row = views.incident(incident_id) if views else None
        runs = views.executions(incident_id, also_over=True) if views else []
        wanted = DeliveryFilter(incident_id=incident_id)
        sent = views.deliveries(wanted) if views else []
        assert row is not None  # noqa: S101 - it was just found, and incidents stay
        known = tocsin.journal.load(Incident, row.id)
        assert known is not None  # noqa: S101 - the views show nothing that is not in the log
    all_known = Known(row, known, runs, sent, configured_deadlines())
    if as_json:
        say_json(_as_object(all_known))
    else:
        say(*described(all_known), *_evidence(row, known.signals, most))
        say(*_next(all_known))


@dataclass(frozen=True, slots=True)
class Known:
    """All that is shown of an incident: by the views, the log, and the configuration."""

    row: "IncidentRow"
    incident: "Incident"
    runs: Sequence["ExecutionRow"]
    sent: Sequence["DeliveryRow"]
    by: "Deadlines | None"


def _as_object(known: Known) -> dict[str, Any]:
    return {
        **fields_of(known.row),
        **show_alerts.as_object(known.row, known.by, now()),
        "signals": [signal.model_dump(mode="json") for signal in known.incident.signals],
        "executions": [fields_of(each) for each in known.runs],
        "deliveries": [fields_of(each) for each in known.sent],
    }


def described(known: Known) -> Iterator[str]:
    """Give what is known of an incident, but for its signals."""
    row = known.row
    yield (
        f"{by_severity(row.severity, row.severity)}  {heading(row.id)}  "
        f"{by_status(row.status, row.status)}"
    )
    yield from wrapped(safe(row.rule_name), space(), "    ")
    yield ""
    yield from _life(row)
    yield from show_alerts.deadlines(row, known.by, now())
    yield from show_alerts.required(row, known.by, now())
    yield from _origin(row)
    for title, values in (("Labels", row.labels), ("Context", row.context)):
        for at, (name, value) in enumerate(values.items()):
            yield from named("" if at else title, f"{name} = {_plain(value)}")
    yield from named("Runbook", row.runbook or "")
    for each in known.runs:
        where = f" at {each.step_name}" if each.step_name else ""
        yield from named("Execution", f"{each.id}: {shown_status(each)}{where}")
    yield ""
    yield from _why(row, known.incident)
    yield from show_alerts.told(known.sent, row.recorded_at)


def _life(row: "IncidentRow") -> Iterator[str]:
    at = now()
    yield from named("Detected", f"{exact(row.detected_at)} ({age(row.detected_at, at)} ago)")
    if row.acknowledged_by and row.acknowledged_at:
        answered = f"{exact(row.acknowledged_at)} by {row.acknowledged_by}"
        yield from named("Acknowledged", answered)
    yield from named("Investigator", row.investigated_by or "")
    yield from named("Assigned to", row.assignee or "")
    yield from named("Resolved", exact(row.resolved_at) if row.resolved_at else "")
    if row.closed_at:
        outcome = (row.outcome or "").replace("_", " ")
        yield from named("Closed", f"{exact(row.closed_at)}, {outcome}")
    yield from named("Continues", row.recurrence_of or "")


def _origin(row: "IncidentRow") -> Iterator[str]:
    from application.projections.texts import shown_key

    yield from named("About", shown_key(row.correlation_key))
    yield from named("Rule", f"{row.rule_id} (version {row.rule_digest[:12]})")
    yield from named("Category", row.category)
    yield from named("Source", row.source)


def _why(row: "IncidentRow", known: "Incident") -> Iterator[str]:
    by_rule = known.base_severity == known.diagnosis.base_severity
    base = "its rule says so" if by_rule else "a person said so, see the timeline"
    raised = f"{row.base_severity} ({base}) was raised by"
    because = base if row.severity == row.base_severity else raised
    yield heading(f"Why {row.severity}") + f": {because}"
    for reason in row.reasons:
        text = f"{reason['severity']}  {reason['rule']} ({reason['fact']})"
        yield from wrapped(safe(text), space(), "    ")
    harmless = type(known.facts)().model_dump()
    established = {name: value for name, value in row.facts.items() if value != harmless.get(name)}
    facts = ", ".join(f"{name} = {_plain(value)}" for name, value in established.items())
    yield from named("Facts", facts)
    yield ""


def _evidence(row: "IncidentRow", signals: Sequence["Signal"], most: int) -> Iterator[str]:
    times = f"{exact(row.first_signal_at)} to {exact(row.last_signal_at)}"
    yield heading(counted(row.signal_count, "signal")) + f", {times}"
    if row.overflow:
        yield f"    {row.overflow:,} of them beyond the rule's limit of incidents an hour"
    for signal in signals[:most]:
        yield f"  {faint(exact(signal.timestamp))}  {safe(_place(signal))}"
        yield from wrapped(clipped(safe(_data(signal)), 2 * space()), space(), "    ")
    left = row.signal_count - min(most, len(signals))
    if left and most:
        yield faint(f"  and {left:,} more")
    yield ""


def _next(known: Known) -> Iterator[str]:
    from infrastructure.cli.incidents import short_ids

    row = known.row
    short = short_ids([row.id])[row.id]
    yield heading("Next")
    if any(each.waiting for each in known.runs):
        yield "    tocsin tasks --all"
    for command in (*_NEXT[row.status], "why", "timeline"):
        name, _, rest = command.partition(" ")
        rest = rest.removeprefix("… ")
        yield f"    tocsin {name} {short} {rest}".rstrip()


def _place(signal: "Signal") -> str:
    if signal.origin is None:
        return signal.type
    return f"{signal.origin.source}, line {signal.origin.line}"


def _data(signal: "Signal") -> str:
    """Write what a signal says, but for its id and time."""
    own = {signal.id, str(signal.data.get("timestamp"))}
    fields = _fields(signal.data)
    return " ".join(f"{path}={value}" for path, value in fields if value not in own)


def _fields(data: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in data.items():
        if isinstance(value, Mapping) and value:
            yield from _fields(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping | list | bool) or value is None:
        return json.dumps(value, ensure_ascii=False, default=iso)
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"
