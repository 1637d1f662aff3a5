"""`tocsin task`: what a person decides about a step that waits."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from infrastructure.cli.commanding import Command, Group, with_examples
from infrastructure.cli.failures import BadInputError, RefusedError
from infrastructure.cli.output import say
from infrastructure.cli.parameters import Label, Text, by_option, if_stated
from infrastructure.cli.texts import safe

if TYPE_CHECKING:
    from application.commands.executions import ExecutionCommands
    from application.commands.incidents import Order
    from domain.runbook.execution import RunbookExecution
    from infrastructure.bootstrap import Tocsin

    Deed = Callable[[ExecutionCommands, str, str, Order], RunbookExecution]

_F = TypeVar("_F", bound=Callable[..., Any])


@click.group(cls=Group)
def task() -> None:
    """Do, approve, decide on or review what waits for a person.

    A task is named by its id in tocsin tasks, or by any part of its execution's id.
    """


def _task_argument(command: _F) -> _F:
    return click.argument("task_", metavar="ID", type=Text())(command)


def _note_option(required: bool) -> Callable[[_F], _F]:
    def add(command: _F) -> _F:
        return click.option(
            "--note", required=required, default=None if required else "", type=click.STRING,
            metavar="TEXT", callback=if_stated,
            help="Why, or what was done; it is kept for ever.",
        )(command)  # fmt: skip

    return add


@with_examples(
    'tocsin task done 7KQ2ZDAB --note "the new key is in the vault"',
    "tocsin task done 7KQ2ZDAB/step-3 --state new_key_id=k-2",
)
@task.command(cls=Command)
@_task_argument
@click.option(
    "--state", "stated", type=Label(), multiple=True, metavar="NAME=VALUE",
    help="State what the step needs; on a terminal it asks for what is missing.",
)  # fmt: skip
@_note_option(required=False)
@by_option
def done(task_: str, stated: tuple[tuple[str, str], ...], note: str, by: str) -> None:
    """Say that a step is done; also one that failed, and that you did by hand."""
    given = dict(stated)
    if len(given) < len(stated):
        msg = "something is stated twice."
        raise BadInputError(msg)

    def deed(do: "ExecutionCommands", of: str, step: str, order: "Order") -> "RunbookExecution":
        return do.complete(of, step, order, given)

    _act("done", task_, (by, note), deed, before=lambda known, step: _ask_for(known, step, given))


@with_examples(
    'tocsin task skip 7KQ2ZDAB --note "the key was deleted yesterday"',
    'tocsin task skip 7KQ2ZDAB/step-4 --note "done by the vendor" --by ana',
)
@task.command(cls=Command)
@_task_argument
@_note_option(required=True)
@by_option
def skip(task_: str, note: str, by: str) -> None:
    """Leave a step out, and go on with the next."""
    _act("skip", task_, (by, note), lambda do, of, step, order: do.skip(of, step, order))


@with_examples(
    "tocsin task retry 7KQ2ZDAB",
    'tocsin task retry 7KQ2ZDAB/step-2 --note "the token is renewed"',
)
@task.command(cls=Command)
@_task_argument
@_note_option(required=False)
@by_option
def retry(task_: str, note: str, by: str) -> None:
    """Try a step again that failed, was refused, or of which nobody knows what came."""
    _act("retry", task_, (by, note), lambda do, of, step, order: do.retry(of, step, order))


@with_examples(
    'tocsin task abort 7KQ2ZDAB --note "a false alarm"',
    'tocsin task abort RUN-GVBFGV-7KQ2ZDAB --note "superseded" --by ana',
)
@task.command(cls=Command)
@_task_argument
@_note_option(required=True)
@by_option
def abort(task_: str, note: str, by: str) -> None:
    """End the execution; what a running step comes to is still recorded."""
    _act("abort", task_, (by, note), lambda do, of, _, order: do.abort(of, order))


@with_examples("tocsin task approve 7KQ2ZDAB", "tocsin task approve 7KQ2ZDAB --by ben")
@task.command(cls=Command)
@_task_argument
@_note_option(required=False)
@by_option
def approve(task_: str, note: str, by: str) -> None:
    """Let a step start. Whoever started the runbook cannot approve its steps."""
    _act("approve", task_, (by, note), lambda do, of, step, order: do.approve(of, step, order))


@with_examples(
    'tocsin task refuse 7KQ2ZDAB --note "not during the sale"',
    'tocsin task refuse 7KQ2ZDAB/step-2 --note "wrong key" --by ben',
)
@task.command(cls=Command)
@_task_argument
@_note_option(required=True)
@by_option
def refuse(task_: str, note: str, by: str) -> None:
    """Do not let a step start; it then waits to be skipped, tried again, or aborted."""
    _act("refuse", task_, (by, note), lambda do, of, step, order: do.refuse(of, step, order))


@with_examples(
    "tocsin task pause 7KQ2ZDAB", 'tocsin task pause 7KQ2ZDAB --note "until the sale is over"'
)
@task.command(cls=Command)
@_task_argument
@_note_option(required=False)
@by_option
def pause(task_: str, note: str, by: str) -> None:
    """Let no further step start; one that runs goes on to its end."""
    _act("pause", task_, (by, note), lambda do, of, _, order: do.pause(of, order))


@with_examples("tocsin task resume 7KQ2ZDAB", "tocsin task resume 7KQ2ZDAB --by ana")
@task.command(cls=Command)
@_task_argument
@_note_option(required=False)
@by_option
def resume(task_: str, note: str, by: str) -> None:
    """Let steps start again."""
    _act("resume", task_, (by, note), lambda do, of, _, order: do.resume(of, order))


@with_examples(
    "tocsin task review 7KQ2ZDAB",
    'tocsin task review 7KQ2ZDAB --note "all as it should be" --by security_lead',
)
@task.command(cls=Command)
@_task_argument
@_note_option(required=False)
@by_option
def review(task_: str, note: str, by: str) -> None:
    """Stand for what was done, so that the incident can be closed."""
    _act("review", task_, (by, note), lambda do, of, _, order: do.review(of, order))


def _act(
    name: str,
    written: str,
    who: tuple[str, str],
    deed: "Deed",
    before: "Callable[[RunbookExecution, str], None] | None" = None,
) -> None:
    from infrastructure.cli.acting import bring_up_to_date, order_of
    from infrastructure.cli.opened import opened

    with opened() as tocsin:
        known, step_id = _found(tocsin, written)
        if before is not None:
            before(known, step_id)
        order = order_of(name, *who)
        say(_truth(deed(tocsin.executions, known.id, step_id, order)))
        bring_up_to_date(tocsin)


def _found(tocsin: "Tocsin", written: str) -> "tuple[RunbookExecution, str]":
    """Find an execution and the step that is meant; by default the one it stands at."""
    from infrastructure.cli.opened import known_execution

    part, _, step_id = written.partition("/")
    known = known_execution(tocsin, part)
    current = known.current_step
    return known, step_id or (current.id if current else known.runbook.steps[-1].id)


def _ask_for(known: "RunbookExecution", step_id: str, given: dict[str, str]) -> None:
    """Ask, on a terminal, for what the step needs and nobody stated."""
    import sys

    from infrastructure.cli.output import is_terminal

    progress = known.progress.get(step_id)
    missing = [name for name in progress.needs if name not in given] if progress else []
    if missing and is_terminal(sys.stdin):
        for name in missing:
            given[name] = click.prompt(name, err=True)
    elif missing:
        wanted = " ".join(f"--state {name}=…" for name in missing)
        msg = f"{step_id} of {known.id} needs {', '.join(missing)}"
        raise RefusedError(msg, f"State it: {wanted}")


def _truth(known: "RunbookExecution") -> str:
    """Say in one line what is true of an execution now."""
    current = known.current_step
    at = f"; next: {safe(current.name)}" if current is not None and not known.ended else ""
    status = known.status.replace("_", " ")
    return f"{known.id} is {status}{at} ({safe(known.runbook.name)})"
