"""Writes docs/commands.md from the commands: `python -m infrastructure.cli.reference`."""

import inspect
import re
from collections.abc import Iterator

import click

from infrastructure.cli.catalogue import SECTIONS
from infrastructure.cli.program import tocsin

_INTRODUCTION = """\
# Commands

Made by `python -m infrastructure.cli.reference > docs/commands.md` from what `--help` says; a test
compares the two.

Every command takes `--help`. An incident is named by its id or by any part of it that no other id
has. `--json` prints JSON in which everything beyond ASCII is escaped. Colours appear on a terminal
only, and not at all with `NO_COLOR`. Tables are as wide as the terminal, or `COLUMNS`, or 80.

| exit status | meaning |
|---|---|
| 0 | done |
| 1 | refused or failed: the message says why and what to do |
| 2 | not understood: a wrong option, an impossible value, a mistake in the configuration |
| 130 | interrupted |
| 141 | nobody reads the output any more |

| environment | meaning |
|---|---|
| `TOCSIN_DATABASE` | the log: a file, `sqlite:///PATH` or `postgresql://USER@HOST/NAME` |
| `TOCSIN_CONFIG` | a folder made by `tocsin init`; without it, what ships with Tocsin |
| `TOCSIN_USER` | who you are; without it, your account's name |
| `TOCSIN_DEBUG` | set to 1, it shows where something that should not happen happened |
"""


def reference() -> str:
    """Give the whole text."""
    return "\n".join((_INTRODUCTION, *_sections())).rstrip() + "\n"


def commands(
    group: click.Group = tocsin, prefix: str = "tocsin"
) -> Iterator[tuple[str, click.Command]]:
    """Give every command with its full name, groups before what is in them."""
    context = click.Context(group, info_name=prefix)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is not None:
            yield f"{prefix} {name}", command
            if isinstance(command, click.Group):
                yield from commands(command, f"{prefix} {name}")


def _sections() -> Iterator[str]:
    known = dict(commands())
    for section, entries in SECTIONS.items():
        yield f"## {section}\n"
        for name in entries:
            full = f"tocsin {name}"
            for each, command in known.items():
                if each == full or each.startswith(f"{full} "):
                    yield from _described(each, command)


def _described(name: str, command: click.Command) -> Iterator[str]:
    context = click.Context(command, info_name=name)
    pieces = " ".join(command.collect_usage_pieces(context))
    yield f"### `{name}`\n"
    yield _paragraphs(inspect.cleandoc(command.help or "")) + "\n"
    if isinstance(command, click.Group):
        return
    yield f"    {name} {pieces}\n"
    options = [each.get_help_record(context) for each in command.get_params(context)]
    rows = [f"| `{_cell(each[0])}` | {_cell(each[1])} |" for each in options if each and each[1]]
    if rows[:-1]:
        # The last one is --help, which every command has.
        yield "| option | meaning |\n|---|---|\n" + "\n".join(rows[:-1]) + "\n"
    yield "".join(f"    {example}\n" for example in getattr(command, "examples", ()))


def _paragraphs(text: str) -> str:
    """Indent, as code, the paragraphs whose lines stand apart."""
    written = []
    for paragraph in text.split("\n\n"):
        if paragraph.startswith("\b"):
            first, *lines = paragraph.removeprefix("\b\n").splitlines()
            written.append(first + "\n\n" + "\n".join(f"    {line.strip()}" for line in lines))
        else:
            written.append(" ".join(paragraph.split()))
    return "\n\n".join(written)


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|")


if __name__ == "__main__":
    print(reference(), end="")
