"""Credentials of anybody with an HTTP API, revoked by a request that the configuration gives."""

import re
from collections.abc import Callable
from typing import Annotated, Any, Literal
from urllib.parse import quote, quote_plus

from pydantic import AfterValidator, Field, JsonValue, StrictStr, model_validator

from application.actions import ActionFailedError, Call, HttpRequest, Surroundings
from infrastructure.credentials.provider import Credential, ProviderSettings, Revoked
from infrastructure.outgoing.exchange import (
    Statuses,
    exchange,
    is_expected,
    json_body,
    time_for,
    unexpected,
)
from infrastructure.outgoing.headers import Headers
from infrastructure.outgoing.target import parse_origin

_PLACE = re.compile(r"(?<!\$)\{([a-z][a-z0-9_]*)\}")
_BEGINNING = re.compile(r"https?://[^/?#{}$]+(?=[/?#]|$)")
_ID = "credential_id"
# What a URL means by these is another path.
_NO_SEGMENT = frozenset({"", ".", ".."})


def _fixed_origin(url: str) -> str:
    beginning = _BEGINNING.match(url)
    if beginning is None:
        msg = "the URL must begin with https:// or http:// and a host without placeholders"
        raise ValueError(msg)
    parse_origin(beginning[0])
    return url


class HttpSettings(ProviderSettings):
    """The request that revokes a credential.

    `{credential_id}`, and `{name}` for each extra, stand for what a step gives: in the URL behind
    the host (percent-encoded), in headers, and in the texts of `json` or `form`.
    """

    provider: Literal["http"]
    method: Literal["DELETE", "POST", "PUT", "PATCH"]
    url: Annotated[StrictStr, AfterValidator(_fixed_origin)]
    headers: Headers = Field(default_factory=dict)
    json_: Annotated[JsonValue, Field(alias="json")] = None
    form: dict[StrictStr, StrictStr] = Field(default_factory=dict)
    expected_status: Annotated[Statuses, Field(min_length=1)] = ("2xx",)
    already_revoked_status: Statuses = (404, 410)

    @model_validator(mode="after")
    def _has_one_body(self) -> "HttpSettings":
        if self.json_ is not None and self.form:
            msg = "give either json or form"
            raise ValueError(msg)
        return self


class HttpCredentials:
    """Revokes credentials by one request, to be sent to whoever issued them."""

    def __init__(self, settings: HttpSettings, surroundings: Surroundings) -> None:
        self._settings = settings
        self._surroundings = surroundings
        self._who = str(parse_origin(_BEGINNING.findall(settings.url)[0]))

    def revoke(self, credential: Credential, call: Call) -> Revoked:
        """Send the request; the statuses of `already_revoked_status` are as good as a success."""
        request = self._request(credential, call)
        answer = exchange(self._surroundings.outgoing, request, repeatable=True)
        if is_expected(answer.status, self._settings.expected_status):
            return Revoked(already=False)
        if is_expected(answer.status, self._settings.already_revoked_status):
            return Revoked(already=True)
        raise unexpected(answer, self._who, repeatable=True)

    def _request(self, credential: Credential, call: Call) -> HttpRequest:
        values = {**credential.extras, _ID: credential.id}
        body, kind = self._body(values)
        headers = {"content-type": kind} if kind else {}
        for name, value in self._settings.headers.items():
            headers[name.lower()] = self._filled(value, values, str)
        headers["idempotency-key"] = call.idempotency_key
        url = self._filled(self._settings.url, values, _segment)
        return HttpRequest(self._settings.method, url, headers, body, timeout=time_for(call))

    def _body(self, values: dict[str, str]) -> tuple[bytes, str | None]:
        if self._settings.form:
            pairs = (
                f"{quote_plus(name)}={quote_plus(self._filled(text, values, str))}"
                for name, text in self._settings.form.items()
            )
            return "&".join(pairs).encode(), "application/x-www-form-urlencoded"
        if self._settings.json_ is not None:
            return json_body(self._at_any_depth(self._settings.json_, values)), "application/json"
        return b"", None

    def _at_any_depth(self, value: Any, values: dict[str, str]) -> Any:
        if isinstance(value, str):
            return self._filled(value, values, str)
        if isinstance(value, dict):
            return {name: self._at_any_depth(each, values) for name, each in value.items()}
        if isinstance(value, list):
            return [self._at_any_depth(each, values) for each in value]
        return value

    def _filled(self, text: str, values: dict[str, str], encode: Callable[[str], str]) -> str:
        # What a step gives is put between the pieces, and never read as a template itself.
        pieces = _PLACE.split(text)
        for at in range(0, len(pieces), 2):
            pieces[at] = self._surroundings.secrets.resolve(pieces[at])
        for at in range(1, len(pieces), 2):
            if pieces[at] not in values:
                raise ActionFailedError(f"the step gives no {pieces[at]} in its extras")
            pieces[at] = encode(values[pieces[at]])
        return "".join(pieces)


def _segment(value: str) -> str:
    if value in _NO_SEGMENT:
        raise ActionFailedError("a value for the URL is empty or only dots")
    return quote(value, safe="", errors="replace")
