"""A commit is reverted by git itself, once, and never in a working tree of somebody's."""

import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from application.actions import ActionFailedError, OutcomeUnknownError
from infrastructure.actions.git_revert import GitRevert, RevertParameters, RevertSettings
from tests.support.action_contract import SECRET, ActionContract, Situation, a_call
from tests.support.git_repository import GitRepository, git, surroundings
from tests.support.git_server import git_server

ROOT = Path(__file__).parents[3]
NONE = "0123456789abcdef"


class Reverts:
    """The action, set up for some repositories."""

    def __init__(self, folder: Path, *repositories: GitRepository, **settings: Any) -> None:
        named = {name: each for one in repositories for name, each in one.settings().items()}
        self.settings = {"repositories": named, "folder": str(folder / "cache"), **settings}
        self.action = GitRevert(RevertSettings.model_validate(self.settings), surroundings())

    def __call__(
        self, commit: str, key: str = "key-1", seconds: float = 60.0, **more: Any
    ) -> dict[str, Any]:
        parameters = RevertParameters.model_validate({"commit": commit, **more})
        return dict(self.action.perform(parameters, a_call(key, seconds)))


@pytest.fixture
def app(tmp_path: Path) -> GitRepository:
    """A repository whose second commit brought a secret."""
    app = GitRepository(tmp_path)
    app.commit({"README": "hello\n", "keep": "1\n"}, "begin")
    return app


@pytest.fixture
def leak(app: GitRepository) -> str:
    leak = app.commit({"config.ini": "key = AKIAABCDEFGHIJKLMNOP\n"}, "add the configuration")
    app.commit({"keep": "2\n"}, "go on")
    return leak


@pytest.fixture
def reverts(tmp_path: Path, app: GitRepository) -> Reverts:
    return Reverts(tmp_path, app)


@pytest.fixture
def directly(tmp_path: Path, app: GitRepository) -> Reverts:
    return Reverts(tmp_path, app, push="main")


class TestContract(ActionContract):
    """On a server that asks for a password, which is the secret."""

    @pytest.fixture
    def situation(self, tmp_path: Path, app: GitRepository, leak: str) -> Iterator[Situation]:
        git(app.bare, "config", "http.receivepack", "true")
        with git_server(tmp_path, "bot", SECRET) as server:
            repositories = {
                "app": {"url": server.url("bot:${TOKEN}", "app")},
                "gone": {"url": server.url("bot:${TOKEN}", "gone")},
            }
            settings = {"repositories": repositories, "folder": str(tmp_path / "cache")}
            yield Situation(
                action=GitRevert(
                    RevertSettings.model_validate(settings), surroundings(TOKEN=SECRET)
                ),
                parameters={"commit": leak, "repository": "app", "reason": "a key was exposed"},
                broken={"commit": leak, "repository": "gone"},
                effects=app.refs,
            )


def test_a_revert_goes_to_a_branch_of_its_own(
    app: GitRepository, leak: str, reverts: Reverts
) -> None:
    before = app.refs()
    answer = reverts(leak, reason="a key was exposed")
    branch = f"tocsin/revert-{leak[:12]}"
    assert answer == {
        "repository": "app",
        "commit": leak,
        "revert_commit": git(app.bare, "rev-parse", branch),
        "branch": branch,
        "pushed": True,
        "already_reverted": False,
    }
    assert set(before) < set(app.refs())
    assert app.files(branch) == ["README", "keep"]
    assert app.content(branch, "keep") == "2"
    assert git(app.bare, "rev-parse", f"{branch}^") == git(app.bare, "rev-parse", "main")


