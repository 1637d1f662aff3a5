"""Checking a configuration looks at its templates of messages and its responders, too."""

import shutil
from pathlib import Path

import pytest

from infrastructure.cli.rules import checked
from infrastructure.settings import SHIPPED


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "conf"))


def errors(folder: Path) -> list[str]:
    _, mistakes = checked([folder])
    told = [str(mistake) for mistake in mistakes if mistake.severity == "error"]
    return [line.removeprefix(f"{folder}/") for line in told]


def test_what_ships_is_sound(folder: Path) -> None:
    assert errors(folder) == []


def test_all_that_is_wrong_is_told_at_once(folder: Path) -> None:
    (folder / "responders.yaml").write_text("teams:\n  ops: { members: [zoe] }\n")
    (folder / "templates" / "a.md").write_text("Subject: a\n\n{{ broken\n")
    (folder / "templates" / "b.txt").write_text("no subject\n")
    (folder / "templates" / "c.md").write_bytes(b"Subject: \xff\n\nx\n")
    (folder / "templates" / "notes.html").write_text("{{")
    assert errors(folder) == [
        "responders.yaml:2:20: teams.ops.members[0]: there is no person zoe "
        "(expected a person of this file)",
        "templates/a.md:3:1: unexpected end of template, expected 'end of print statement'",
        "templates/b.txt:1:1: the first line is no subject; write: Subject: what happened",
        "templates/c.md:1:1: not UTF-8",
    ]


def test_a_configuration_without_either_is_whole(folder: Path) -> None:
    shutil.rmtree(folder / "templates")
    (folder / "responders.yaml").unlink()
    assert errors(folder) == []
