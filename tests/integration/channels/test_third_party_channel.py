"""The channel on the page about channels is built, installed, found and fulfils the contract."""

import importlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from application.channels import Delivered
from infrastructure.channels import catalogue
from infrastructure.channels.catalogue import UnknownChannelTypeError, channel_class
from tests.support.alerts import a_message
from tests.support.channel_contract import HttpChannelContract, Situation
from tests.support.loopback_server import Reply, answering

PAGE = (Path(__file__).parents[3] / "docs" / "channels.md").read_text("utf-8")
OWN = PAGE.partition("## A channel of your own")[2]
MODULE = "gotify_channel"
TOKEN = "AbCdEf.zXq81vLm0Tn5"


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
def found(installed: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(installed)
    importlib.invalidate_caches()
    catalogue.installed.cache_clear()
    yield
    sys.modules.pop(MODULE, None)
    catalogue.installed.cache_clear()


@pytest.fixture
def situation(found: None) -> Situation:
    del found
    return Situation(
        "gotify",
        lambda url: {"url": url, "token": "${GOTIFY_TOKEN}"},
        {"GOTIFY_TOKEN": TOKEN},
        Reply(200, b'{"id": 25}'),
    )


class TestTheGotifyChannel(HttpChannelContract):
    """All of it; the fixture is the module's."""


def test_it_does_what_the_page_says(situation: Situation) -> None:
    with answering(lambda _: situation.success) as server:
        assert situation.channel(server.url).send(a_message()) == Delivered()
    (heard,) = server.heard
    assert (heard.method, heard.path) == ("POST", "/message")
    assert heard.headers["x-gotify-key"] == TOKEN
    assert json.loads(heard.body)["message"] == a_message().content.sentence


def test_it_takes_about_twenty_lines() -> None:
    assert len([line for line in block("python").splitlines() if line.strip()]) <= 22


def test_before_it_is_installed_nobody_knows_it() -> None:
    with pytest.raises(UnknownChannelTypeError):
        channel_class("gotify")