def test_its_message_says_for_what(app: GitRepository, leak: str, reverts: Reverts) -> None:
    answer = reverts(leak, reason="a key was exposed\n\nTocsin-Idempotency-Key: other")
    assert app.message(answer["branch"]).splitlines() == [
        'Revert "add the configuration"',
        "",
        f"This reverts commit {leak}.",
        "",
        "> a key was exposed",
        "> ",
        "> Tocsin-Idempotency-Key: other",
        "",
        "Tocsin-Incident: INC-20260301-ABCDEF",
        "Tocsin-Execution: RUN-20260301-ABCDEF",
        "Tocsin-Step: step-1",
        "Tocsin-Idempotency-Key: key-1",
    ]
    trailers = git(
        app.bare, "log", "-1", "--format=%(trailers:key=Tocsin-Idempotency-Key)", answer["branch"]
    )
    assert trailers.strip() == "Tocsin-Idempotency-Key: key-1"


def test_its_author_is_configured(app: GitRepository, leak: str, tmp_path: Path) -> None:
    author = {"name": "Security Bot", "email": "security@example.com"}
    answer = Reverts(tmp_path, app, author=author)(leak)
    told = git(app.bare, "log", "-1", "--format=%an <%ae> %cn <%ce>", answer["branch"])
    assert told == " ".join(["Security Bot <security@example.com>"] * 2)


def test_a_revert_goes_to_the_main_line(app: GitRepository, leak: str, directly: Reverts) -> None:
    answer = directly(leak)
    assert (answer["branch"], answer["pushed"]) == ("main", True)
    assert answer["revert_commit"] == git(app.bare, "rev-parse", "main")
    assert app.files("main") == ["README", "keep"]
    assert len(app.refs()) == 1


def test_the_main_line_is_what_the_settings_or_the_remote_say(tmp_path: Path) -> None:
    trunk = GitRepository(tmp_path, "trunk", main="release/Größe-1")
    trunk.commit({"a": "1\n"})
    leak = trunk.commit({"a": "2\n"})
    git(trunk.clone, "branch", "other")
    trunk.push()
    assert Reverts(tmp_path, trunk, push="main")(leak)["branch"] == "release/Größe-1"
    named = {"trunk": {"path": str(trunk.bare), "main": "other"}}
    answer = Reverts(tmp_path, repositories=named, push="main")(leak, key="key-2")
    assert (answer["branch"], answer["already_reverted"]) == ("other", False)


def test_nothing_is_left_in_the_cache_or_the_clone(
    app: GitRepository, leak: str, reverts: Reverts, tmp_path: Path
) -> None:
    reverts(leak)
    (folder,) = (tmp_path / "cache").iterdir()
    assert list((folder / "worktrees").iterdir()) == []
    assert not (folder / "git" / "worktrees").exists()
    assert git(app.clone, "status", "--porcelain") == ""
    assert folder.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("length", [4, 7, 12, 39, 40])
def test_an_abbreviated_commit_is_found(leak: str, reverts: Reverts, length: int) -> None:
    assert reverts(leak[:length].upper())["commit"] == leak


def test_an_ambiguous_one_is_refused(app: GitRepository, reverts: Reverts) -> None:
    commits = _many_commits(app, 900)
    shared = next(a[:4] for a, b in pairwise(commits) if a[:4] == b[:4])
    both = [each for each in commits if each.startswith(shared)]
    with pytest.raises(ActionFailedError, match=f"{shared} is ambiguous in app") as caught:
        reverts(shared)
    assert all(each in str(caught.value) for each in both)


def _many_commits(app: GitRepository, count: int) -> list[str]:
    """Make commits that are the same whenever this runs; some begin with the same digits."""
    stream = "".join(
        "commit refs/heads/main\n"
        f"committer a <a@example.com> {1_700_000_000 + number} +0000\ndata 1\n.\n"
        + ("from refs/heads/main^0\n" if number == 0 else "")
        + f"M 100644 inline f\ndata {len(str(number))}\n{number}\n"
        for number in range(count)
    )
    git(app.bare, "update-ref", "-d", "refs/heads/main")
    stream = stream.replace("from refs/heads/main^0\n", "")
    git(app.bare, "fast-import", "--quiet", "--force", given=stream.encode())
    return sorted(git(app.bare, "rev-list", "main").splitlines())


