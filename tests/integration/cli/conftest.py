"""Commands run in this process, on a database and a configuration of the test's own."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from application.journal import Journal
from infrastructure.cli.program import run
from infrastructure.settings import SHIPPED
from infrastructure.store.store import open_journal
from tests.support.told_incident import Story, detected


@dataclass(frozen=True)
class Told:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed, as JSON."""
        return json.loads(self.out)

    @property
    def flat(self) -> str:
        """What it printed, on one line."""
        return " ".join(self.out.split())


@dataclass(frozen=True)
class Program:
    """Runs commands; `config` is the folder of the configuration."""

    config: Path
    capsys: pytest.CaptureFixture[str]
    patch: pytest.MonkeyPatch

    def run(self, *arguments: str) -> Told:
        """Run a command."""
        self.capsys.readouterr()
        status = run(arguments)
        printed = self.capsys.readouterr()
        return Told(status, printed.out, printed.err)

    def ok(self, *arguments: str) -> Told:
        """Run a command that has to succeed; what it prints fits, and obeys no log."""
        told = self.run(*arguments)
        assert (told.status, told.err) == (0, ""), told
        if "--json" not in arguments:
            assert max(map(len, told.out.splitlines()), default=0) <= 80, told.out
        assert told.out.replace("\n", "").isprintable()
        return told


@pytest.fixture
def program(
    tmp_path: Path,
    sqlite_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Program:
    """The program, with the shipped rules and levels, and no channels."""
    config = tmp_path / "config"
    config.mkdir()
    (config / "detection").symlink_to(SHIPPED / "detection")
    for name in ("sources.yaml", "severity-levels.yaml"):
        (config / name).symlink_to(SHIPPED / name)
    told = {
        "TOCSIN_DATABASE": sqlite_url, "TOCSIN_CONFIG": str(config), "TOCSIN_USER": "tester",
        "COLUMNS": "80", "XDG_CACHE_HOME": str(tmp_path / "cache"), "HOME": str(tmp_path),
    }  # fmt: skip
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    return Program(config, capsys, monkeypatch)


@pytest.fixture
def journal(sqlite_url: str) -> Iterator[Journal]:
    """The log that the program reads."""
    with closing(open_journal(sqlite_url)) as journal:
        yield journal


@pytest.fixture
def story(journal: Journal) -> Story:
    """An incident was detected, and nobody has been told yet."""
    detected(journal)
    return Story(journal)


def configure(program: Program, text: str, name: str = "channels.yaml") -> None:
    """Write a file of the configuration."""
    path = program.config / name
    path.unlink(missing_ok=True)
    path.write_text(text)
