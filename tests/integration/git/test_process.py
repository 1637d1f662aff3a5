"""Git runs in an environment of Tocsin's making, and ends when it is told to."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from application.actions import ActionFailedError
from infrastructure.git.address import Address
from infrastructure.git.process import Git, GitFailedError, OutOfTimeError
from tests.support.git_repository import GitRepository, git


def seconds(count: float) -> Callable[[], float]:
    until = time.monotonic() + count
    return lambda: until - time.monotonic()


@pytest.fixture
def app(tmp_path: Path) -> GitRepository:
    app = GitRepository(tmp_path)
    app.commit({"a": "1\n"})
    return app


def test_the_users_configuration_and_environment_are_not_used(
    tmp_path: Path, app: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".gitconfig").write_text("[user]\n\tname = somebody\n", "utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_TRACE", str(tmp_path / "trace"))
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", "'user.name=other'")
    told = Git(app.bare, seconds(30)).do("config", "--list", "--show-scope").decode()
    assert "user.name" not in told
    assert {line.split("\t")[0] for line in told.splitlines()} == {"local", "command"}
    assert not (tmp_path / "trace").exists()


@pytest.mark.parametrize("url", ["ext::sh -c touch% ran", "fd::0", "ftp://127.0.0.1:1/a"])
def test_a_remote_that_runs_a_program_is_refused(app: GitRepository, url: str) -> None:
    asked = Git(app.bare, seconds(30), Address(url))
    with pytest.raises(GitFailedError, match="not allowed"):
        asked.do("ls-remote", "origin")
    assert not (app.bare / "ran").exists()


def test_git_reads_the_history_that_is_there(app: GitRepository) -> None:
    first = git(app.clone, "rev-parse", "HEAD")
    second = app.commit({"a": "2\n"})
    git(app.bare, "replace", second, first)
    assert Git(app.bare, seconds(30)).do("cat-file", "blob", f"{second}:a") == b"2\n"


def test_a_failure_is_told_on_one_harmless_line(app: GitRepository) -> None:
    with pytest.raises(GitFailedError) as caught:
        Git(app.bare, seconds(30)).do("cat-file", "blob", "no\n\x1b[31msuch")
    assert str(caught.value).startswith("git cat-file failed: fatal: Not a valid object name no")
    assert str(caught.value).isprintable()


def test_without_git_there_is_a_reason(app: GitRepository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ActionFailedError, match="git cannot be run: No such file"):
        Git(app.bare, seconds(30)).do("version")


def test_without_time_nothing_is_started(tmp_path: Path) -> None:
    with pytest.raises(OutOfTimeError, match="during git init"):
        Git(tmp_path, seconds(0)).do("init", "--bare", "new")
    assert not (tmp_path / "new").exists()


def test_a_stream_is_cut_when_the_time_is_up(app: GitRepository, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    program = Git(app.bare, seconds(0.5))
    begun = time.monotonic()
    with (
        pytest.raises(OutOfTimeError, match="during git hash-object"),
        program.stream("hash-object", str(tmp_path / "pipe"), given=b"") as told,
    ):
        assert told.read() == b""
    assert time.monotonic() - begun < 10


def test_a_stream_that_fails_says_why(app: GitRepository) -> None:
    with (
        pytest.raises(GitFailedError, match=r"git cat-file failed: fatal: git cat-file 0+: bad"),
        Git(app.bare, seconds(30)).stream("cat-file", "blob", "0" * 40, given=b"") as told,
    ):
        assert told.read() == b""


def test_a_stream_need_not_be_read_to_its_end(app: GitRepository) -> None:
    app.commit({"large": os.urandom(1_000_000).hex()})
    with Git(app.bare, seconds(30)).stream("cat-file", "blob", "main:large", given=b"") as told:
        assert len(told.read(10)) == 10
