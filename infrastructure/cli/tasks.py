"""`tocsin tasks`: what waits for a person."""

from typing import TYPE_CHECKING

import click

from infrastructure.cli.commanding import Command, with_examples
from infrastructure.cli.moments import age, now
from infrastructure.cli.output import counted, faint, fields_of, say, say_json_array, space
from infrastructure.cli.parameters import Text, json_option, user
from infrastructure.cli.tables import Column, table
from infrastructure.cli.texts import safe, wrapped

if TYPE_CHECKING:
    from application.views import ExecutionRow

_COLUMNS = (
    Column("ID"),
    Column("WHAT"),
    Column("SINCE", right=True),
    Column("LATE IN", right=True),
    Column("STEP", least=14),
    Column("FOR", least=10),
    Column("INCIDENT"),
)


@with_examples("tocsin tasks", "tocsin tasks --for ana", "tocsin tasks --all --json")
@click.command(cls=Command)
@click.option("--for", "name", type=Text(), default=user, metavar="NAME", help="By default: you.")
@click.option("--all", "everybodys", is_flag=True, help="Whoever they are for.")
@json_option
def tasks(name: str, everybodys: bool, as_json: bool) -> None:
    """Show what waits for you: steps to do, to approve, to decide on, and runbooks to review.

    For you is also what is for a team that you are in, and for a rotation while you are on call.
    """
    from infrastructure.cli.opened import opened, views_of

    with opened() as tocsin:
        views = views_of(tocsin)
        rows = [row for row in views.executions() if row.waiting] if views else []
        mine = {name, *tocsin.names_of(name)}
    shown = rows if everybodys else [row for row in rows if _is_for(row, mine)]
    if as_json:
        say_json_array(fields_of(row) | {"task": task_id(row)} for row in shown)
        return
    for row in shown:
        _show_why(row)
    if shown:
        say(*table(_COLUMNS, [_cells(row) for row in shown], space()))
    others = len(rows) - len(shown)
    if others:
        say(faint(f"{counted(others, 'task')} for others: tocsin tasks --all"))
    elif not shown:
        say("Nothing waits for anybody.")


def task_id(row: "ExecutionRow") -> str:
    """Name a task: its execution's last part, and the step."""
    last = row.id.rpartition("-")[2]
    return f"{last}/{row.step_id}" if row.step_id and row.waiting != "review" else last


def _is_for(row: "ExecutionRow", mine: set[str]) -> bool:
    return not row.waiting_for or bool(mine & set(row.waiting_for))


def _show_why(row: "ExecutionRow") -> None:
    told = row.instructions or (row.why if row.waiting == "decision" else "")
    if told:
        say(task_id(row))
        for line in told.splitlines():
            say(*wrapped(safe(line), space(), "    "))
        say("")


def _cells(row: "ExecutionRow") -> tuple[str, ...]:
    at = now()
    late = age(at, row.deadline) if row.deadline else ""
    since = age(row.waiting_since, at) if row.waiting_since else ""
    what = {
        "task": "to do",
        "approval": "to approve",
        "decision": "to decide",
        "review": "to review",
    }
    return (
        task_id(row), what.get(row.waiting or "", ""), since, late, row.step_name or "",
        ", ".join(row.waiting_for), row.incident_id.rpartition("-")[2],
    )  # fmt: skip
