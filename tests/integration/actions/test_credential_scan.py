"""A secret is found wherever a repository has or had it, and is never told."""

import json
import logging
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from pydantic import ValidationError

from application.actions import ActionFailedError
from infrastructure.actions.credential_scan import CredentialScan, ScanParameters
from infrastructure.git.blobs import LARGEST
from infrastructure.git.configured import GitSettings
from tests.support.action_contract import SECRET, ActionContract, Situation, a_call
from tests.support.git_repository import GitRepository, git, surroundings
from tests.support.git_server import git_server

KEY = "AKIAQ3EGXAMPLE7KLMNP"
OTHER = "AKIAZZZZZZZZZZZZOTHR"
PATTERN = r"AKIA[0-9A-Z]{16}"


class Scans:
    """The action, set up for some repositories."""

    def __init__(self, folder: Path, *repositories: GitRepository) -> None:
        named = {name: each for one in repositories for name, each in one.settings().items()}
        self.settings = {"repositories": named, "folder": str(folder / "cache")}
        self.action = CredentialScan(GitSettings.model_validate(self.settings), surroundings())

    def __call__(self, pattern: str = PATTERN, seconds: float = 60.0, **more: Any) -> Any:
        parameters = ScanParameters.model_validate({"credential_pattern": pattern, **more})
        return self.action.perform(parameters, a_call(seconds=seconds))


@pytest.fixture
def app(tmp_path: Path) -> GitRepository:
    app = GitRepository(tmp_path)
    app.commit({"README": "hello\n"}, "begin")
    return app


@pytest.fixture
def scan(tmp_path: Path, app: GitRepository) -> Scans:
    return Scans(tmp_path, app)


def places(answer: Any) -> list[tuple[str, int, bool]]:
    return [(each["path"], each["line"], each["in_main"]) for each in answer["matches"]]


class TestContract(ActionContract):
    """On a server that asks for a password, which is the secret, and is what is looked for."""

    @pytest.fixture
    def situation(self, tmp_path: Path, app: GitRepository) -> Iterator[Situation]:
        app.commit({f"{SECRET}.txt": f"the password is {SECRET}\n"})
        with git_server(tmp_path, "bot", SECRET) as server:
            repositories = {
                "app": {"url": server.url("bot:${TOKEN}", "app")},
                "gone": {"url": server.url("bot:${TOKEN}", "gone")},
            }
            settings = {"repositories": repositories, "folder": str(tmp_path / "cache")}
            yield Situation(
                action=CredentialScan(
                    GitSettings.model_validate(settings), surroundings(TOKEN=SECRET)
                ),
                parameters={"credential_pattern": SECRET, "scope": ["app"]},
                broken={"credential_pattern": SECRET},
                effects=app.refs,
            )


def test_planted_secrets_are_found_also_the_deleted_one(app: GitRepository, scan: Scans) -> None:
    first = app.commit({"src/settings.py": f"import os\n\nKEY = '{KEY}'\n"})
    second = app.commit({"deploy.sh": f"export AWS={KEY} OTHER={OTHER}\n"})
    app.commit({"deploy.sh": None}, "remove it")
    answer = scan()
    assert answer["count"] == 3
    assert answer["truncated"] is False
    assert answer["repositories"] == [{"name": "app", "contents": 3, "binary": 0, "limited": 0}]
    assert places(answer) == [
        ("src/settings.py", 3, True),
        ("deploy.sh", 1, False),
        ("deploy.sh", 1, False),
    ]
    assert [each["commit"] for each in answer["matches"]] == [first, second, second]
    assert [each["excerpt"] for each in answer["matches"]] == [
        "KEY = 'AKIA[redacted]'",
        "export AWS=AKIA[redacted] OTHER=AKIA[redacted]",
        "export AWS=AKIA[redacted] OTHER=AKIA[redacted]",
    ]
    prints = [each["fingerprint"] for each in answer["matches"]]
    assert prints[0] == prints[1] != prints[2]


