"""A repository's address: what may stand there, and that its credentials stay apart."""

from base64 import b64decode

import pytest
from pydantic import ValidationError

from application.actions import ActionFailedError
from infrastructure.git.address import Address
from infrastructure.git.configured import GitSettings, Repository, checked_branch
from infrastructure.secrets import EnvironmentSecrets

TOKEN = "t0/ken@with:every#thing"
SECRETS = EnvironmentSecrets({"TOKEN": TOKEN, "USER_1": "robot"})


@pytest.mark.parametrize(
    ("place", "credentials"),
    [
        ("https://bot:${TOKEN}@example.com:8443/a/b.git?x#y", f"bot:{TOKEN}"),
        ("https://${USER_1}:${TOKEN}@example.com:8443/a/b.git?x#y", f"robot:{TOKEN}"),
        ("https://${TOKEN}@example.com:8443/a/b.git?x#y", f"{TOKEN}:"),
        ("https://b%40t:${TOKEN}@example.com:8443/a/b.git?x#y", f"b@t:{TOKEN}"),
    ],
)
def test_credentials_become_a_header_and_leave_the_address(place: str, credentials: str) -> None:
    Repository(url=place)
    address = Address.of(place, SECRETS)
    assert address.url == "https://example.com:8443/a/b.git?x#y"
    assert address.header is not None
    assert b64decode(address.header.removeprefix("Authorization: Basic ")).decode() == credentials
    assert address.environment["GIT_CONFIG_VALUE_0"] == address.url
    assert address.environment["GIT_CONFIG_KEY_1"] == "http.extraHeader"


def test_credentials_are_taken_out_of_what_is_told() -> None:
    address = Address.of("https://bot:${TOKEN}@example.com/a.git", SECRETS)
    assert address.header is not None
    told = f"fatal: {TOKEN} {address.header} bot"
    assert address.redacted(told) == "fatal: [hidden] Authorization: Basic [hidden] bot"
    assert TOKEN not in repr(address)
    assert address.header not in repr(address)


def test_a_secret_that_is_not_set_is_named() -> None:
    with pytest.raises(ActionFailedError, match="the secret OTHER is not set"):
        Address.of("https://bot:${OTHER}@example.com/a.git", SECRETS)


@pytest.mark.parametrize(
    "place",
    [
        "https://example.com/a.git", "http://127.0.0.1:80/a", "ssh://git@example.com:22/a.git",
        "git@example.com:team/a.git", "example.com:a.git", "git://example.com/a", "file:///srv/a",
        "https://[::1]:8080/a.git",
    ],
)  # fmt: skip
def test_an_address_without_credentials_stays(place: str) -> None:
    assert Repository(url=place).place == place
    assert Address.of(place, SECRETS) == Address(place)


@pytest.mark.parametrize(
    "place",
    [
        "https://bot:hunter2@example.com/a.git", "https://hunter2@example.com/a.git",
        "https://bot:hunter2${TOKEN}@example.com/a.git", "https://bot:%24{hunter2@example.com/a",
        "https://example.com/hunter2/${TOKEN}.git", "https://${TOKEN}/hunter2.git",
        "ssh://git:hunter2@example.com/a.git", "ssh://${TOKEN}@example.com/hunter2",
        "${TOKEN}@example.com:hunter2", "https:///hunter2",
    ],
)  # fmt: skip
def test_a_password_is_refused_without_being_quoted(place: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Repository(url=place)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "place",
    [
        "", "a", "./a", "/srv/a", "ext::sh -c id", "ext::id", "fd::7", "-uid:a", "--upload-pack=id",
        "ssh://-oProxyCommand=id/a", "https://exa mple.com/a", "https://example.com/a\n",
        "https://example.com:port/a", "ftp://example.com/a", "transport::https://a/b",
    ],
)  # fmt: skip
def test_what_is_no_address_or_runs_a_program_is_refused(place: str) -> None:
    with pytest.raises(ValidationError):
        Repository(url=place)


@pytest.mark.parametrize("path", ["", "a", "./a", "../a", "-a", "/a\0b"])
def test_a_path_does_not_depend_on_where_tocsin_runs(path: str) -> None:
    with pytest.raises(ValidationError, match="must be an absolute path"):
        Repository(path=path)
    with pytest.raises(ValidationError, match="must be an absolute path"):
        GitSettings(folder=path)


def test_a_repository_has_one_place() -> None:
    for places in ({}, {"url": "https://example.com/a", "path": "/a"}):
        with pytest.raises(ValidationError, match="needs either `url` or `path`"):
            Repository.model_validate(places)


@pytest.mark.parametrize("name", ["../a", "a/b", "-a", ".a", "", "a" * 101, "a\n", "ä"])
def test_a_name_is_fit_for_a_folder(name: str) -> None:
    with pytest.raises(ValidationError):
        GitSettings.model_validate({"repositories": {name: {"path": "/a"}}})


@pytest.mark.parametrize("branch", ["main", "release/1.2", "größe", "a@b", "tocsin/revert-"])
def test_a_branch(branch: str) -> None:
    assert checked_branch(branch) == branch


@pytest.mark.parametrize(
    "branch",
    ["-x", "a..b", "a b", "a\n", "a~1", "a^", "a:b", "a?", "a*", "[a", "a\\b", "a.lock", "a.lock/b",
     "/a", "a//b", "a/.b", ".a", "@", "a@{1}", "a.", "refs/heads/a"],
)  # fmt: skip
def test_what_is_no_branch_is_refused(branch: str) -> None:
    with pytest.raises(ValueError, match="is no name of a branch"):
        checked_branch(branch)


def test_a_main_line_is_a_whole_branch() -> None:
    with pytest.raises(ValidationError, match="ends with a slash"):
        Repository(path="/a", main="a/")
