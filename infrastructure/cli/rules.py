"""`tocsin rules`: checking rules and runbooks, and what the rules found."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from infrastructure.cli.commanding import Command, Group, with_examples
from infrastructure.cli.failures import BAD_INPUT
from infrastructure.cli.moments import age, exact, now
from infrastructure.cli.output import (
    by_severity,
    counted,
    fields_of,
    say,
    say_json_array,
    space,
    styled,
)
from infrastructure.cli.parameters import json_option, utc_option
from infrastructure.cli.tables import Column, table
from infrastructure.cli.texts import safe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.views import RuleRow
    from domain.detection.rule import Rule
    from infrastructure.configuration.mistakes import Mistake

_COLUMNS = (
    Column("ID", least=28),
    Column("NAME", least=8),
    Column("SEV", style=by_severity),
    Column("SOURCE"),
    Column("ON"),
    Column("FOUND", right=True),
    Column("LAST"),
)

# A folder that has one of these is a whole configuration, even if others are missing.
_PARTS = ("detection", "runbooks", "sources.yaml", "severity-levels.yaml")


@click.group(cls=Group)
def rules() -> None:
    """Check rules and runbooks, and see what the rules found."""


@with_examples(
    "tocsin rules check                       the configuration in use",
    "tocsin rules check detection/mine.yaml   a file of rules",
    "tocsin rules check runbooks/mine.yaml    a runbook",
    "tocsin rules check my-config --json      a folder",
)
@rules.command(cls=Command)
@click.argument("places", metavar="[PATH]...", nargs=-1, type=click.Path(exists=True))
@json_option
@click.pass_context
def check(context: click.Context, places: tuple[str, ...], as_json: bool) -> None:
    """Check rules and runbooks, and report every mistake at once, with its place.

    A folder as `tocsin init` writes it is checked as a whole; without a PATH, the configuration
    in use is. Exit status 2 if there is a mistake; warnings stop nothing.
    """
    good, mistakes = checked([Path(place) for place in places])
    errors = sum(mistake.severity == "error" for mistake in mistakes)
    if as_json:
        say_json_array(fields_of(mistake) for mistake in mistakes)
    else:
        say(*map(_told, mistakes))
        warnings = len(mistakes) - errors
        found = f"{counted(errors, 'mistake')}, {counted(warnings, 'warning')}"
        say(f"{good}; {found}.")
    if errors:
        context.exit(BAD_INPUT)


@with_examples("tocsin rules list", "tocsin rules list --utc", "tocsin rules list --json")
@rules.command("list", cls=Command)
@utc_option
@json_option
def list_(utc: bool, as_json: bool) -> None:
    """List the rules in use, how many incidents each found, and when it last fired.

    Rules that found something and are no longer in use are at the end. With --json also when
    each was first loaded, and when and by whom it was last changed or removed.
    """
    from infrastructure.cli.opened import opened, views_of

    with opened() as tocsin:
        configured = tocsin.configuration.rules
        views = views_of(tocsin)
        found = {row.id: row for row in views.rules()} if views else {}
    listed = [_listed(rule, found.pop(rule.id, None)) for rule in configured]
    listed += [_gone(row) for row in found.values() if row.incidents]
    if as_json:
        say_json_array(listed)
    else:
        say(*table(_COLUMNS, [_cells(each, utc=utc) for each in listed], space()))


def checked(places: "Sequence[Path]") -> "tuple[str, list[Mistake]]":
    """Say how much is good, and give all mistakes and warnings, in reading order."""
    from infrastructure.cli.opened import configured
    from infrastructure.configuration.checking import check_configuration, check_place
    from infrastructure.configuration.mistakes import in_reading_order

    rules = runbooks = wholes = 0
    mistakes: list[Mistake] = []
    for place in places or [configured()]:
        whole = not places or any((place / part).exists() for part in _PARTS)
        found = check_configuration(place) if whole else check_place(place)
        wholes += whole
        rules += found.rules
        runbooks += found.runbooks
        mistakes.extend(found.mistakes)
    good = [counted(rules, "good rule")] if rules or wholes or not runbooks else []
    good += [counted(runbooks, "good runbook")] if runbooks else []
    return " and ".join(good), list(in_reading_order(mistakes))


def _told(mistake: "Mistake") -> str:
    if mistake.severity == "error":
        return f"{styled('error:', fg='red', bold=True)} {safe(mistake)}"
    return f"{styled('warning:', fg='yellow')} {safe(mistake)}"


def _listed(rule: "Rule", row: "RuleRow | None") -> dict[str, Any]:
    return {
        "id": rule.id,
        "name": rule.name,
        "severity": rule.default_severity.value,
        "source": rule.detection.source,
        "enabled": rule.enabled,
        "in_use": True,
        "incidents": row.incidents if row else 0,
        **_history(row),
    }


def _gone(row: "RuleRow") -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "severity": row.severity,
        "source": None,
        "enabled": False,
        "in_use": False,
        "incidents": row.incidents,
        **_history(row),
    }


def _history(row: "RuleRow | None") -> dict[str, Any]:
    names = ("last_fired_at", "first_loaded_at", "changed_at", "changed_by")
    return {name: getattr(row, name, None) for name in names}


def _cells(listed: dict[str, Any], *, utc: bool) -> tuple[str, ...]:
    fired = listed["last_fired_at"]
    last = "" if fired is None else exact(fired) if utc else age(fired, now())
    enabled = "yes" if listed["enabled"] else "no" if listed["in_use"] else "gone"
    source = listed["source"] or ""
    return (
        listed["id"], listed["name"], listed["severity"], source, enabled,
        f"{listed['incidents']:,}", last,
    )  # fmt: skip
