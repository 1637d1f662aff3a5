"""The program: all commands under one name, and every error as a line and an exit status."""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import click

from infrastructure.cli.commanding import LateGroup
from infrastructure.cli.main import INTERRUPTED

# What a shell gives a program that the end of its pipe has ended.
BROKEN_PIPE = 141

_HELP = """Detect incidents in logs, and see them through to their end.

\b
First steps:
  tocsin demo                       see what it does, in a folder of its own
  tocsin ingest /var/log/audit.log  read a log, from where it was left
  tocsin incidents                  what is wrong now, the worst first
  tocsin ack 7KQ2ZD                 answer for it; a part of the id will do

\b
Settings, from the environment:
  TOCSIN_DATABASE  a file, sqlite:///PATH or postgresql://USER@HOST/NAME
  TOCSIN_CONFIG    a folder made by `tocsin init`; else what ships with Tocsin
  TOCSIN_USER      who you are

Exit status: 0 done, 1 refused or failed, 2 not understood.
"""


class _Program(LateGroup):
    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was typed; of a broken pipe click itself would make status 1."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            return BROKEN_PIPE


@click.group(cls=_Program, help=_HELP, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tocsin", message="tocsin %(version)s")
def tocsin() -> None:
    """Detect incidents in logs, and see them through to their end."""


def run(arguments: Sequence[str]) -> int:
    """Run a command; give its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            # A terminal that cannot show a character must not end the command.
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr] # files
    try:
        status = tocsin.main(arguments, prog_name="tocsin", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        _silence()
        return BROKEN_PIPE
    except click.ClickException as error:
        return _usage(error)
    except Exception as error:
        return _failed(error)
    return status if isinstance(status, int) else 0


def _usage(error: click.ClickException) -> int:
    from infrastructure.cli.texts import safe_lines

    context = getattr(error, "ctx", None)
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        _tell(error.format_message())
        return error.exit_code
    _tell(f"tocsin: {safe_lines(error.format_message())}")
    if context is not None:
        _tell(f"{context.get_usage()}", f"Help: {context.command_path} --help")
    return error.exit_code


def _failed(error: Exception) -> int:
    from infrastructure.cli.failures import failure

    if os.environ.get("TOCSIN_DEBUG"):
        import traceback

        with suppress(OSError):
            traceback.print_exception(error)
    found = failure(error, _database())
    first, *more = found.lines
    _tell(f"tocsin: {first}", *more)
    with suppress(OSError, ValueError):
        sys.stdout.flush()
        return found.status
    _silence()
    return found.status


def _database() -> str:
    from infrastructure.settings import Settings

    try:
        return Settings.of().database
    except RuntimeError:
        # There is not even a home folder.
        return ""


def _tell(*lines: str) -> None:
    with suppress(OSError, ValueError, AttributeError):
        if sys.stdout is not None:
            sys.stdout.flush()
    with suppress(OSError, ValueError):
        for line in lines:
            print(line, file=sys.stderr)


def _silence() -> None:
    """Let what is still to be written go nowhere, so that the end is quiet, too."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
