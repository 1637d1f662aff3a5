"""GitHub tokens, revoked by the OAuth application that they belong to, or reported as exposed."""

import base64
from typing import Annotated, Literal
from urllib.parse import quote

import orjson
from pydantic import Field, StrictStr, model_validator

from application.actions import Call, HttpAnswer, HttpRequest, Surroundings
from infrastructure.credentials.provider import Credential, ProviderSettings, Revoked
from infrastructure.outgoing.exchange import exchange, json_body, time_for, unexpected

_NO_CONTENT = 204
_ACCEPTED = 202
_NOT_FOUND = 404


class GithubSettings(ProviderSettings):
    """`by: application` needs the application's id and secret; `by: report` needs nothing.

    Reporting works for any exposed token of a person, whoever owns it, on github.com only; GitHub
    takes 60 reports an hour from one address, and tells the owner.
    """

    provider: Literal["github"]
    by: Literal["application", "report"] = "report"
    api: Annotated[StrictStr, Field(pattern=r"^https?://[^?#{}]+[^?#{}/]$")] = (
        "https://api.github.com"
    )
    client_id: StrictStr | None = None
    client_secret: StrictStr | None = None

    @model_validator(mode="after")
    def _application_is_known(self) -> "GithubSettings":
        if self.by == "application" and not (self.client_id and self.client_secret):
            msg = "by: application needs client_id and client_secret"
            raise ValueError(msg)
        return self


class GithubTokens:
    """Revokes tokens at GitHub's REST API, version 2022-11-28.

    `DELETE /applications/{client_id}/token` and `POST /credentials/revoke`. GitHub needs the
    token itself, so it is sent; it is in nothing that comes back.
    """

    def __init__(self, settings: GithubSettings, surroundings: Surroundings) -> None:
        self._settings = settings
        self._surroundings = surroundings

    def revoke(self, credential: Credential, call: Call) -> Revoked:
        """Revoke a token; what is not there any more is revoked."""
        if self._settings.by == "report":
            return self._report(credential, call)
        answer = self._ask(
            "DELETE", f"/applications/{quote(self._client_id, safe='')}/token",
            {"access_token": credential.id}, call,
        )  # fmt: skip
        if answer.status == _NO_CONTENT:
            return Revoked(already=False)
        if answer.status == _NOT_FOUND and _is_githubs(answer):
            return Revoked(already=True)
        raise unexpected(answer, "GitHub", repeatable=True)

    def _report(self, credential: Credential, call: Call) -> Revoked:
        answer = self._ask("POST", "/credentials/revoke", {"credentials": [credential.id]}, call)
        if answer.status != _ACCEPTED:
            raise unexpected(answer, "GitHub", repeatable=True)
        return Revoked(already=False)

    def _ask(self, method: str, path: str, body: object, call: Call) -> HttpAnswer:
        headers = {
            "accept": "application/vnd.github+json",
            "content-type": "application/json",
            "x-github-api-version": "2022-11-28",
        }
        if self._settings.by == "application":
            secret = self._surroundings.secrets.resolve(self._settings.client_secret or "")
            pair = base64.b64encode(f"{self._client_id}:{secret}".encode()).decode()
            headers["authorization"] = f"Basic {pair}"
        request = HttpRequest(
            method, self._settings.api + path, headers, json_body(body), timeout=time_for(call)
        )
        return exchange(self._surroundings.outgoing, request, repeatable=True)

    @property
    def _client_id(self) -> str:
        return self._surroundings.secrets.resolve(self._settings.client_id or "")


def _is_githubs(answer: HttpAnswer) -> bool:
    # Any server at a wrong address says 404; that must not pass for a revoked token.
    try:
        told = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return False
    return isinstance(told, dict) and told.get("message") == "Not Found"
