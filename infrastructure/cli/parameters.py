"""How what is typed is read, and the options that several commands share."""

import os
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

import click

from domain.duration import parse_duration
from infrastructure.cli.moments import now, parse_coming, parse_moment

_F = TypeVar("_F", bound=Callable[..., Any])
_Param = click.Parameter | None
_Context = click.Context | None

STATUSES = ("detected", "acknowledged", "investigating", "resolved", "closed")
SEVERITIES = ("P0", "P1", "P2", "P3", "P4")
CATEGORIES = (
    "security_breach", "data_leak", "service_outage", "compliance_violation",
    "performance_degradation", "authentication_failure", "authorization_failure", "system_error",
)  # fmt: skip


class Text(click.ParamType[str]):
    """A text that says something and can be stored."""

    name = "text"

    def convert(self, value: Any, param: _Param, ctx: _Context) -> str:
        """Refuse what is empty, and bytes that are no UTF-8."""
        text = str(value)
        if not text.strip():
            self.fail("it is empty.", param, ctx)
        try:
            text.encode()
        except UnicodeEncodeError:
            self.fail(f"{text!r} is not valid UTF-8.", param, ctx)
        return text


class Moment(click.ParamType[datetime]):
    """A time, or how long ago it was."""

    name = "time"

    def convert(self, value: Any, param: _Param, ctx: _Context) -> datetime:
        """Read a time."""
        if isinstance(value, datetime):
            return value
        try:
            return parse_moment(str(value), now())
        except (ValueError, OverflowError) as error:
            self.fail(f"{error}.", param, ctx)


class ComingMoment(click.ParamType[datetime]):
    """A time, or how long from now it is; without a zone if it was typed without one."""

    name = "time"

    def convert(self, value: Any, param: _Param, ctx: _Context) -> datetime:
        """Read a time."""
        if isinstance(value, datetime):
            return value
        try:
            return parse_coming(str(value), now())
        except (ValueError, OverflowError) as error:
            self.fail(f"{error}.", param, ctx)


class Length(click.ParamType[timedelta]):
    """A length of time."""

    name = "length"

    def convert(self, value: Any, param: _Param, ctx: _Context) -> timedelta:
        """Read a duration such as 30m or 2h."""
        if isinstance(value, timedelta):
            return value
        try:
            return parse_duration(str(value))
        except ValueError as error:
            self.fail(f"{error}.", param, ctx)


class ZoneName(click.ParamType[str]):
    """The name of a time zone."""

    name = "zone"

    def convert(self, value: Any, param: _Param, ctx: _Context) -> str:
        """Refuse what is no zone."""
        from domain.source.format import time_zone

        try:
            time_zone(str(value))
        except ValueError as error:
            self.fail(f"{error}.", param, ctx)
        return str(value)


class Seconds(click.ParamType[float]):
    """A length of time, given in seconds."""

    name = "time"

    def convert(self, value: Any, param: _Param, ctx: _Context) -> float:
        """Read a duration such as 30s or 5m."""
        if isinstance(value, int | float):
            return float(value)
        try:
            return parse_duration(str(value)).total_seconds()
        except ValueError as error:
            self.fail(f"{error}.", param, ctx)


class Among(click.ParamType[tuple[str, ...]]):
    """One or more of some words, with commas between them."""

    name = "list"

    def __init__(self, words: Sequence[str], **several: Sequence[str]) -> None:
        self._meaning: dict[str, tuple[str, ...]] = {
            **{name: tuple(meant) for name, meant in several.items()},
            **{word.lower(): (word,) for word in words},
        }

    def convert(self, value: Any, param: _Param, ctx: _Context) -> tuple[str, ...]:
        """Read the words, in any case."""
        if isinstance(value, tuple):
            return value
        chosen: list[str] = []
        unknown = []
        for word in str(value).split(","):
            meant = self._meaning.get(word.strip().lower())
            chosen.extend(meant or ())
            unknown.extend([] if meant else [repr(word.strip())])
        if unknown:
            known = ", ".join(words[0] if len(words) == 1 else name for name, words in self._named)
            self.fail(f"there is no {', '.join(unknown)}; there are {known}.", param, ctx)
        return tuple(chosen)

    @property
    def _named(self) -> list[tuple[str, tuple[str, ...]]]:
        return list(self._meaning.items())


class Label(click.ParamType[tuple[str, str]]):
    """A label and its value."""

    name = "name=value"

    def convert(self, value: Any, param: _Param, ctx: _Context) -> tuple[str, str]:
        """Split at the first equals sign."""
        if isinstance(value, tuple):
            return value
        name, equals, wanted = Text().convert(value, param, ctx).partition("=")
        if not name or not equals:
            self.fail(f"{value!r} is no label: write NAME=VALUE, as in team=payments.", param, ctx)
        return name, wanted


def user() -> str:
    """Name who acts: TOCSIN_USER, or else the account's name."""
    named = os.environ.get("TOCSIN_USER", "").strip()
    if named:
        return named
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        msg = "nobody knows who you are: say --by NAME, or set TOCSIN_USER."
        raise click.UsageError(msg) from None


def incident_argument(command: _F) -> _F:
    """Take an incident's id."""
    return click.argument("incident", metavar="ID", type=Text())(command)


def delivery_argument(command: _F) -> _F:
    """Take a delivery's id."""
    return click.argument("delivery", metavar="ID", type=Text())(command)


def by_option(command: _F) -> _F:
    """Ask who acts."""
    return click.option(
        "--by", type=Text(), default=user, metavar="NAME",
        help="Who does this; by default $TOCSIN_USER, or else your account's name.",
    )(command)  # fmt: skip


def reason_option(command: _F) -> _F:
    """Ask why."""
    return click.option(
        "--reason", default="", type=click.STRING, metavar="TEXT", callback=if_stated,
        help="Why; it is kept with the incident for ever.",
    )(command)  # fmt: skip


def json_option(command: _F) -> _F:
    """Offer JSON."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")(
        command
    )


def utc_option(command: _F) -> _F:
    """Offer exact times."""
    return click.option("--utc", is_flag=True, help="Show exact times instead of ages.")(command)


def if_stated(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """Check a text that may be left out."""
    return Text().convert(value, param, ctx) if value else ""
