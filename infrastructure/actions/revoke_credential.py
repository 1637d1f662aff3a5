"""The action `revoke_credential`: makes a credential worthless at whoever issued it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StrictStr

from application.actions import ActionFailedError, Call, Surroundings
from infrastructure.credentials.aws import AwsKeys, AwsSettings
from infrastructure.credentials.github import GithubSettings, GithubTokens
from infrastructure.credentials.http import HttpCredentials, HttpSettings
from infrastructure.credentials.provider import Credential, Provider
from infrastructure.credentials.vault import VaultCredentials, VaultSettings

_PROVIDERS: Mapping[str, Any] = MappingProxyType(
    {
        "aws": AwsKeys,
        "github": GithubTokens,
        "http": HttpCredentials,
        "vault": VaultCredentials,
    }
)


class RevocationParameters(BaseModel):
    """What a step says. The id may be the secret itself, so no error repeats it.

    `credential_type` is a name under `providers`; `extras` is what that provider may need besides.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    credential_type: Annotated[StrictStr, Field(min_length=1)]
    credential_id: Annotated[StrictStr, Field(min_length=1, max_length=16_384)]
    extras: dict[StrictStr, StrictStr] = Field(default_factory=dict)


class RevocationSettings(BaseModel):
    """Which provider revokes the credentials of which type."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    providers: dict[
        Annotated[StrictStr, Field(min_length=1)],
        Annotated[
            AwsSettings | GithubSettings | HttpSettings | VaultSettings, Discriminator("provider")
        ],
    ] = Field(default_factory=dict)


class RevokeCredential:
    """Revokes a credential by its type's provider. Done twice, it is as good as once."""

    Parameters: ClassVar[type[BaseModel]] = RevocationParameters
    Settings: ClassVar[type[BaseModel]] = RevocationSettings
    outputs: ClassVar[frozenset[str] | None] = frozenset(
        {"credential_type", "provider", "already_revoked", "details"}
    )

    def __init__(self, settings: RevocationSettings, surroundings: Surroundings) -> None:
        self._settings = settings
        self._surroundings = surroundings

    def is_idempotent(self, _parameters: RevocationParameters) -> bool:
        """Say yes: what is revoked stays so."""
        return True

    def perform(self, parameters: RevocationParameters, call: Call) -> Mapping[str, Any]:
        """Revoke the credential."""
        kind = parameters.credential_type
        settings = self._settings.providers.get(kind)
        if settings is None:
            # What is no known type might be anything, even the secret by mistake.
            known = ", ".join(sorted(self._settings.providers)) or "none"
            raise ActionFailedError(f"no provider has that credential_type; there are: {known}")
        provider: Provider = _PROVIDERS[settings.provider](settings, self._surroundings)
        revoked = provider.revoke(Credential(parameters.credential_id, parameters.extras), call)
        return {
            "credential_type": kind,
            "provider": settings.provider,
            "already_revoked": revoked.already,
            "details": dict(revoked.details),
        }
