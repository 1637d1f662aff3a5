"""`tocsin runbooks`: which runbooks there are, what they do, and those of others brought in."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from infrastructure.cli.commanding import Command, Group, with_examples
from infrastructure.cli.failures import RefusedError
from infrastructure.cli.output import say, say_json, say_json_array, space
from infrastructure.cli.parameters import Text, json_option
from infrastructure.cli.tables import Column, table
from infrastructure.cli.texts import safe

if TYPE_CHECKING:
    from domain.runbook.runbook import Runbook
    from infrastructure.configuration.configuration import Configuration

_COLUMNS = (
    Column("ID", least=24),
    Column("NAME", least=8),
    Column("STEPS", right=True),
    Column("TRIGGERS", least=8),
    Column("RULES", least=8),
)


@click.group(cls=Group)
def runbooks() -> None:
    """See the runbooks in use, and bring in those of others."""


@with_examples("tocsin runbooks list", "tocsin runbooks list --json")
@runbooks.command("list", cls=Command)
@json_option
def list_(as_json: bool) -> None:
    """List the runbooks in use: how many steps each has, and what starts it."""
    configuration = _configuration()
    rows = [_listed(each, _rules(each, configuration)) for each in configuration.runbooks]
    if as_json:
        say_json_array(rows)
    elif rows:
        say(*table(_COLUMNS, [_cells(row) for row in rows], space()))
    else:
        say("There are no runbooks.", "See docs/runbooks.md, or: tocsin runbooks import --help")


@with_examples(
    "tocsin runbooks show runbook-secret-exposure",
    "tocsin runbooks show secret --json",
)
@runbooks.command(cls=Command)
@click.argument("name", metavar="ID", type=Text())
@json_option
def show(name: str, as_json: bool) -> None:
    """Show what a runbook does, step by step, and who has a say in it.

    A part of its id will do, if no other runbook's id has it.
    """
    from infrastructure.cli.runbook_story import story

    configuration = _configuration()
    runbook = _identified(name, configuration)
    rules = _rules(runbook, configuration)
    if as_json:
        written = runbook.model_dump(mode="json", by_alias=True)
        say_json({**written, "digest": runbook.digest, "rules": rules})
    else:
        say(*story(runbook, rules, space()))


@with_examples(
    "tocsin runbooks import playbook.json                 print it",
    "tocsin runbooks import playbook.json --to my/runbooks",
)
@runbooks.command("import", cls=Command)
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False))
@click.option(
    "--to", "folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path),
    help="Write the runbook into this folder, as a file named after its id.",
)  # fmt: skip
def import_(file: str, folder: Path | None) -> None:
    """Make a runbook of the CACAO 2.0 playbook in FILE.

    What has no counterpart is named, with its place in the playbook, and never dropped silently:
    in comments of the runbook, where the playbook means the same without it; else the playbook is
    refused, with exit status 1. One that is no valid playbook is refused with exit status 2.
    No file is ever overwritten. docs/cacao.md says what becomes of what.
    """
    from infrastructure.cli.importing import imported, written

    found = imported(Path(file))
    if folder is None:
        say(found.text.rstrip("\n"))
        return
    path = written(found, folder)
    say(f"Wrote {safe(path)}.")
    if found.notes:
        say("What is different from the playbook, or not in it:", *map(_note, found.notes))
    say(f"Check it: tocsin rules check {safe(path)}")


def _note(note: object) -> str:
    return f"  {safe(note)}"


def _configuration() -> "Configuration":
    from infrastructure.configuration.configuration import read_configuration
    from infrastructure.settings import Settings

    return read_configuration(Settings.of().config)


def _rules(runbook: "Runbook", configuration: "Configuration") -> list[str]:
    """Give the ids of the rules that name a runbook."""
    return [rule.id for rule in configuration.rules if rule.runbook == runbook.id]


def _identified(part: str, configuration: "Configuration") -> "Runbook":
    exact = [each for each in configuration.runbooks if each.id == part]
    found = exact or [each for each in configuration.runbooks if part in each.id]
    if len(found) == 1:
        return found[0]
    if not found:
        msg = f"there is no runbook {safe(part)}"
        raise RefusedError(msg, "See them: tocsin runbooks list")
    msg = f"{safe(part)} could be any of {len(found)} runbooks; type more of its id"
    raise RefusedError(msg, *(each.id for each in found))


def _listed(runbook: "Runbook", rules: list[str]) -> dict[str, Any]:
    return {
        "id": runbook.id,
        "name": runbook.name,
        "steps": len(runbook.steps),
        "triggers": list(runbook.triggers),
        "rules": rules,
        "digest": runbook.digest,
    }


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    return (
        row["id"], row["name"], str(row["steps"]), ", ".join(row["triggers"]),
        ", ".join(row["rules"]),
    )  # fmt: skip
