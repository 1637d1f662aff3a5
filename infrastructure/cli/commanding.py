"""What every command shares: help with examples, and a group that loads commands late."""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TypeVar

import click

from infrastructure.cli.catalogue import COMMANDS, SECTIONS

_C = TypeVar("_C", bound=click.Command)


class _WithExamples(click.Command):
    """A command whose help ends with examples, each on a line of its own."""

    examples: Sequence[str] = ()

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples."""
        del ctx
        if self.examples:
            with formatter.section("Examples"):
                for example in self.examples:
                    formatter.write(f"{'':{formatter.current_indent}}{example}\n")


class Command(_WithExamples):
    """A command."""


class Group(_WithExamples, click.Group):
    """Commands under one name."""

    command_class = Command


class LateGroup(Group):
    """All commands of Tocsin; what one needs is imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        del ctx
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        module, _, name = entry.code.partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is meant, or suggest those with similar names."""
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.NoSuchCommand(args[0], possibilities=similar(args[0]), ctx=ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands by what they are for."""
        del ctx
        for section, entries in SECTIONS.items():
            with formatter.section(section):
                rows = [(f"{name:<12}", entry.summary) for name, entry in entries.items()]
                formatter.write_dl(rows)


def similar(name: str) -> list[str]:
    """Give the commands that somebody may have meant."""
    from difflib import get_close_matches

    return get_close_matches(name, COMMANDS) or [each for each in COMMANDS if name and name in each]


def with_examples(*examples: str) -> Callable[[_C], _C]:
    """End a command's help with examples."""

    def add(command: _C) -> _C:
        assert isinstance(command, _WithExamples)  # noqa: S101 - all of ours are
        command.examples = examples
        return command

    return add
