"""Leases and tokens are revoked at a server that answers as Vault does."""

import json
from collections.abc import Iterator

import pytest

from tests.support.action_contract import SECRET, ActionContract, Situation
from tests.support.loopback_server import Heard, Reply, answering, behaving
from tests.support.revoking import failure, revoke, revoking

PATHS = {
    ("PUT", "/v1/sys/leases/revoke"): "lease_id",
    ("POST", "/v1/auth/token/revoke-accessor"): "accessor",
    ("POST", "/v1/auth/token/revoke"): "token",
}
KINDS = {"lease": "lease_id", "accessor": "accessor", "token": "token"}


def errors(status: int, *texts: str) -> Reply:
    return Reply(status, json.dumps({"errors": list(texts)}).encode())


class Vault:
    """What Vault has issued, and who may revoke it."""

    def __init__(self, *issued: str) -> None:
        self.issued = set(issued)

    def answer(self, heard: Heard) -> Reply:
        if heard.headers.get("x-vault-request") != "true":
            return errors(400, "missing X-Vault-Request")
        if heard.headers.get("x-vault-token") != SECRET:
            return errors(403, "permission denied")
        name = PATHS.get((heard.method, heard.path))
        if name is None:
            return errors(404, 'no handler for route "x". route entry not found.')
        what = json.loads(heard.body)[name]
        if what == "sealed":
            return errors(503, "Vault is sealed")
        if what not in self.issued and name == "accessor":
            return errors(400, "1 error occurred:\n\t* invalid accessor\n\n")
        self.issued.discard(what)
        return Reply(204)


class TestThatItIsAnAction(ActionContract):
    @pytest.fixture(params=KINDS)
    def situation(self, request: pytest.FixtureRequest) -> Iterator[Situation]:
        vault = Vault(f"id-{SECRET}", "other")
        with answering(vault.answer) as server:
            yield Situation(
                revoking("vault", address=server.url, token="${TOKEN}", by=request.param),
                {"credential_type": "kind", "credential_id": f"id-{SECRET}"},
                {"credential_type": "kind", "credential_id": "sealed"},
                lambda: sorted(vault.issued),
            )


@pytest.mark.parametrize("by", KINDS)
def test_what_was_issued_is_worth_nothing_afterwards(by: str) -> None:
    vault = Vault("a/b/1", "other")
    with answering(vault.answer) as server:
        action = revoking("vault", address=server.url, token="${TOKEN}", by=by, namespace="team/a")
        assert revoke(action, "a/b/1")["already_revoked"] is False
    assert vault.issued == {"other"}
    assert server.heard[0].headers["x-vault-namespace"] == "team/a"


def test_an_accessor_that_is_not_known_any_more_is_revoked() -> None:
    with answering(Vault().answer) as server:
        action = revoking("vault", address=server.url, token="${TOKEN}")
        assert revoke(action, "gone")["already_revoked"] is True


def test_a_wrong_path_does_not_pass_for_a_revoked_token() -> None:
    with answering(Vault().answer) as server:
        action = revoking("vault", address=f"{server.url}/vault", token="${TOKEN}")
        assert str(failure(action, "gone")) == "Vault answered 404"


def test_a_token_that_may_not_do_it_is_a_lasting_failure() -> None:
    with answering(Vault("a").answer) as server:
        error = failure(revoking("vault", address=server.url, token="wrong"), "abcdef")
    assert (str(error), error.passing) == ("Vault answered 403", False)


@pytest.mark.parametrize(
    ("status", "passing"),
    [(307, False), (400, False), (404, False), (412, True), (429, True), (473, True), (500, True),
     (503, True)],
)  # fmt: skip
def test_any_other_answer_is_a_failure(status: int, passing: bool) -> None:
    with answering(lambda heard: Reply(status, heard.body)) as server:
        error = failure(revoking("vault", address=server.url, token="${TOKEN}"), "abcdef")
    assert error.passing is passing


def test_no_answer_can_be_tried_again() -> None:
    with behaving(lambda _: None) as server:
        assert failure(revoking("vault", address=server.url, token="t"), "abcdef").passing
