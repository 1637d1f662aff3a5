"""`tocsin deliveries`: what is sent to whom, what has not arrived, and sending it again."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from infrastructure.cli.commanding import Command, Group, with_examples
from infrastructure.cli.delivery_story import (
    by_delivery_status,
    is_lost,
    occasion_of,
    short_names,
    standing,
)
from infrastructure.cli.moments import age, now
from infrastructure.cli.output import (
    counted,
    faint,
    fields_of,
    say,
    say_json,
    say_json_array,
    space,
)
from infrastructure.cli.parameters import (
    Among,
    Text,
    by_option,
    delivery_argument,
    json_option,
    reason_option,
)
from infrastructure.cli.tables import Column, table
from infrastructure.cli.texts import safe, wrapped

if TYPE_CHECKING:
    from application.alerting.views import DeliveryRow
    from application.views import Views

STATUSES = ("failed", "waiting", "silenced", "sending", "delivered", "cancelled", "gathered")
_UNDER_WAY = STATUSES[1:4]
_FORGOTTEN_AFTER = timedelta(days=7)
"""How long a failure is shown unasked that belongs to no incident which could be closed."""


@click.group(cls=Group, invoke_without_command=True)
@click.pass_context
def deliveries(context: click.Context) -> None:
    """See what is sent to whom and what came of it, and send again what failed.

    Every alert is a delivery: one message to one channel. tocsin why tells why there is one.
    Without anything more, this is tocsin deliveries list.
    """
    if context.invoked_subcommand is None:
        context.invoke(list_)


@with_examples(
    "tocsin deliveries                      what has not arrived",
    "tocsin deliveries list --incident 7KQ2ZD --all",
    "tocsin deliveries list --channel slack_incidents --status failed --json",
)
@deliveries.command("list", cls=Command)
@click.option("--incident", type=Text(), metavar="ID", help="Only about this incident.")
@click.option("--channel", type=Text(), metavar="NAME", help="Only by this channel.")
@click.option(
    "--status", type=Among(STATUSES), default=None, metavar="LIST",
    help="Some of: " + ", ".join(STATUSES) + ".",
)  # fmt: skip
@click.option("--all", "everything", is_flag=True, help="Also what arrived, or need not any more.")
@click.option(
    "--limit", type=click.IntRange(1), default=1000, show_default=True, metavar="N",
    help="At most so many, the newest.",
)  # fmt: skip
@json_option
def list_(as_json: bool, **asked: Any) -> None:
    """List what has not arrived: what failed first, then what waits, is held back or being sent.

    What failed is left out once its incident is closed; --status failed shows all of it. The
    column ID is enough to type.
    """
    from infrastructure.cli.opened import current_views, identified

    with current_views() as views:
        which = identified(views, asked["incident"]) if asked["incident"] else None
        rows = listed(views, which, asked) if views else []
    more = len(rows) > asked["limit"]
    rows = sorted(rows[: asked["limit"]], key=lambda row: _order(row, asked))
    if as_json:
        say_json_array(fields_of(row) for row in rows)
    elif rows:
        say(*_lines(rows, now()), "", *_summary(rows))
        if more:
            say(faint(f"The first {asked['limit']:,} only; --limit shows more."))
    elif asked["everything"] or asked["status"]:
        say("No delivery is like that.")
    else:
        say("Nothing is left to be delivered.", "All of it: tocsin deliveries list --all")


def listed(views: "Views", incident_id: str | None, asked: dict[str, Any]) -> list["DeliveryRow"]:
    """Give the deliveries that are asked for, more than the limit if there are more."""
    from application.alerting.views import DeliveryFilter

    def found(statuses: Sequence[str], *, of_open: bool) -> list["DeliveryRow"]:
        return views.deliveries(
            DeliveryFilter(
                statuses=statuses,
                incident_id=incident_id,
                channel=asked["channel"],
                of_open=of_open,
                limit=asked["limit"] + 1,
            )
        )

    if asked["status"] or asked["everything"]:
        return found(asked["status"] or (), of_open=False)
    # Apart, so that however much waits, what failed is there.
    failed = found(("failed",), of_open=incident_id is None)
    at = now()
    return [row for row in failed if not is_forgotten(row, at)] + found(_UNDER_WAY, of_open=False)


def lost(views: "Views") -> list["DeliveryRow"]:
    """Give the messages that nobody got and nobody will, among the newest thousand that failed."""
    from application.alerting.views import DeliveryFilter

    wanted = DeliveryFilter(statuses=("failed",), of_open=True, limit=1000)
    at = now()
    return [row for row in views.deliveries(wanted) if is_lost(row) and not is_forgotten(row, at)]


def is_forgotten(row: "DeliveryRow", at: datetime) -> bool:
    """Say whether a failure of old is left out: one that no incident keeps in mind."""
    return row.status == "failed" and not row.incident_id and at - row.updated_at > _FORGOTTEN_AFTER


@with_examples("tocsin deliveries show 7KQ2ZDAB", "tocsin deliveries show 7KQ2 --json")
@deliveries.command(cls=Command)
@delivery_argument
@json_option
def show(delivery: str, as_json: bool) -> None:
    """Show everything about a delivery: what it says, why it is sent, to whom, and its history."""
    from infrastructure.cli.delivery_details import as_object, described
    from infrastructure.cli.opened import known_delivery, opened, views_of

    with opened() as tocsin:
        known = known_delivery(tocsin, delivery)
        views = views_of(tocsin)
        row = row_of(views, known.id)
        history = list(tocsin.journal.events.get(known.id))
    if as_json:
        say_json(as_object(row, known, history))
    else:
        say(*described(row, known, history))


def row_of(views: "Views | None", delivery_id: str) -> "DeliveryRow":
    """Give a delivery as the view shows it."""
    from application.alerting.views import DeliveryFilter

    found = views.deliveries(DeliveryFilter(ids=(delivery_id,))) if views else []
    assert found  # noqa: S101 - it was just found, and deliveries stay
    return found[0]


@with_examples(
    "tocsin deliveries retry 7KQ2ZDAB",
    'tocsin deliveries retry 7KQ2 --reason "the token is renewed"',
)
@deliveries.command(cls=Command)
@delivery_argument
@by_option
@reason_option
def retry(delivery: str, by: str, reason: str) -> None:
    """Have a message that failed, or was cancelled, sent again. A worker (tocsin work) does it."""
    from infrastructure.cli.acting import bring_up_to_date, order_of
    from infrastructure.cli.delivery_details import warnings_of
    from infrastructure.cli.opened import known_delivery, opened

    with opened() as tocsin:
        before = known_delivery(tocsin, delivery)
        warnings = list(warnings_of(before, tocsin))
        after = tocsin.deliveries.retry(before.id, order_of("deliveries retry", by, reason))
        occasion = after.errand.content.occasion.replace("_", " ")
        about = f" of {after.errand.incident_id}" if after.errand.incident_id else ""
        say(f"{after.id} waits to be sent again.")
        say(f"By {safe(after.errand.channel)}: {occasion}{about}")
        say(*warnings)
        say(faint("A worker sends it: tocsin work"))
        bring_up_to_date(tocsin)


_COLUMNS = (
    Column("WHEN", right=True),
    Column("ID"),
    Column("CHANNEL", least=14),
    Column("WHAT", least=10),
    Column("INCIDENT"),
    Column("STATUS", style=by_delivery_status),
)
_INDENT = " " * 6


def _lines(rows: list["DeliveryRow"], at: datetime) -> Iterator[str]:
    """Give the table, and under a row why it stands so, and when it goes on."""
    shorts = short_names(row.id for row in rows)
    title, *lines = table(_COLUMNS, [_cells(row, shorts[row.id], at) for row in rows], space())
    yield title
    for row, line in zip(rows, lines, strict=True):
        yield line
        if told := standing(row, at):
            yield from map(faint, wrapped(safe(told), space(), _INDENT))


def _cells(row: "DeliveryRow", name: str, at: datetime) -> tuple[str, ...]:
    return (
        age(row.planned_at, at), name, row.channel, occasion_of(row),
        row.incident_id.rpartition("-")[2], row.status,
    )  # fmt: skip


def _order(row: "DeliveryRow", asked: dict[str, Any]) -> int:
    # A stable sort: within a status the newest stays first.
    return 0 if asked["everything"] else STATUSES.index(row.status)


def _summary(rows: list["DeliveryRow"]) -> list[str]:
    failed = [row for row in rows if row.status == "failed"]
    told = [f"{counted(len(rows), 'delivery', 'deliveries')}, {len(failed):,} failed"]
    if failed:
        told.append("Send one again: tocsin deliveries retry ID; about one: tocsin why ID")
    return told
