"""The action on the page about actions is built, installed, found and performed as it stands."""

import importlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from application.actions import ActionFailedError
from infrastructure.actions import catalogue
from infrastructure.actions.catalogue import UnknownActionError, action_class
from tests.support.action_contract import ActionContract, Situation
from tests.support.surroundings import surroundings

PAGE = (Path(__file__).parents[3] / "docs" / "actions.md").read_text("utf-8")
OWN = PAGE.partition("## An action of your own")[2]
MODULE = "block_address"


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", OWN, re.DOTALL)
    assert found
    return found[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("target")
    (source / f"{MODULE}.py").write_text(block("python"))
    (source / "pyproject.toml").write_text(block("toml"))
    command = [
        sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps",
        "--no-build-isolation", "--disable-pip-version-check", "--target", str(target), str(source),
    ]  # fmt: skip
    subprocess.run(command, check=True, env={**os.environ, "PIP_CONFIG_FILE": os.devnull})
    return target


@pytest.fixture
def found(installed: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.syspath_prepend(installed)
    importlib.invalidate_caches()
    catalogue.installed.cache_clear()
    yield action_class(MODULE)
    sys.modules.pop(MODULE)
    catalogue.installed.cache_clear()


@pytest.fixture
def blocked(tmp_path: Path) -> Path:
    file = tmp_path / "blocked"
    file.write_text("203.0.113.9\n")
    return file


@pytest.fixture
def situation(found: Any, blocked: Path) -> Situation:
    settings = found.Settings.model_validate({"file": str(blocked)})
    return Situation(
        action=found(settings, surroundings()),
        parameters={"address": "198.51.100.7"},
        effects=lambda: blocked.read_text().splitlines(),
    )


class TestBlockAddress(ActionContract):
    def test_it_fails_with_a_reason_and_without_a_secret(
        self, situation: Situation, caplog: pytest.LogCaptureFixture
    ) -> None:
        file: Path = situation.action.file  # type: ignore[attr-defined]  # the action's own
        file.unlink()
        situation.broken = situation.parameters
        super().test_it_fails_with_a_reason_and_without_a_secret(situation, caplog)


def test_it_does_what_the_page_says(situation: Situation, blocked: Path) -> None:
    assert situation.perform(situation.parameters) == {"blocked": 2}
    assert blocked.read_text() == "198.51.100.7\n203.0.113.9\n"
    with pytest.raises(ValidationError):
        situation.perform({"address": "198.51.100.7; reboot"})
    blocked.unlink()
    with pytest.raises(ActionFailedError, match="No such file") as caught:
        situation.perform({"address": "::1"})
    assert caught.value.passing


def test_it_takes_twenty_lines() -> None:
    assert len([line for line in block("python").splitlines() if line.strip()]) <= 20


def test_before_it_is_installed_nobody_knows_it() -> None:
    with pytest.raises(UnknownActionError):
        action_class(MODULE)


def test_the_page_names_every_action_of_tocsin() -> None:
    table = PAGE.partition("## `actions.yaml`")[0]
    own = {
        name
        for name, entry in catalogue.installed().items()
        if entry.value.startswith("infrastructure.")
    }
    assert set(re.findall(r"^\| \[`(\w+)`\]", table, re.MULTILINE)) == own