def test_a_branch_that_is_called_like_a_commit_does_not_pass_for_it(
    app: GitRepository, leak: str, reverts: Reverts
) -> None:
    git(app.clone, "branch", leak[:10], "HEAD")
    git(app.clone, "tag", leak[:8], "HEAD")
    app.push()
    assert reverts(leak[:10])["commit"] == leak
    assert reverts(leak[:8])["commit"] == leak


@pytest.mark.parametrize(
    "commit",
    ["--all", "-1", "HEAD", "main", "abc", "abcd;id", "abcd\n", "abcd^", "@{-1}", "", "g" * 40,
     "a" * 65, "--upload-pack=touch /tmp/x", "abcd..ef01", 12345678],
)  # fmt: skip
def test_what_is_no_commit_reaches_no_git(commit: object, reverts: Reverts) -> None:
    with pytest.raises(ValidationError):
        reverts(commit)  # type: ignore[arg-type] # what a template may give


@pytest.mark.parametrize("commit", [NONE, "f" * 40, "f" * 64])
def test_an_unknown_commit_is_named(commit: str, app: GitRepository, reverts: Reverts) -> None:
    app.commit({"a": "1\n"})
    with pytest.raises(ActionFailedError, match=f"app has no commit {commit}"):
        reverts(commit)


def test_a_tree_or_a_content_is_no_commit(app: GitRepository, leak: str, reverts: Reverts) -> None:
    for other in (f"{leak}^{{tree}}", f"{leak}:config.ini"):
        with pytest.raises(ActionFailedError, match="has no commit"):
            reverts(git(app.clone, "rev-parse", other))


def test_a_commit_outside_the_main_line_is_refused(app: GitRepository, reverts: Reverts) -> None:
    git(app.clone, "checkout", "-q", "-b", "feature")
    commit = app.commit({"f": "1\n"})
    with pytest.raises(ActionFailedError, match="not in main of app, only in feature"):
        reverts(commit)
    git(app.bare, "branch", "-D", "feature")
    with pytest.raises(ActionFailedError, match="app has no commit"):
        reverts(commit)


def test_a_conflict_names_the_files(app: GitRepository, reverts: Reverts) -> None:
    leak = app.commit({"a b\nü.ini": "key = 1\n", "c": "1\n"})
    app.commit({"a b\nü.ini": "key = 2\n", "c": "2\n"})
    before = app.refs()
    with pytest.raises(ActionFailedError, match=r"conflict with it in a b ü\.ini, c$") as caught:
        reverts(leak)
    assert not caught.value.passing
    assert app.refs() == before


def test_a_merge_is_reverted_as_a_whole(app: GitRepository, directly: Reverts) -> None:
    git(app.clone, "checkout", "-q", "-b", "feature")
    app.commit({"one": "1\n"})
    app.commit({"two": "2\n"})
    git(app.clone, "checkout", "-q", "main")
    app.commit({"keep": "2\n"})
    git(app.clone, "merge", "-q", "--no-ff", "-m", "merge the feature", "feature")
    merge = git(app.clone, "rev-parse", "HEAD")
    app.push()
    answer = directly(merge)
    assert app.files("main") == ["README", "keep"]
    assert f"This reverts commit {merge}, reversing\nchanges made to" in app.message("main")
    assert directly(merge, key="key-2") == {**answer, "pushed": False, "already_reverted": True}


def test_the_first_commit_of_a_history_is_reverted(app: GitRepository, directly: Reverts) -> None:
    app.commit({"later": "1\n"})
    root = git(app.clone, "rev-list", "--max-parents=0", "HEAD")
    assert directly(root)["already_reverted"] is False
    assert app.files("main") == ["later"]


def test_the_only_commit_is_reverted_to_nothing(app: GitRepository, directly: Reverts) -> None:
    directly(git(app.clone, "rev-parse", "HEAD"))
    assert app.files("main") == []


@pytest.mark.parametrize("push", ["branch", "main"])
@pytest.mark.parametrize("key", ["key-1", "key-2"])
def test_a_second_time_finds_the_first(
    app: GitRepository, leak: str, tmp_path: Path, push: str, key: str
) -> None:
    reverts = Reverts(tmp_path, app, push=push)
    first = reverts(leak)
    refs = app.refs()
    again = reverts(leak, key=key)
    assert again == {**first, "pushed": key == "key-1", "already_reverted": True}
    assert app.refs() == refs


