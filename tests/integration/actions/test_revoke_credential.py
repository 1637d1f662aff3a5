"""The action `revoke_credential`: which provider is asked, and what comes of a wrong one."""

import base64
from typing import Any

import pytest
from pydantic import ValidationError

from application.actions import ActionFailedError
from infrastructure.actions.catalogue import action_class
from infrastructure.actions.revoke_credential import (
    RevocationParameters,
    RevocationSettings,
    RevokeCredential,
)
from tests.support.action_contract import SECRET, a_call
from tests.support.loopback_server import Reply, answering, surroundings
from tests.support.revoking import revoking


def test_it_is_found_by_its_name() -> None:
    assert action_class("revoke_credential") is RevokeCredential


def test_a_type_without_a_provider_is_a_lasting_failure_that_names_the_known_ones() -> None:
    action = revoking("vault", address="https://vault.example", token="${TOKEN}")
    step = RevocationParameters(credential_type=SECRET, credential_id="x")
    with pytest.raises(ActionFailedError, match="there are: kind") as caught:
        action.perform(step, a_call())
    assert not caught.value.passing
    assert SECRET not in str(caught.value)


def test_each_type_goes_to_its_own_provider() -> None:
    with answering(lambda _: Reply(204)) as one, answering(lambda _: Reply(202)) as other:
        providers = {
            "database": {"provider": "vault", "address": one.url, "token": "t", "by": "lease"},
            "api_key": {"provider": "github", "api": other.url},
        }
        action = RevokeCredential(
            RevocationSettings.model_validate({"providers": providers}), surroundings()
        )
        for kind in ("api_key", "database"):
            answer = action.perform(
                RevocationParameters(credential_type=kind, credential_id="x"), a_call()
            )
            assert answer["credential_type"] == kind
    assert [each.path for each in one.heard] == ["/v1/sys/leases/revoke"]
    assert [each.path for each in other.heard] == ["/credentials/revoke"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"credential_id": ""},
        {"credential_id": 5},
        {"credential_id": SECRET, "credential_type": ""},
        {"credential_id": SECRET, "extras": {"a": 5}},
        {"credential_id": "x" * 20_000},
    ],
)
def test_a_wrong_parameter_is_refused_without_repeating_it(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        RevocationParameters.model_validate({"credential_type": "kind", **wrong})
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "provider",
    [
        {"provider": "unheard_of"},
        {"provider": "aws", "access_key_id": "x"},
        {"provider": "github", "by": "application"},
        {"provider": "github", "api": "https://api.github.com/"},
        {"provider": "vault", "address": "vault.example", "token": "t"},
        {"provider": "vault", "address": "https://vault.example"},
        {"provider": "http", "method": "GET", "url": "https://a.example/"},
        {"provider": "http", "method": "POST", "url": "https://{credential_id}.example/"},
        {"provider": "http", "method": "POST", "url": "https://a.example{credential_id}"},
        {"provider": "http", "method": "POST", "url": "https://${HOST}/"},
        {"provider": "http", "method": "POST", "url": "https://u:p@a.example/"},
        {"provider": "http", "method": "POST", "url": "/revoke"},
        {"provider": "http", "method": "POST", "url": "https://a/", "json": 1, "form": {"a": "b"}},
        {"provider": "http", "method": "POST", "url": "https://a/", "headers": {"Host": "b"}},
        {"provider": "http", "method": "POST", "url": "https://a/", "expected_status": []},
    ],
)
def test_wrong_settings_are_refused(provider: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        RevocationSettings.model_validate({"providers": {"kind": provider}})


def test_basic_authentication_is_what_the_contract_looks_for_too() -> None:
    # The contract looks for the plain secret; GitHub's is encoded on its way.
    encoded = base64.b64encode(f"id:{SECRET}".encode()).decode()
    with answering(lambda _: Reply(500)) as server:
        action = revoking(
            "github", by="application", client_id="id", client_secret="${TOKEN}", api=server.url
        )
        with pytest.raises(ActionFailedError) as caught:
            action.perform(
                RevocationParameters(credential_type="kind", credential_id="x"), a_call()
            )
    assert server.heard[0].headers["authorization"] == f"Basic {encoded}"
    assert encoded not in f"{caught.value!r}"
