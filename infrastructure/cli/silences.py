"""`tocsin silences`: which alerts are held back, from when until when, and why."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import click

from infrastructure.cli.commanding import Command, Group, with_examples
from infrastructure.cli.failures import BadInputError
from infrastructure.cli.moments import now
from infrastructure.cli.output import fields_of, say, say_json_array, space, styled
from infrastructure.cli.parameters import (
    ComingMoment,
    Length,
    Text,
    ZoneName,
    by_option,
    if_stated,
    json_option,
)
from infrastructure.cli.tables import Column, table
from infrastructure.cli.texts import wrapped

if TYPE_CHECKING:
    from application.alerting.views import SilenceRow
    from domain.alerting.silence import Silence
    from infrastructure.cli.silencing import Covered

_F = TypeVar("_F", bound=Callable[..., Any])
_STYLES: dict[str, dict[str, Any]] = {
    "active": {"fg": "yellow"}, "ended": {"dim": True}, "over": {"dim": True},
}  # fmt: skip


@click.group(cls=Group)
def silences() -> None:
    """Hold alerts back for a time, and plan maintenance windows.

    Incidents are detected and shown as ever. An alert that is held back is sent when the silence
    ends, if nobody has answered for the incident by then. P0 is held back only where severity=P0
    or the incident itself is named.
    """


def _until_options(command: _F) -> _F:
    length = click.option(
        "--for", "length", type=Length(), metavar="LENGTH", help="How long: 30m, 2h, 7d."
    )
    end = click.option(
        "--until", "end", type=ComingMoment(), metavar="TIME",
        help="Instead of --for: 2026-12-10T22:00, or 2h from now.",
    )  # fmt: skip
    return length(end(command))


def _reason_option(command: _F) -> _F:
    return click.option(
        "--reason", default="", type=click.STRING, metavar="TEXT", callback=if_stated,
        help="Why; it is kept with the silence for ever.",
    )(command)  # fmt: skip


@with_examples("tocsin silences list", "tocsin silences list --all --json")
@silences.command("list", cls=Command)
@click.option("--all", "also_over", is_flag=True, help="Also those that are over.")
@json_option
def list_(also_over: bool, as_json: bool) -> None:
    """List silences and maintenance windows, and where each stands."""
    from infrastructure.cli.opened import current_views
    from infrastructure.cli.silence_story import standing

    at = now()
    with current_views() as views:
        rows = views.silences(at, also_over=also_over) if views else []
    if as_json:
        say_json_array(fields_of(row) | {"state": standing(row, at).state} for row in rows)
    elif rows:
        say(*table(_COLUMNS, [_cells(row, at) for row in rows], space()))
    else:
        say("Nothing is held back.", "Those that are over: tocsin silences list --all")


@with_examples(
    'tocsin silences add rule=auth-001 --for 2h --reason "we test the login"',
    "tocsin silences add severity=P3,P4 label.team=web --for 7d --reason moving",
    "tocsin silences add 'about~^10[.]' --from 6h --for 2h --reason audit",
    "tocsin silences add source=db --maintenance --every day --for 1h --reason copy",
)
@silences.command(cls=Command)
@click.argument("matchers", nargs=-1, metavar="[NAME=VALUE]...", type=Text())
@_until_options
@click.option("--from", "start", type=ComingMoment(), metavar="TIME", help="By default: now.")
@click.option("--maintenance", is_flag=True, help="It is a maintenance window.")
@click.option("--everything", is_flag=True, help="All alerts but those of P0; for maintenance.")
@click.option(
    "--every", type=click.Choice(["day", "week"]),
    help="It comes back at the same time of day; for maintenance.",
)  # fmt: skip
@click.option(
    "--timezone", type=ZoneName(), metavar="ZONE",
    help="Of that time of day, and of times typed without a zone; by default UTC.",
)  # fmt: skip
@click.option(
    "--repeat-until", type=ComingMoment(), metavar="TIME", help="By default it comes back for ever."
)
@by_option
@_reason_option
def add(matchers: tuple[str, ...], by: str, reason: str, **asked: Any) -> None:
    """Hold back the alerts for which everything that is named holds.

    \b
    Names:
      incident=ID    severity=P2,P3    category=data_leak    rule=ID
      source=NAME    channel=ID        about=TEXT
      label.NAME=VALUE                 context.PATH=VALUE

    NAME!=VALUE is there and not equal; NAME~REGEX is searched for. Where commas stand between
    words, any of them will do. An alert that lacks what is asked for is not held back. --reason,
    and --for or --until, are needed.
    """  # noqa: D301 - \b is how click keeps lines apart
    from infrastructure.cli.acting import bring_up_to_date, order_of
    from infrastructure.cli.opened import identified, opened, views_of
    from infrastructure.cli.silencing import covered, definition_of, read_matchers

    with opened() as tocsin:
        views = views_of(tocsin)
        typed = read_matchers(matchers, lambda part: identified(views, part))
        definition = definition_of(typed, reason, asked, now())
        found = covered(views, definition)
        silence = tocsin.silences.create(definition, order_of("silences add", by, reason))
        say(f"{silence.id} is made.")
        _describe(silence, found)
        bring_up_to_date(tocsin)


@with_examples("tocsin silences end 7KQ2ZDAB", 'tocsin silences end 7KQ2 --reason "done early"')
@silences.command(cls=Command)
@click.argument("silence", metavar="ID", type=Text())
@by_option
@_reason_option
def end(silence: str, by: str, reason: str) -> None:
    """End a silence before its time, or call off one that has not begun."""
    from infrastructure.cli.acting import bring_up_to_date, order_of
    from infrastructure.cli.opened import known_silence, opened

    with opened() as tocsin:
        which = known_silence(tocsin, silence)
        tocsin.silences.end(which.id, order_of("silences end", by, reason))
        say(f"{which.id} has ended.")
        bring_up_to_date(tocsin)


@with_examples(
    "tocsin silences extend 7KQ2ZDAB --for 1h",
    'tocsin silences extend 7KQ2 --until 20m --by ana --reason "nearly done"',
)
@silences.command(cls=Command)
@click.argument("silence", metavar="ID", type=Text())
@_until_options
@by_option
@_reason_option
def extend(
    silence: str, length: timedelta | None, end: datetime | None, by: str, reason: str
) -> None:
    """Move the end of a silence, later or earlier; --for counts from now.

    Of a window that comes back it moves the time after which it does so no more.
    """
    from domain.alerting.errors import ImpossibleSilenceError
    from infrastructure.cli.acting import bring_up_to_date, order_of
    from infrastructure.cli.opened import known_silence, opened, views_of
    from infrastructure.cli.silencing import NO_END, covered, end_of

    with opened() as tocsin:
        which = known_silence(tocsin, silence)
        until = end_of(length, end, now(), which.definition.schedule.timezone)
        if until is None:
            raise BadInputError(NO_END)
        found = covered(views_of(tocsin), which.definition)
        order = order_of("silences extend", by, reason)
        try:
            changed = tocsin.silences.extend(which.id, until, order)
        except ImpossibleSilenceError as error:
            raise BadInputError("\n".join(error.mistakes)) from error
        say(f"{changed.id} has another end.")
        _describe(changed, found)
        bring_up_to_date(tocsin)


def _describe(silence: "Silence", found: "Covered") -> None:
    """Tell what is held back, when, and how much that is now."""
    from infrastructure.cli.silence_story import counts_of, what_of, when_of

    kind = "Maintenance" if silence.definition.kind == "maintenance" else "Silence"
    told = (
        f"{kind}: {what_of(silence.definition)}",
        f"Holds {when_of(silence.definition.schedule)}",
        *counts_of(found),
    )
    for line in told:
        say(*wrapped(line, space(), "    "))


def _by_state(state: str, text: str) -> str:
    return styled(text, **_STYLES.get(state, {}))


_COLUMNS = (
    Column("ID"),
    Column("KIND"),
    Column("STATE", style=_by_state),
    Column("WHEN"),
    Column("WHAT", least=12),
    Column("WHY", least=8),
    Column("BY", least=6),
)


def _cells(row: "SilenceRow", at: datetime) -> tuple[str, ...]:
    from domain.alerting.matcher import Matcher
    from infrastructure.cli.silence_story import standing

    what = " ".join(str(Matcher.model_validate(each)) for each in row.matchers)
    return (
        row.id, row.kind, *standing(row, at), what or "everything", row.comment, row.created_by,
    )  # fmt: skip
