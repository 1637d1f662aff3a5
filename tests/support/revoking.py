"""Makes the action that revokes credentials, with one provider for the type `kind`."""

from collections.abc import Mapping
from typing import Any

import pytest

from application.actions import ActionFailedError
from infrastructure.actions.revoke_credential import (
    RevocationParameters,
    RevocationSettings,
    RevokeCredential,
)
from tests.support.action_contract import SECRET, a_call
from tests.support.loopback_server import surroundings


def revoking(provider: str, **settings: Any) -> RevokeCredential:
    """Make the action; the secret `TOKEN` is the contract's."""
    providers = {"kind": {"provider": provider, **settings}}
    return RevokeCredential(
        RevocationSettings.model_validate({"providers": providers}), surroundings(TOKEN=SECRET)
    )


def revoke(
    action: RevokeCredential, credential: str, extras: Mapping[str, str] | None = None
) -> Mapping[str, Any]:
    """Revoke a credential of the type `kind`."""
    return action.perform(
        RevocationParameters(
            credential_type="kind", credential_id=credential, extras=dict(extras or {})
        ),
        a_call(),
    )


def failure(
    action: RevokeCredential, credential: str, extras: Mapping[str, str] | None = None
) -> ActionFailedError:
    """Give the failure that revoking ends with; it repeats neither credential nor secret."""
    with pytest.raises(ActionFailedError) as caught:
        revoke(action, credential, extras)
    assert credential not in f"{caught.value!r} {caught.value}"
    assert SECRET not in f"{caught.value!r} {caught.value}"
    return caught.value