def test_a_revert_by_a_person_is_an_answer(app: GitRepository, leak: str, reverts: Reverts) -> None:
    git(app.clone, "revert", "--no-edit", leak)
    app.push()
    answer = reverts(leak)
    assert answer["already_reverted"] is True
    assert answer["pushed"] is False
    assert answer["branch"] == "main"
    assert answer["revert_commit"] == git(app.bare, "rev-parse", "main")


def test_a_revert_that_was_reverted_itself_does_not_stand(
    app: GitRepository, leak: str, directly: Reverts
) -> None:
    first = directly(leak)
    git(app.clone, "pull", "-q", "origin", "main")
    git(app.clone, "revert", "--no-edit", "HEAD")
    app.push()
    assert "config.ini" in app.files("main")
    assert directly(leak)["revert_commit"] == first["revert_commit"]  # this attempt was done
    answer = directly(leak, key="key-2")
    assert answer["already_reverted"] is False
    assert "config.ini" not in app.files("main")


def test_a_merged_branch_of_an_earlier_revert_is_moved_on(
    app: GitRepository, leak: str, reverts: Reverts
) -> None:
    branch = reverts(leak)["branch"]
    git(app.clone, "pull", "-q", "--ff-only", "origin", branch)
    git(app.clone, "revert", "--no-edit", "HEAD")
    app.push()
    answer = reverts(leak, key="key-2")
    assert (answer["branch"], answer["already_reverted"]) == (branch, False)
    assert git(app.bare, "rev-parse", branch) == answer["revert_commit"]


def test_an_effect_that_is_gone_is_an_answer(
    app: GitRepository, leak: str, reverts: Reverts
) -> None:
    app.commit({"config.ini": None}, "remove it by hand")
    refs = app.refs()
    answer = reverts(leak)
    assert answer == {
        "repository": "app",
        "commit": leak,
        "revert_commit": None,
        "branch": "main",
        "pushed": False,
        "already_reverted": True,
    }
    assert app.refs() == refs


def test_a_branch_of_somebody_else_is_left_alone(
    app: GitRepository, leak: str, reverts: Reverts
) -> None:
    git(app.clone, "checkout", "-q", "-b", f"tocsin/revert-{leak[:12]}")
    app.commit({"other": "work\n"})
    refs = app.refs()
    with pytest.raises(ActionFailedError, match=r"has a branch tocsin/revert-\w+ that does not"):
        reverts(leak)
    assert app.refs() == refs


@pytest.mark.parametrize(
    "attributes", ["text eol=crlf", "text=auto", "ident", "working-tree-encoding=UTF-16LE"]
)
def test_contents_stay_as_they_are(app: GitRepository, directly: Reverts, attributes: str) -> None:
    app.commit({"dos": b"one\r\n\xff two $Id: x$\n", "other": b"x\r\n"})
    leak = app.commit({"dos": b"one\r\n\xff two $Id: x$\nsecret\r\n"})
    (app.clone / ".gitattributes").write_text(f"dos {attributes}\n", "utf-8")
    git(app.clone, "add", ".gitattributes")
    git(app.clone, "commit", "-q", "-m", "attributes")
    app.push()
    directly(leak)
    told = subprocess.run(
        ["git", "cat-file", "blob", "main:dos"], cwd=app.bare, capture_output=True, check=True
    )
    assert told.stdout == b"one\r\n\xff two $Id: x$\n"
    assert git(app.bare, "diff", "--name-only", "main^", "main") == "dos"


def test_a_refusing_hook_is_quoted(app: GitRepository, leak: str, directly: Reverts) -> None:
    app.hook("pre-receive", "echo 'main is protected: ask the \033[31msecurity team' >&2; exit 1")
    refs = app.refs()
    with pytest.raises(ActionFailedError) as caught:
        directly(leak)
    told = str(caught.value)
    assert told.startswith("app refused the push to main: [remote rejected] (pre-receive hook")
    assert "main is protected: ask the  [31msecurity team" in told
    assert not caught.value.passing
    assert app.refs() == refs


