"""`tocsin run` and `tocsin executions`: runbooks being carried out, and how far they are."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from infrastructure.cli.commanding import Command, with_examples
from infrastructure.cli.failures import RefusedError
from infrastructure.cli.moments import age, exact, now
from infrastructure.cli.output import (
    faint,
    fields_of,
    heading,
    say,
    say_json,
    say_json_array,
    space,
    styled,
)
from infrastructure.cli.parameters import (
    Text,
    by_option,
    incident_argument,
    json_option,
    reason_option,
)
from infrastructure.cli.tables import Column, table
from infrastructure.cli.texts import safe, wrapped

if TYPE_CHECKING:
    from application.views import ExecutionRow
    from domain.runbook.execution import RunbookExecution
    from domain.runbook.progress import Progress

_STYLES: dict[str, dict[str, Any]] = {
    "undecided": {"fg": "red", "bold": True},
    "waiting": {"fg": "yellow"},
    "in review": {"fg": "yellow"},
    "completed": {"fg": "green"},
    "aborted": {"dim": True},
    "held": {"fg": "red", "bold": True},
    "unknown": {"fg": "red", "bold": True},
    "failed": {"fg": "red"},
    "succeeded": {"fg": "green"},
    "skipped": {"dim": True},
}
_WORDS = {
    "asked": "to approve", "assigned": "to do", "resting": "to retry", "held": "undecided",
    "unknown": "unknown", "refused": "refused",
}  # fmt: skip


_WITH = dict.fromkeys(("skip", "abort", "refuse"), " --note WHY")
"""What a decision takes besides the execution."""


@with_examples(
    "tocsin run 7KQ2ZD runbook-secret-exposure",
    'tocsin run 7KQ2ZD runbook-secret-exposure --reason "the key is live"',
)
@click.command(cls=Command)
@incident_argument
@click.argument("runbook", metavar="RUNBOOK", type=Text())
@click.option("--again", is_flag=True, help="Even if it is being carried out already.")
@by_option
@reason_option
def run(incident: str, runbook: str, again: bool, by: str, reason: str) -> None:
    """Start a runbook for an incident. A worker (tocsin work) then carries it out."""
    from infrastructure.cli.acting import identified_incident, order_of
    from infrastructure.cli.opened import opened, views_of

    with opened() as tocsin:
        incident_id = identified_incident(tocsin, incident)
        views = views_of(tocsin)
        if views and not again:
            _refuse_if_running(views.executions(incident_id), runbook)
        started = tocsin.executions.run(incident_id, runbook, order_of("run", by, reason))
        say(f"{started} is started for {incident_id}: {safe(runbook)}")
        say(faint("A worker carries it out: tocsin work"))


@with_examples(
    "tocsin executions                      what is not over",
    "tocsin executions --all --json",
    "tocsin executions 7KQ2ZDAB             one, step by step",
)
@click.command(cls=Command)
@click.argument("execution", metavar="[ID]", required=False, type=Text())
@click.option("--all", "also_over", is_flag=True, help="Also those that are over.")
@click.option("--incident", type=Text(), metavar="ID", help="Only of this incident.")
@json_option
def executions(execution: str | None, also_over: bool, incident: str | None, as_json: bool) -> None:
    """Show the runbooks that are being carried out, or one of them step by step."""
    from infrastructure.cli.opened import identified, known_execution, opened, views_of

    with opened() as tocsin:
        if execution is not None:
            known = known_execution(tocsin, execution)
            say_json(_as_object(known)) if as_json else say(*described(known))
            return
        views = views_of(tocsin)
        which = identified(views, incident) if incident else None
        rows = views.executions(which, also_over=also_over) if views else []
    if as_json:
        say_json_array(fields_of(row) for row in rows)
    elif rows:
        say(*table(_COLUMNS, [_cells(row) for row in rows], space()))
    else:
        say("No runbook is being carried out.", "Those that are over: tocsin executions --all")


def _by_status(status: str, text: str) -> str:
    return styled(text, **_STYLES.get(status, {}))


_COLUMNS = (
    Column("ID"),
    Column("STATUS", style=_by_status),
    Column("DONE", right=True),
    Column("AGE", right=True),
    Column("STEP", least=12),
    Column("RUNBOOK", least=12),
)


def _cells(row: "ExecutionRow") -> tuple[str, ...]:
    return (
        row.id, shown_status(row), f"{row.steps_done}/{row.steps}", age(row.started_at, now()),
        row.step_name or "", row.runbook_name,
    )  # fmt: skip


def shown_status(row: "ExecutionRow") -> str:
    """Say where an execution stands, in a word or two."""
    if row.status == "running" and row.waiting is not None:
        return "undecided" if row.waiting == "decision" else "waiting"
    return row.status.replace("_", " ")


def _refuse_if_running(rows: "Sequence[ExecutionRow]", runbook: str) -> None:
    for row in rows:
        if row.runbook_id == runbook and row.parent is None:
            msg = f"{row.id} is carrying out {safe(runbook)} for {row.incident_id} already"
            raise RefusedError(msg, f"See it: tocsin executions {row.id}", "Or say --again.")


def described(known: "RunbookExecution") -> Iterator[str]:
    """Tell an execution step by step."""
    status = known.status.replace("_", " ")
    yield f"{heading(known.id)}  {_by_status(status, status)}"
    yield from wrapped(safe(known.runbook.name), space(), "    ")
    yield ""
    yield from _origin(known)
    yield ""
    columns = (
        Column("STEP"),
        Column("STATUS", style=_by_status),
        Column("TRIES", right=True),
        Column("NAME", least=16),
        Column("WHAT CAME OF IT", least=20),
    )
    rows = [
        (step.id, _status(progress), str(progress.attempt or ""), step.name, _result(progress))
        for step in known.runbook.steps
        for progress in (known.progress[step.id],)
    ]
    yield from table(columns, rows, space())
    yield from _reasons(known)
    yield from _needs(known)


def _origin(known: "RunbookExecution") -> Iterator[str]:
    by = f"{safe(known.started_by.name)}, {exact(known.created_on)}"
    named = {
        "Incident": known.incident_id,
        "Runbook": f"{safe(known.runbook.id)} (version {known.pinned.digest[:12]})",
        "Started by": by,
        "Inside": f"{known.parent.execution_id}/{known.parent.step_id}" if known.parent else "",
        "Reviewed by": safe(known.reviewed_by),
    }
    for name, value in named.items():
        if value:
            yield f"    {faint(f'{name:<14}')}{value}"


def _reasons(known: "RunbookExecution") -> Iterator[str]:
    """Say in full why steps failed: a table has no room for that."""
    told = [(each, progress.why) for each, progress in known.progress.items() if progress.why]
    for step_id, why in told:
        yield ""
        yield from wrapped(f"{step_id}: {safe(why)}", space())


def _status(progress: "Progress") -> str:
    return _WORDS.get(progress.status, progress.status)


def _result(progress: "Progress") -> str:
    import json

    if progress.why:
        return "see below"
    if progress.inside is not None:
        return f"see {progress.inside}"
    return json.dumps(progress.output, ensure_ascii=False) if progress.output else ""


def _needs(known: "RunbookExecution") -> Iterator[str]:
    """Say what a person can do now."""
    from domain.runbook.progress import UNDECIDED

    current = known.current_step
    what: tuple[str, ...] = ()
    if known.ended == "in_review":
        what = ("review",)
    elif known.is_paused:
        what = ("resume", "abort")
    elif current is not None and not known.ended:
        status = known.progress[current.id].status
        offers = {"asked": ("approve", "refuse"), "assigned": ("done", "skip")}
        what = ("retry", "skip", "done", "abort") if status in UNDECIDED else offers.get(status, ())
    if what:
        yield ""
        yield heading("Next")
        last = known.id.rpartition("-")[2]
        yield from (f"    tocsin task {each} {last}{_WITH.get(each, '')}" for each in what)


def _as_object(known: "RunbookExecution") -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "id": known.id,
        "incident_id": known.incident_id,
        "runbook": known.runbook.model_dump(mode="json", exclude_defaults=True),
        "digest": known.pinned.digest,
        "status": known.status,
        "parent": known.parent.model_dump() if known.parent else None,
        "started_by": known.started_by.name,
        "started_at": known.created_on,
        "reviewed_by": known.reviewed_by or None,
        "steps": {name: asdict(progress) for name, progress in known.progress.items()},
        "version": known.version,
    }
