"""`tocsin channels`: how people are told, what became of it, and whether it works."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from infrastructure.cli.commanding import Command, Group, with_examples
from infrastructure.cli.failures import FAILED
from infrastructure.cli.moments import age, now
from infrastructure.cli.output import faint, say, say_json_array, space, styled, warn
from infrastructure.cli.parameters import Text, by_option, if_stated, json_option
from infrastructure.cli.tables import Column, table
from infrastructure.cli.texts import safe, wrapped

if TYPE_CHECKING:
    from domain.alerting.delivery import Delivery

_ON: dict[str, dict[str, Any]] = {
    "on": {"fg": "green"}, "off": {"dim": True}, "missing": {"fg": "red", "bold": True},
}  # fmt: skip


@click.group(cls=Group, invoke_without_command=True)
@click.pass_context
def channels(context: click.Context) -> None:
    """See how people are told, and try it.

    Channels are configured in channels.yaml; docs/channels.md says how. Without anything more,
    this is tocsin channels list.
    """
    if context.invoked_subcommand is None:
        context.invoke(list_)


@with_examples("tocsin channels list", "tocsin channels list --json")
@channels.command("list", cls=Command)
@json_option
def list_(as_json: bool) -> None:
    """List the channels: whom each tells of what, and what came of its messages.

    Also those that a rule or a severity level names and that there are not. With --json also what
    names each, and the counts by status.
    """
    from infrastructure.cli.channel_list import listed

    rows = listed()
    if as_json:
        say_json_array(rows)
        return
    if not rows:
        say("There are no channels, so nobody is told of anything.", "See docs/channels.md.")
        return
    say(*_lines(rows), *_hints(rows))


@with_examples(
    "tocsin channels test slack_incidents",
    'tocsin channels test pagerduty_high --by ana --reason "a new key"',
)
@channels.command(cls=Command)
@click.argument("channel", metavar="ID", type=Text())
@by_option
@click.option(
    "--reason", default="", type=click.STRING, metavar="TEXT", callback=if_stated,
    help="Why; it is kept with the message for ever.",
)  # fmt: skip
def test(channel: str, by: str, reason: str) -> None:
    """Send a test message by a channel, and tell what came of it. Nothing else is sent.

    Exit status 1 if it did not get through.
    """
    from infrastructure.cli.acting import bring_up_to_date, order_of
    from infrastructure.cli.opened import opened

    with opened() as tocsin:
        planned = tocsin.deliveries.test(channel, order_of("channels test", by, reason))
        say(faint(f"{planned.id} is being sent by {safe(channel)} …"))
        ended = tocsin.try_now(planned.id)
        bring_up_to_date(tocsin)
    if ended.status == "delivered":
        say(_got_through(ended))
        return
    warn(*_did_not(ended))
    click.get_current_context().exit(FAILED)


def _got_through(ended: "Delivery") -> str:
    from infrastructure.cli.delivery_story import to_whom

    to = to_whom([each.model_dump() for each in ended.recipients])
    receipt = ", ".join(f"{name} {value}" for name, value in ended.receipt.items())
    return safe(f"Delivered by {ended.errand.channel}{to}{f': {receipt}' if receipt else ''}")


def _did_not(ended: "Delivery") -> list[str]:
    from infrastructure.cli.delivery_story import short

    why = ended.why or "no answer came in time"
    lines = [safe(f"tocsin: not delivered by {ended.errand.channel}: {why}")]
    if ended.status == "failed":
        lines.append(f"Correct that, then: tocsin channels test {safe(ended.errand.channel)}")
        if ended.stands_in:
            lines.append(f"{short(ended.stands_in)} stands in for it; a worker sends that.")
    else:
        lines.append("A worker tries it again (tocsin work): tocsin deliveries")
    return lines


def _by_state(state: str, text: str) -> str:
    return styled(text, **_ON.get(state, {}))


_COLUMNS = (
    Column("CHANNEL", least=14),
    Column("TYPE", least=8),
    Column("STATE", style=_by_state),
    Column("SENT", right=True),
    Column("LAST", right=True),
    Column("WAITING", right=True),
    Column("FAILED", right=True),
)
_INDENT = " " * 4


def _lines(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Give the table, and under a channel whom it tells of what."""
    title, *lines = table(_COLUMNS, [_cells(row) for row in rows], space())
    yield title
    for row, line in zip(rows, lines, strict=True):
        yield line
        if told := _terms(row):
            yield from map(faint, wrapped(safe(told), space(), _INDENT))


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    last = row["last_delivered_at"]
    return (
        row["id"], row["type"] or "", row["state"], _number(row["delivered"]),
        age(last, now()) if last else "", _number(row["waiting"]), _number(row["failed"]),
    )  # fmt: skip


def _terms(row: dict[str, Any]) -> str:
    """Say whom a channel tells, of what, when, and what stands in for it."""
    if row["state"] == "missing":
        return f"not in channels.yaml, but named by {', '.join(row['named_by'])}"
    to = f"to {', '.join(row['to'])}" if row["to"] else ""
    worst = f"{row['min_severity']} and worse" if row["min_severity"] else ""
    categories = row["categories"]
    kinds = ", ".join(categories) or "no category" if categories is not None else ""
    of = "takes " + ", ".join(filter(None, (worst, kinds))) if worst or kinds else ""
    digest = f"once a day at {row['digest']}" if row["digest"] else ""
    otherwise = f"if it fails, {row['fallback']}" if row["fallback"] else ""
    return "; ".join(filter(None, (to, of, digest, otherwise)))


def _number(count: int) -> str:
    return f"{count:,}" if count else ""


def _hints(rows: list[dict[str, Any]]) -> Iterator[str]:
    hints = []
    if any(row["state"] == "missing" for row in rows):
        hints.append("Add what is missing to channels.yaml, or take its name out.")
    if all(row["state"] != "on" for row in rows):
        hints.append("No channel is on, so nobody is told of anything: see docs/channels.md")
    elif any(row["failed"] for row in rows):
        hints.append("What failed: tocsin deliveries list --status failed")
    yield from ("", *hints) if hints else ()