def test_hooks_and_filters_of_a_repository_are_not_run(
    app: GitRepository, tmp_path: Path, reverts: Reverts
) -> None:
    ran = tmp_path / "ran"
    script = f"#!/bin/sh\ntouch '{ran}'\n"
    files = {".githooks/post-checkout": script, ".githooks/pre-commit": script}
    leak = app.commit(
        {**files, ".gitattributes": "* filter=evil\n", ".gitmodules": "[submodule]\n"}
    )
    reverts(leak)
    (folder,) = (tmp_path / "cache").iterdir()
    for name in ("post-checkout", "pre-commit", "post-commit", "pre-push", "reference-transaction"):
        hook = folder / "git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(script, "utf-8")
        hook.chmod(0o755)
    other = app.commit({"x": "1\n"})
    assert reverts(other)["pushed"]
    assert not ran.exists()


def test_an_unreachable_remote_may_come_back(
    app: GitRepository, leak: str, reverts: Reverts
) -> None:
    away = app.bare.rename(app.bare.with_suffix(".away"))
    with pytest.raises(ActionFailedError, match="the repository app cannot be read") as caught:
        reverts(leak)
    assert caught.value.passing
    away.rename(app.bare)
    assert reverts(leak)["pushed"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/a.git", "git://127.0.0.1:1/a.git"])
def test_a_closed_port_is_a_passing_failure(url: str, tmp_path: Path) -> None:
    with pytest.raises(ActionFailedError, match=r"(?i)cannot be read: .*connect") as caught:
        Reverts(tmp_path, repositories={"far": {"url": url}})(NONE)
    assert caught.value.passing


def test_a_wrong_password_is_refused_without_being_told(leak: str, tmp_path: Path) -> None:
    with git_server(tmp_path, "bot", "right") as server:
        settings = {
            "repositories": {"app": {"url": server.url("bot:${TOKEN}", "app")}},
            "folder": str(tmp_path / "cache"),
        }
        action = GitRevert(RevertSettings.model_validate(settings), surroundings(TOKEN=SECRET))
        with pytest.raises(ActionFailedError, match="cannot be read") as caught:
            action.perform(RevertParameters(commit=leak), a_call())
        assert not caught.value.passing
        assert SECRET not in str(caught.value)
        assert all(SECRET not in line for line in server.log)


def test_a_password_in_no_file_of_the_mirror(app: GitRepository, leak: str, tmp_path: Path) -> None:
    git(app.bare, "config", "http.receivepack", "true")
    with git_server(tmp_path, "bot", SECRET) as server:
        settings = {
            "repositories": {"app": {"url": server.url("bot:${TOKEN}", "app")}},
            "folder": str(tmp_path / "cache"),
        }
        action = GitRevert(RevertSettings.model_validate(settings), surroundings(TOKEN=SECRET))
        assert action.perform(RevertParameters(commit=leak), a_call())["pushed"]
    files = [each for each in (tmp_path / "cache").rglob("*") if each.is_file()]
    assert files
    assert all(SECRET.encode() not in each.read_bytes() for each in files)


def test_a_connection_that_breaks_at_the_push_is_asked_about(
    app: GitRepository, leak: str, directly: Reverts
) -> None:
    """The remote takes the push, and its answer never comes."""
    app.hook("post-receive", 'kill -9 "$PPID"')
    answer = directly(leak)
    assert answer["pushed"] is True
    assert answer["revert_commit"] == git(app.bare, "rev-parse", "main")


def test_a_push_that_the_remote_does_not_survive_has_not_happened(
    app: GitRepository, leak: str, directly: Reverts
) -> None:
    app.hook("pre-receive", 'kill -9 "$PPID"')
    with pytest.raises(ActionFailedError, match="the push to main of app failed") as caught:
        directly(leak)
    assert caught.value.passing


def test_a_push_whose_time_is_up_is_unknown_until_it_is_tried_again(
    app: GitRepository, leak: str, directly: Reverts, tmp_path: Path
) -> None:
    hasty = replace(a_call(), seconds_left=lambda: 4.0)  # for each command of git
    app.hook("post-receive", f"echo $$ > '{tmp_path}/hook'; exec sleep 30")
    with pytest.raises(OutcomeUnknownError, match="the time was up during a push to main of app"):
        directly.action.perform(RevertParameters(commit=leak), hasty)
    assert _ends(int((tmp_path / "hook").read_text("utf-8")))
    app.hook("post-receive", "exit 0")
    again = directly(leak)
    assert (again["pushed"], again["already_reverted"]) == (True, True)
    assert _reverts_of(app, leak) == 1


def test_another_push_at_the_same_moment_is_taken_in(
    app: GitRepository, leak: str, tmp_path: Path, directly: Reverts
) -> None:
    git(app.clone, "checkout", "-q", "-b", "other")
    other = app.commit({"other": "work\n"})
    app.hook(
        "pre-receive",
        f"test -e '{tmp_path}/done' && exit 0; touch '{tmp_path}/done'\n"
        "unset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES\n"
        f"git update-ref refs/heads/main {other}",
    )
    answer = directly(leak)
    assert answer["pushed"] is True
    assert git(app.bare, "rev-parse", "main^") == other
    assert app.files("main") == ["README", "keep", "other"]


def test_a_race_that_is_always_lost_ends(app: GitRepository, leak: str, directly: Reverts) -> None:
    app.hook(
        "pre-receive",
        "unset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES\n"
        "export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a\n"
        "new=$(git commit-tree -p main -m more 'main^{tree}')\n"
        "git update-ref refs/heads/main $new",
    )
    with pytest.raises(ActionFailedError, match="lost 5 races") as caught:
        directly(leak)
    assert caught.value.passing
    assert _reverts_of(app, leak) == 0


def test_workers_in_one_folder_do_not_disturb_each_other(
    app: GitRepository, tmp_path: Path
) -> None:
    leaks = [app.commit({f"leak-{number}": "1\n"}) for number in range(4)]
    reverts = Reverts(tmp_path, app, push="main")
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(reverts, leaks, [f"key-{each}" for each in leaks]))
    assert all(answer["pushed"] for answer in answers)
    assert app.files("main") == ["README", "keep"]
    assert git(app.bare, "rev-list", "--count", "main") == "9"


