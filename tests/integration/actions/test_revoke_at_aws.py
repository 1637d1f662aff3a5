"""AWS access keys are revoked through boto3 at a server that speaks the IAM Query API."""

import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from application.actions import ActionFailedError
from infrastructure.actions.revoke_credential import RevocationParameters, RevokeCredential
from tests.support.action_contract import ActionContract, Situation, a_call
from tests.support.iam_server import AccessKeys, serving
from tests.support.loopback_server import behaving
from tests.support.revoking import failure, revoke, revoking

KEY, OTHER, BAD = "AKIAIOSFODNN7EXAMPLE", "AKIAI44QH8DHBEXAMPLE", "AKIAIOSFODNN7BROKEN0"


def at_aws(url: str, **settings: Any) -> RevokeCredential:
    own = {"access_key_id": "AKIATOCSIN0000000000", "secret_access_key": "${TOKEN}"}
    return revoking("aws", endpoint_url=url, **{**own, **settings})


@pytest.fixture
def keys() -> AccessKeys:
    return AccessKeys({KEY: "ada", OTHER: "bob"})


class TestThatItIsAnAction(ActionContract):
    @pytest.fixture(params=[False, True], ids=["deactivated", "deleted"])
    def situation(self, request: pytest.FixtureRequest, keys: AccessKeys) -> Iterator[Situation]:
        keys.owners[BAD] = ""
        with serving(keys) as server:
            yield Situation(
                at_aws(server.url, delete=request.param, session_token="${TOKEN}"),
                {"credential_type": "kind", "credential_id": KEY},
                {"credential_type": "kind", "credential_id": BAD},
                lambda: [sorted(keys.owners), sorted(keys.status.items())],
            )


def test_a_key_is_made_inactive_for_the_user_that_has_it(keys: AccessKeys) -> None:
    with serving(keys) as server:
        answer = revoke(at_aws(server.url), KEY)
    assert keys.status == {KEY: "Inactive"}
    assert [(each["Action"], each.get("UserName")) for each in keys.calls] == [
        ("GetAccessKeyLastUsed", None),
        ("UpdateAccessKey", "ada"),
    ]
    assert answer == {
        "credential_type": "kind",
        "provider": "aws",
        "already_revoked": False,
        "details": {"user": "ada", "deleted": False},
    }


def test_it_is_inactive_before_it_is_deleted(keys: AccessKeys) -> None:
    with serving(keys) as server:
        answer = revoke(at_aws(server.url, delete=True), KEY, {"user": "ada"})
    assert [each["Action"] for each in keys.calls] == ["UpdateAccessKey", "DeleteAccessKey"]
    assert (keys.owners, answer["details"]["deleted"]) == ({OTHER: "bob"}, True)


def test_the_wrong_user_does_not_make_a_key_pass_for_revoked(keys: AccessKeys) -> None:
    with serving(keys) as server:
        answer = revoke(at_aws(server.url), KEY, {"user": "bob"})
    assert keys.status == {KEY: "Inactive"}
    assert (answer["already_revoked"], answer["details"]["user"]) == (False, "ada")


@pytest.mark.parametrize("extras", [{}, {"user": "ada"}])
def test_a_key_that_is_not_there_any_more_is_revoked(
    keys: AccessKeys, extras: dict[str, str]
) -> None:
    del keys.owners[KEY]
    with serving(keys) as server:
        assert revoke(at_aws(server.url, delete=True), KEY, extras)["already_revoked"] is True


def test_a_key_without_a_user_is_never_taken_for_one_of_whoever_asks(keys: AccessKeys) -> None:
    keys.owners[KEY] = ""
    with serving(keys) as server:
        error = failure(at_aws(server.url), KEY)
    assert "does not say which user" in str(error)
    assert keys.status == {}


@pytest.mark.parametrize(
    "credential", ["ASIAIOSFODNN7EXAMPLE", "short", "akiaiosfodnn7example", "AKIA IOSFODNN7EXAMPLE",
                   "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"],
)  # fmt: skip
def test_what_iam_cannot_revoke_is_not_asked_for(keys: AccessKeys, credential: str) -> None:
    with serving(keys) as server:
        assert not failure(at_aws(server.url), credential).passing
    assert keys.calls == []


@pytest.mark.parametrize(
    ("status", "code", "passing"),
    [
        (403, "AccessDenied", False),
        (403, "InvalidClientTokenId", False),
        (400, "Throttling", True),
        (409, "EntityTemporarilyUnmodifiable", True),
        (500, "ServiceFailure", True),
        (503, "Whatever", True),
    ],
)
@pytest.mark.parametrize("call", ["GetAccessKeyLastUsed", "UpdateAccessKey", "DeleteAccessKey"])
def test_an_error_of_aws_is_told_by_its_code(
    keys: AccessKeys, status: int, code: str, passing: bool, call: str
) -> None:
    keys.failing[call] = (status, code)
    with serving(keys) as server:
        error = failure(at_aws(server.url, delete=True), KEY)
    assert (str(error), error.passing) == (f"AWS answered {code} ({status})", passing)
    assert [each["Action"] for each in keys.calls].count(call) == 1


def test_nobody_there_can_be_tried_again() -> None:
    error = failure(at_aws("http://127.0.0.1:1"), KEY)
    assert (str(error), error.passing) == (
        "AWS cannot be asked (EndpointConnectionError)", True,
    )  # fmt: skip


def test_an_answer_that_does_not_come_is_not_waited_for() -> None:
    def drip(connection: Any) -> None:
        for _ in range(50):
            connection.sendall(b"HTTP/1.1 200 OK\r\n"[:1])
            time.sleep(0.1)

    begun = time.monotonic()
    with (
        behaving(drip) as server,
        pytest.raises(ActionFailedError, match=r"too long|cannot be asked"),
    ):
        at_aws(server.url).perform(
            RevocationParameters(credential_type="kind", credential_id=KEY), a_call(seconds=1.5)
        )
    assert time.monotonic() - begun < 4


def test_no_credentials_of_our_own_is_a_lasting_failure(
    keys: AccessKeys, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with serving(keys) as server:
        error = failure(at_aws(server.url, access_key_id=None, secret_access_key=None), KEY)
    assert (str(error), error.passing) == ("AWS cannot be asked (NoCredentialsError)", False)


def test_an_endpoint_that_is_no_url_is_a_lasting_failure() -> None:
    assert str(failure(at_aws("nonsense"), KEY)) == "the endpoint_url of AWS is not a URL"


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    error = failure(at_aws("http://127.0.0.1:1"), KEY)
    assert "pip install 'tocsin[aws]'" in str(error)
    assert not error.passing