def test_what_matched_is_in_no_answer_and_no_log(
    app: GitRepository, scan: Scans, caplog: pytest.LogCaptureFixture
) -> None:
    app.commit({f"{KEY}/{KEY}.txt": f"{KEY}{KEY} x{KEY}\n", "b": f"not {KEY}TAIL9 a word\n"})
    with caplog.at_level(logging.DEBUG):
        told = json.dumps(scan())
    assert KEY not in told + caplog.text
    assert "TAIL9" not in told
    assert "[redacted]/[redacted].txt" in told


def test_the_first_commit_of_a_history_is_searched(tmp_path: Path) -> None:
    lib = GitRepository(tmp_path, "lib")
    first = lib.commit({"a": f"{KEY}\n"})
    (match,) = Scans(tmp_path, lib)()["matches"]
    assert match["commit"] == first


def test_a_secret_in_a_file_that_is_edited_is_one_finding(app: GitRepository, scan: Scans) -> None:
    first = app.commit({"a": f"{KEY}\n"})
    app.commit({"a": f"new first line\n{KEY}\n"})
    second = app.commit({"a": f"new first line\n{KEY}\nand again {KEY}\n"})
    app.commit({"a": f"{KEY}\n"})
    told = [(each["commit"], each["line"], each["in_main"]) for each in scan()["matches"]]
    assert told == [(first, 1, True), (second, 3, False)]


def test_a_renamed_file_is_found_under_both_names(app: GitRepository, scan: Scans) -> None:
    app.commit({"old": f"{KEY}\n"})
    git(app.clone, "mv", "old", "new")
    app.commit({}, "rename")
    assert places(scan()) == [("old", 1, False), ("new", 1, True)]


def test_other_branches_tags_and_merges_are_searched(app: GitRepository, scan: Scans) -> None:
    git(app.clone, "checkout", "-q", "-b", "feature")
    app.commit({"on-branch": f"{KEY}\n"})
    git(app.clone, "checkout", "-q", "--detach", "main")
    app.write({"on-tag": f"{KEY}\n"})
    git(app.clone, "add", "--all")
    git(app.clone, "commit", "-q", "-m", "tagged")
    git(app.clone, "tag", "-a", "-m", "a tag", "v1")
    git(app.clone, "checkout", "-q", "main")
    app.commit({"else": "1\n"})
    git(app.clone, "merge", "-q", "--no-ff", "--no-commit", "feature")
    app.write({"only-in-merge": f"{KEY}\n"})
    git(app.clone, "add", "--all")
    git(app.clone, "commit", "-q", "-m", "an evil merge")
    merge = git(app.clone, "rev-parse", "HEAD")
    app.push()
    answer = scan()
    assert sorted(places(answer)) == [
        ("on-branch", 1, True),
        ("on-tag", 1, False),
        ("only-in-merge", 1, True),
    ]
    commits = {each["path"]: each["commit"] for each in answer["matches"]}
    assert commits["only-in-merge"] == merge
    assert commits["on-branch"] == git(app.clone, "rev-parse", "feature")


def test_a_content_that_only_a_tag_has(app: GitRepository, scan: Scans) -> None:
    blob = git(app.clone, "hash-object", "-w", "--stdin", given=f"{KEY}\n".encode())
    git(app.clone, "tag", "loose", blob)
    app.push()
    (match,) = scan()["matches"]
    assert (match["commit"], match["path"], match["in_main"]) == (None, None, False)


def test_a_deleted_branch_is_not_searched_any_more(app: GitRepository, scan: Scans) -> None:
    git(app.clone, "checkout", "-q", "-b", "feature")
    app.commit({"f": f"{KEY}\n"})
    assert scan()["count"] == 1
    git(app.bare, "branch", "-D", "feature")
    assert scan()["count"] == 0


def test_binary_contents_are_passed_over_and_counted(app: GitRepository, scan: Scans) -> None:
    app.commit({"image": b"\x89PNG\0\0" + KEY.encode(), "latin": b"caf\xe9 " + KEY.encode()})
    answer = scan()
    assert places(answer) == [("latin", 1, True)]
    assert answer["repositories"][0]["binary"] == 1


