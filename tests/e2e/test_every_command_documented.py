"""Every command has help, and docs/commands.md says what the help says."""

from pathlib import Path

import click
import pytest

from infrastructure.cli.catalogue import COMMANDS
from infrastructure.cli.reference import commands, reference
from tests.support.command import Command

DOCUMENT = Path(__file__).parents[2] / "docs" / "commands.md"
EVERY = dict(commands())


def test_the_document_is_what_the_commands_say() -> None:
    assert DOCUMENT.read_text("utf-8") == reference(), (
        "run: python -m infrastructure.cli.reference > docs/commands.md"
    )


@pytest.mark.parametrize("name", EVERY)
def test_a_command_and_its_options_are_documented(name: str) -> None:
    section = DOCUMENT.read_text("utf-8").partition(f"### `{name}`\n")[2].partition("### ")[0]
    assert section
    for parameter in EVERY[name].params:
        if isinstance(parameter, click.Option):
            assert all(option in section for option in parameter.opts)
            assert parameter.help


@pytest.mark.parametrize("name", EVERY)
def test_help_fits_and_has_examples(name: str) -> None:
    context = click.Context(EVERY[name], info_name=name, terminal_width=78)
    shown = EVERY[name].get_help(context)
    assert max(map(len, shown.splitlines())) <= 80
    if not isinstance(EVERY[name], click.Group):
        examples = shown.partition("Examples:\n")[2].splitlines()
        assert len(examples) >= 2
        assert all("tocsin " in example for example in examples)


def test_all_help_is_shown_without_loading_a_command(tmp_path: Path) -> None:
    tocsin = Command(tmp_path, "sqlite:///none.db")
    shown = tocsin.ok("--help").out
    assert max(map(len, shown.splitlines())) <= 80
    assert all(f"\n  {name} " in shown for name in COMMANDS)
    assert tocsin.ok("-h").out == shown
    assert tocsin.run().status == 2
    assert tocsin.ok("--version").out.startswith("tocsin 0")
