"""Leases and tokens of HashiCorp Vault, revoked at its HTTP API."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field, StrictStr

from application.actions import Call, HttpAnswer, HttpRequest, Surroundings
from infrastructure.credentials.provider import Credential, ProviderSettings, Revoked
from infrastructure.outgoing.exchange import exchange, json_body, time_for, unexpected

# How it is asked for, and what the field with the credential is called.
_REQUESTS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "lease": ("PUT", "/v1/sys/leases/revoke", "lease_id"),
        "accessor": ("POST", "/v1/auth/token/revoke-accessor", "accessor"),
        "token": ("POST", "/v1/auth/token/revoke", "token"),
    }
)
_DONE = frozenset({200, 204})
_REJECTED = frozenset({400, 403})
# Vault says so of what it does not know (any more). Its 404 means a path that is not there.
_UNKNOWN = (b"invalid accessor", b"invalid lease", b"lease not found")
# Standby, and the like in its enterprise edition; consistency not yet reached.
_PASSING = frozenset({408, 412, 425, 429, 472, 473})


class VaultSettings(ProviderSettings):
    """Where Vault is, and what a credential's id is: a lease, a token's accessor, or a token.

    Prefer accessors: they revoke a token without anybody having to send it.
    """

    provider: Literal["vault"]
    address: Annotated[StrictStr, Field(pattern=r"^https?://[^?#{}]*[^?#{}/]$")]
    token: StrictStr
    by: Literal["lease", "accessor", "token"] = "accessor"
    namespace: StrictStr | None = None


class VaultCredentials:
    """Revokes what Vault has issued. A lease that Vault does not know is, to Vault, revoked."""

    def __init__(self, settings: VaultSettings, surroundings: Surroundings) -> None:
        self._settings = settings
        self._surroundings = surroundings

    def revoke(self, credential: Credential, call: Call) -> Revoked:
        """Revoke a lease or a token with all that was issued through it."""
        answer = self._ask(credential, call)
        if answer.status in _DONE:
            return Revoked(already=False)
        if answer.status in _REJECTED and any(word in answer.body for word in _UNKNOWN):
            return Revoked(already=True)
        raise unexpected(answer, "Vault", repeatable=True, passing=_PASSING)

    def _ask(self, credential: Credential, call: Call) -> HttpAnswer:
        method, path, name = _REQUESTS[self._settings.by]
        headers = {
            "content-type": "application/json",
            # Vault refuses what does not show that it was meant for Vault.
            "x-vault-request": "true",
            "x-vault-token": self._surroundings.secrets.resolve(self._settings.token),
        }
        if self._settings.namespace:
            headers["x-vault-namespace"] = self._settings.namespace
        request = HttpRequest(
            method,
            self._settings.address + path,
            headers,
            json_body({name: credential.id}),
            timeout=time_for(call),
        )
        return exchange(self._surroundings.outgoing, request, repeatable=True)