def test_text_of_other_encodings_and_line_ends_is_read(app: GitRepository, scan: Scans) -> None:
    text = f"one\r\n{KEY}\r\n"
    app.commit({"windows": text.encode("utf-16"), "dos": text.encode()})
    answer = scan(rf"^{PATTERN}$")
    assert sorted(places(answer)) == [("dos", 2, True), ("windows", 2, True)]
    assert len({each["fingerprint"] for each in answer["matches"]}) == 1


def test_of_a_huge_content_the_beginning_is_searched(app: GitRepository, scan: Scans) -> None:
    line = "nothing to see here\n"
    filling = line * (LARGEST // len(line) + 1)
    app.commit({"huge": f"{KEY}\n{filling}{OTHER}\n"})
    answer = scan()
    assert places(answer) == [("huge", 1, True)]
    assert answer["repositories"][0]["limited"] == 1


def test_paths_of_any_kind(app: GitRepository, scan: Scans) -> None:
    names = [
        "a b",
        "new\nline",
        "tab\tquote\"'",
        "ünïcödé/日本語",
        "-rf",
        ":(glob)*",
        "\x1b[31m",
        "\\",
    ]
    app.commit(dict.fromkeys(names, f"{KEY}\n"))
    assert sorted(path for path, *_ in places(scan())) == sorted(names)


def test_a_path_that_is_no_unicode(app: GitRepository, scan: Scans) -> None:
    Path(os.fsdecode(os.fsencode(app.clone) + b"/caf\xe9")).write_text(f"{KEY}\n", "utf-8")
    app.commit({})
    assert places(scan()) == [("caf\ufffd", 1, True)]


def test_the_naughty_strings(app: GitRepository, scan: Scans, shared_data: Path) -> None:
    strings = json.loads((shared_data / "naughty/blns.json").read_text("utf-8"))
    written = [each.replace("\n", " ").replace("\r", " ") for each in strings]
    app.commit({"naughty": "".join(f"{each} {KEY} {each}\n" for each in written)})
    names = {each for each in strings if _may_be_a_file(each)}
    assert len(names) > 300
    app.commit({f"d/{name}": f"{OTHER}\n" for name in names})
    answer = scan()
    assert {path.removeprefix("d/") for path, *_ in places(answer)} == names | {"naughty"}
    lines = [each["line"] for each in answer["matches"] if each["path"] == "naughty"]
    assert lines == list(range(1, len(strings) + 1))
    assert KEY not in json.dumps(answer)


def _may_be_a_file(name: str) -> bool:
    return (
        name not in ("", ".", "..")
        and not {"/", "\0"} & set(name)
        and len(name.encode()) <= 255
        and ".git" not in name.lower()
    )


def test_a_secret_over_several_lines(app: GitRepository, scan: Scans) -> None:
    body = "\n".join(["MIIEowIBAAKCAQEA7", "bPN5cF9sQ2z", "xyzzy="])
    key = f"-----BEGIN KEY-----\n{body}\n-----END KEY-----"
    app.commit({"id": f"first\nkey: {key} # end\nlast\n"})
    answer = scan(r"-----BEGIN KEY-----[\s\S]+?-----END KEY-----")
    (match,) = answer["matches"]
    assert (match["line"], match["excerpt"]) == (2, "key: ----[redacted] # end")
    split = scan(r"MII\w+\s+bPN\w+\s+xyz\w+")["matches"]
    assert [(each["line"], each["excerpt"]) for each in split] == [(3, "MIIE[redacted]")]


def test_a_short_secret_shows_nothing_of_itself(app: GitRepository, scan: Scans) -> None:
    app.commit({"a": "login hunter2 now\n"})
    (match,) = scan("hunter[0-9]")["matches"]
    assert match["excerpt"] == "login [redacted] now"


def test_only_so_many_are_told(app: GitRepository, scan: Scans) -> None:
    app.commit({"a": "".join(f"AKIA{number:016}\n" for number in range(20))})
    answer = scan(most=3)
    assert [line for _, line, _ in places(answer)] == [1, 2, 3]
    assert (answer["count"], answer["truncated"]) == (20, True)
    assert "0000000000000003" not in json.dumps(answer)


def test_a_pattern_that_matches_nearly_everything_ends(app: GitRepository, scan: Scans) -> None:
    app.commit({str(number): f"{number:06}" * 20_000 for number in range(5)})
    answer = scan("[0-9]", most=10)
    assert answer["truncated"] is True
    assert len(answer["matches"]) == 10


def test_the_scope_is_some_repositories_or_all(tmp_path: Path, app: GitRepository) -> None:
    lib = GitRepository(tmp_path, "lib")
    for each in (app, lib):
        each.commit({"a": f"{KEY}\n"})
    scan = Scans(tmp_path, lib, app)
    everywhere = scan(scope="all_repos")
    assert [each["repository"] for each in everywhere["matches"]] == ["app", "lib"]
    assert len({each["fingerprint"] for each in everywhere["matches"]}) == 1
    assert [each["repository"] for each in scan(scope=["lib"])["matches"]] == ["lib"]
    with pytest.raises(ActionFailedError, match="no repository other is configured, only app, lib"):
        scan(scope=["lib", "other"])


def test_an_empty_repository_has_nothing(tmp_path: Path) -> None:
    answer = Scans(tmp_path, GitRepository(tmp_path, "empty"))()
    assert (answer["matches"], answer["count"]) == ([], 0)


def test_one_unreachable_repository_fails_the_search(tmp_path: Path, app: GitRepository) -> None:
    lib = GitRepository(tmp_path, "lib")
    scan = Scans(tmp_path, app, lib)
    lib.bare.rename(tmp_path / "away")
    with pytest.raises(ActionFailedError, match="the repository lib cannot be read") as caught:
        scan()
    assert caught.value.passing


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ({"credential_pattern": f"({KEY}"}, "RE2 cannot take the pattern: missing"),
        ({"credential_pattern": f"(?={KEY})"}, "RE2 cannot take the pattern: invalid"),
        ({"credential_pattern": "x*"}, "matches nothing at all"),
        ({"credential_pattern": ""}, "at least 1 character"),
        ({"credential_pattern": "x", "scope": []}, "at least 1 item"),
        ({"credential_pattern": "x", "scope": "app"}, "all_repos"),
        ({"credential_pattern": "x", "scope": ["../app"]}, "should match pattern"),
        ({"credential_pattern": "x", "most": 0}, "greater than or equal to 1"),
    ],
)
def test_wrong_parameters_are_refused_without_quoting_them(
    written: dict[str, Any], why: str
) -> None:
    with pytest.raises(ValidationError, match=why) as caught:
        ScanParameters.model_validate(written)
    assert KEY not in str(caught.value)


def test_a_search_that_takes_too_long_says_so_in_time(app: GitRepository, scan: Scans) -> None:
    """Every match of this pattern looks at all of the rest: quadratic, but each step is linear."""
    app.commit({"a": "x" * 3_000_000})
    scan("nothing")
    begun = time.monotonic()
    with pytest.raises(ActionFailedError, match="the time was up") as caught:
        scan("x[^y]*y|x", seconds=3.0)
    assert time.monotonic() - begun < 10
    assert caught.value.passing


def test_a_long_search_keeps_nobody_waiting(app: GitRepository, scan: Scans) -> None:
    app.commit({"a": "x" * 3_000_000})
    scan("nothing")
    enough = Event()
    call = replace(a_call(), seconds_left=lambda: 0.0 if enough.is_set() else 60.0)
    endless = ScanParameters(credential_pattern="x[^y]*y|x")
    with ThreadPoolExecutor() as pool:
        long = pool.submit(scan.action.perform, endless, call)
        time.sleep(1.0)
        assert scan("nothing")["count"] == 0
        assert not long.done()
        enough.set()
        with pytest.raises(ActionFailedError, match="the time was up"):
            long.result()
