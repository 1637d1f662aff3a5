"""Any credential is revoked by the request that the configuration gives."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, unquote

import pytest

from application.actions import ActionFailedError
from tests.support.action_contract import SECRET, ActionContract, Situation
from tests.support.loopback_server import Heard, LoopbackServer, Reply, answering, behaving
from tests.support.revoking import failure, revoke, revoking


class Keys:
    """Keys, each at a path of its own."""

    def __init__(self, *keys: str) -> None:
        self.valid = set(keys)

    def answer(self, heard: Heard) -> Reply:
        key = unquote(heard.path.removeprefix("/keys/"))
        if key == "bad":
            return Reply(500)
        if key not in self.valid:
            return Reply(404)
        self.valid.remove(key)
        return Reply(204)


class TestThatItIsAnAction(ActionContract):
    @pytest.fixture
    def situation(self) -> Iterator[Situation]:
        keys = Keys(f"id/{SECRET}", "other")
        with answering(keys.answer) as server:
            yield Situation(
                revoking("http", method="DELETE", url=f"{server.url}/keys/{{credential_id}}",
                         headers={"Authorization": "Bearer ${TOKEN}"}),
                {"credential_type": "kind", "credential_id": f"id/{SECRET}"},
                {"credential_type": "kind", "credential_id": "bad"},
                lambda: sorted(keys.valid),
            )  # fmt: skip


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with answering(lambda _: Reply(204)) as running:
        yield running


NASTY = [
    "a/b",
    "../../admin",
    "a?b=c",
    "a#b",
    "a b",
    "a%2fb",
    "ä\r\nX: y",
    "${TOKEN}",
    "{x}",
    "a;b",
]


@pytest.mark.parametrize("key", NASTY)
def test_whatever_the_id_holds_is_one_piece_of_the_url(server: LoopbackServer, key: str) -> None:
    url = f"{server.url}/keys/{{credential_id}}/now?of={{user}}"
    revoke(revoking("http", method="DELETE", url=url), key, {"user": key})
    (heard,) = server.heard
    path, _, query = heard.path.partition("?")
    assert [unquote(piece) for piece in path.split("/")] == ["", "keys", key, "now"]
    assert parse_qs(query) == {"of": [key]}


@pytest.mark.parametrize("key", [".", ".."])
def test_an_id_that_would_be_another_path_is_refused(server: LoopbackServer, key: str) -> None:
    action = revoking("http", method="DELETE", url=f"{server.url}/keys/{{credential_id}}")
    with pytest.raises(ActionFailedError, match="empty or only dots"):
        revoke(action, key)
    assert server.heard == []


@pytest.mark.parametrize("key", NASTY)
def test_whatever_the_id_holds_is_one_value_of_a_body(server: LoopbackServer, key: str) -> None:
    told = {"token": "{credential_id}", "type": "${TOKEN}", "deep": [{"a": "<{credential_id}>"}]}
    revoke(revoking("http", method="POST", url=server.url, json=told), key)
    revoke(revoking("http", method="POST", url=server.url,
                    form={"token": "{credential_id}", "secret": "${TOKEN}"}), key)  # fmt: skip
    as_json, as_form = server.heard
    assert json.loads(as_json.body) == {
        "token": key, "type": SECRET, "deep": [{"a": f"<{key}>"}],
    }  # fmt: skip
    assert as_json.headers["content-type"] == "application/json"
    assert parse_qs(as_form.body.decode()) == {"token": [key], "secret": [SECRET]}
    assert as_form.headers["content-type"] == "application/x-www-form-urlencoded"


def test_the_id_may_be_the_key_that_revokes_itself(server: LoopbackServer) -> None:
    revoke(revoking("http", method="DELETE", url=f"{server.url}/self",
                    headers={"PRIVATE-TOKEN": "{credential_id}"}), "glpat-1")  # fmt: skip
    assert server.heard[0].headers["private-token"] == "glpat-1"


def test_an_id_cannot_bring_along_a_header(server: LoopbackServer) -> None:
    action = revoking("http", method="DELETE", url=server.url, headers={"X-K": "{credential_id}"})
    error = failure(action, "a\r\nX-Admin: 1")
    assert (error.passing, server.heard) == (False, [])


def test_an_extra_that_is_missing_is_named(server: LoopbackServer) -> None:
    action = revoking("http", method="DELETE", url=f"{server.url}/{{user}}")
    assert str(failure(action, "abc")) == "the step gives no user in its extras"


@pytest.mark.parametrize(
    ("settings", "status", "already"),
    [
        ({}, 200, False),
        ({}, 204, False),
        ({}, 404, True),
        ({}, 410, True),
        ({"expected_status": 202}, 202, False),
        ({"expected_status": [200, "3xx"]}, 302, False),
        ({"already_revoked_status": [409]}, 409, True),
    ],
)
def test_which_status_is_good_is_configured(
    settings: dict[str, Any], status: int, already: bool
) -> None:
    with answering(lambda _: Reply(status)) as server:
        action = revoking("http", method="DELETE", url=server.url, **settings)
        assert revoke(action, "abc")["already_revoked"] is already


@pytest.mark.parametrize(
    ("settings", "status", "passing"),
    [
        ({}, 400, False),
        ({}, 302, False),
        ({}, 429, True),
        ({}, 502, True),
        ({"expected_status": 202}, 200, False),
        ({"already_revoked_status": []}, 404, False),
    ],
)
def test_any_other_is_a_failure(settings: dict[str, Any], status: int, passing: bool) -> None:
    with answering(lambda heard: Reply(status, heard.path.encode())) as server:
        url = f"{server.url}/{{credential_id}}?k=${{TOKEN}}"
        error = failure(revoking("http", method="POST", url=url, **settings), "abcdef")
    assert error.passing is passing
    assert str(error).startswith(f"{server.url} answered {status}")


def test_no_answer_can_be_tried_again() -> None:
    with behaving(lambda _: None) as server:
        url = f"{server.url}/{{credential_id}}"
        assert failure(revoking("http", method="DELETE", url=url), "abcdef").passing
