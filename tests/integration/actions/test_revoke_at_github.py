"""GitHub tokens are revoked at a server that answers as GitHub does."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.action_contract import SECRET, ActionContract, Situation
from tests.support.loopback_server import Heard, Reply, answering, behaving
from tests.support.revoking import failure, revoke, revoking

NOT_FOUND = b'{"message": "Not Found", "documentation_url": "https://docs.github.com/rest"}'


class Tokens:
    """Tokens that are worth something until they are revoked."""

    def __init__(self, *tokens: str) -> None:
        self.valid = set(tokens)

    def answer(self, heard: Heard) -> Reply:
        told = json.loads(heard.body)
        if (heard.method, heard.path) == ("POST", "/credentials/revoke"):
            if "authorization" in heard.headers:
                return Reply(403)
            self.valid -= set(told["credentials"])
            return Reply(202) if told["credentials"] != ["bad"] else Reply(422)
        if (heard.method, heard.path) != ("DELETE", "/applications/Iv1.abc/token"):
            return Reply(404, b"nothing here")
        if told["access_token"] == "bad":
            return Reply(422)
        if told["access_token"] not in self.valid:
            return Reply(404, NOT_FOUND)
        self.valid.remove(told["access_token"])
        return Reply(204)


def settings(by: str, url: str) -> dict[str, Any]:
    application = {"client_id": "Iv1.abc", "client_secret": "${TOKEN}"}
    return {"by": by, "api": url, **(application if by == "application" else {})}


class TestThatItIsAnAction(ActionContract):
    @pytest.fixture(params=["application", "report"])
    def situation(self, request: pytest.FixtureRequest) -> Iterator[Situation]:
        tokens = Tokens(SECRET, "other")
        with answering(tokens.answer) as server:
            yield Situation(
                revoking("github", **settings(request.param, server.url)),
                {"credential_type": "kind", "credential_id": SECRET},
                {"credential_type": "kind", "credential_id": "bad"},
                lambda: sorted(tokens.valid),
            )


@pytest.mark.parametrize("by", ["application", "report"])
def test_a_token_is_worth_nothing_afterwards(by: str) -> None:
    tokens = Tokens("ghp_1", "ghp_2")
    with answering(tokens.answer) as server:
        answer = revoke(revoking("github", **settings(by, server.url)), "ghp_1")
    assert tokens.valid == {"ghp_2"}
    assert answer == {
        "credential_type": "kind", "provider": "github", "already_revoked": False, "details": {},
    }  # fmt: skip
    assert server.heard[0].headers["x-github-api-version"] == "2022-11-28"
    assert server.heard[0].headers["user-agent"] == "tocsin"


def test_one_that_is_not_there_any_more_is_revoked() -> None:
    with answering(Tokens().answer) as server:
        answer = revoke(revoking("github", **settings("application", server.url)), "ghp_1")
    assert answer["already_revoked"] is True


def test_a_wrong_address_does_not_pass_for_a_revoked_token() -> None:
    with answering(Tokens().answer) as server:
        url = f"{server.url}/api/v9"
        error = failure(revoking("github", **settings("application", url)), "ghp_1")
    assert str(error) == "GitHub answered 404"


@pytest.mark.parametrize("by", ["application", "report"])
@pytest.mark.parametrize(
    ("status", "passing"),
    [(200, False), (302, False), (401, False), (403, False), (422, False), (429, True),
     (500, True), (503, True)],
)  # fmt: skip
def test_any_other_answer_is_a_failure(by: str, status: int, passing: bool) -> None:
    with answering(lambda heard: Reply(status, heard.body, {"Retry-After": "60"})) as server:
        error = failure(revoking("github", **settings(by, server.url)), "ghp_secret")
    assert error.passing is passing
    assert f"GitHub answered {status}" in str(error)
    assert "wait 60 s" in str(error)


def test_no_answer_can_be_tried_again() -> None:
    with behaving(lambda _: None) as server:
        assert failure(revoking("github", **settings("report", server.url)), "ghp_1").passing