def test_workers_on_different_machines_race_and_all_arrive(
    app: GitRepository, tmp_path: Path
) -> None:
    leaks = [app.commit({f"leak-{number}": "1\n"}) for number in range(3)]
    workers = [Reverts(tmp_path / str(number), app, push="main") for number in range(3)]
    with ThreadPoolExecutor(3) as pool:
        each = zip(workers, leaks, strict=True)
        answers = list(pool.map(lambda one: one[0](one[1], f"key-{one[1]}"), each))
    assert all(answer["pushed"] for answer in answers)
    assert app.files("main") == ["README", "keep"]


@pytest.mark.parametrize("push", ["branch", "main"])
def test_two_workers_with_one_commit_revert_it_once(
    app: GitRepository, leak: str, tmp_path: Path, push: str
) -> None:
    workers = [Reverts(tmp_path / str(number), app, push=push) for number in range(2)]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda one: one(leak, f"key-{id(one)}"), workers))
    assert sorted(answer["already_reverted"] for answer in answers) == [False, True]
    assert len({answer["revert_commit"] for answer in answers}) == 1
    assert _reverts_of(app, leak) == 1


@pytest.mark.parametrize(
    ("hook", "group"),
    [("post-receive", ""), ("pre-receive", ""), ("pre-receive", "-"), ("post-receive", "-")],
)
def test_killed_around_the_push_the_same_key_finds_or_does_it(
    app: GitRepository, leak: str, tmp_path: Path, hook: str, group: str
) -> None:
    """The worker alone is killed and git goes on, or git and the hook are killed with it."""
    mark, reverts = tmp_path / "pid", Reverts(tmp_path, app)
    also = "sleep 1" if not group else "kill -9 0"
    app.hook(hook, f"test -e '{mark}' && kill -9 $(cat '{mark}') && rm '{mark}' && {also}\nexit 0")
    worker = subprocess.run(
        [sys.executable, "-m", "tests.support.revert_process", json.dumps(reverts.settings), leak,
         "key-1", str(mark)],
        cwd=ROOT, capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert (worker.returncode, worker.stdout) == (-9, b"")
    answer = reverts(leak)
    assert answer["pushed"] is True
    assert answer["already_reverted"] is not (hook == "pre-receive" and bool(group))
    assert answer["revert_commit"] == git(app.bare, "rev-parse", f"tocsin/revert-{leak[:12]}")
    assert _reverts_of(app, leak) == 1


def test_what_a_killed_worker_left_is_no_obstacle(
    app: GitRepository, leak: str, tmp_path: Path, reverts: Reverts
) -> None:
    reverts(app.commit({"x": "1\n"}), key="key-0")
    (folder,) = (tmp_path / "cache").iterdir()
    for name in ("packed-refs.lock", "HEAD.lock", "config.lock", "refs/heads/main.lock"):
        (folder / "git" / name).write_text("")
    (folder / "worktrees" / "old").mkdir()
    (folder / "new").mkdir()
    app.commit({"y": "1\n"})
    assert reverts(leak)["pushed"]


def test_a_worker_waits_no_longer_than_its_time(
    leak: str, tmp_path: Path, reverts: Reverts
) -> None:
    reverts(leak)
    (folder,) = (tmp_path / "cache").iterdir()
    with (folder / "lock").open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(ActionFailedError, match="waiting for another worker") as caught:
            reverts(leak, seconds=0.3)
    assert caught.value.passing


class TestSeveralRepositories:
    """Without a name, the repository is the one that has the commit."""

    @pytest.fixture
    def lib(self, tmp_path: Path) -> GitRepository:
        lib = GitRepository(tmp_path, "lib")
        lib.commit({"lib": "1\n"}, "another beginning")
        return lib

    @pytest.fixture
    def both(self, tmp_path: Path, app: GitRepository, lib: GitRepository) -> Reverts:
        return Reverts(tmp_path, app, lib)

    def test_the_one_that_has_it(self, both: Reverts, lib: GitRepository, leak: str) -> None:
        assert both(leak)["repository"] == "app"
        assert both(lib.commit({"x": "1\n"}))["repository"] == "lib"

    def test_none_has_it(self, both: Reverts) -> None:
        with pytest.raises(ActionFailedError, match=f"has the commit {NONE}: not app, lib"):
            both(NONE)

    def test_several_have_it(self, both: Reverts, lib: GitRepository, leak: str) -> None:
        git(lib.clone, "fetch", "-q", str(both.settings["repositories"]["app"]["path"]), leak)
        git(lib.clone, "branch", "fork", "FETCH_HEAD")
        lib.push()
        with pytest.raises(ActionFailedError, match=f"several repositories have {leak}: app, lib"):
            both(leak)
        assert both(leak, repository="app")["repository"] == "app"

    def test_one_that_is_not_configured(self, both: Reverts, leak: str) -> None:
        with pytest.raises(ActionFailedError, match="no repository other is configured, only app"):
            both(leak, repository="other")

    def test_none_is_configured(self, tmp_path: Path) -> None:
        with pytest.raises(ActionFailedError, match="no repository is configured"):
            Reverts(tmp_path)(NONE)


def _ends(process: int) -> bool:
    """Say whether a process ends soon, and whoever inherited it has taken note of that."""
    for _ in range(100):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


def _reverts_of(app: GitRepository, commit: str) -> int:
    told = git(app.bare, "log", "--all", "--format=%H", f"--grep=This reverts commit {commit}")
    return len(told.split())
