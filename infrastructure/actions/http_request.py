"""The action `http_request`: sends one HTTP request, and judges the answer by its status."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated, Any, ClassVar, Literal

import orjson
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    StrictInt,
    StrictStr,
)

from application.actions import ActionFailedError, Call, HttpAnswer, HttpRequest, Surroundings
from domain.duration import parse_duration
from domain.written import Duration
from infrastructure.outgoing.exchange import (
    Statuses,
    exchange,
    is_expected,
    json_body,
    time_for,
    unexpected,
)
from infrastructure.outgoing.headers import Headers, resolved, why_unsafe
from infrastructure.outgoing.refusals import RefusedError
from infrastructure.outgoing.target import Origin, parse_origin, parse_target

_SHOWN = 64 * 1024
# Of an answer's fields only those that say something and are no credential.
_SAFE = frozenset(
    {
        "content-language", "content-length", "content-type", "date", "etag", "last-modified",
        "retry-after", "x-correlation-id", "x-request-id",
    }
)  # fmt: skip
# RFC 9110, 9.2.2.
_IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})

Method = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def _is_free(name: str) -> str:
    if why := why_unsafe(name, ""):
        raise ValueError(why)
    return name


def _is_origin(written: str) -> str:
    parse_origin(written)
    return written


HostName = Annotated[StrictStr, AfterValidator(_is_origin)]


class RequestParameters(BaseModel):
    """What a step says. They may hold secrets, so no error repeats them."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    url: StrictStr
    method: Annotated[
        Method, BeforeValidator(lambda given: given.upper() if isinstance(given, str) else given)
    ] = "GET"
    headers: Headers = Field(default_factory=dict)
    body: JsonValue = None
    expected_status: Annotated[Statuses, Field(min_length=1)] = ("2xx",)
    follow_redirects: Annotated[StrictInt, Field(ge=0, le=10)] = 0


class RequestSettings(BaseModel):
    """What `actions.yaml` may say of it.

    A host is written as `host`, `host:port` or `https://host:port`; without a scheme it is https,
    so that a secret of `headers` never goes out in the clear by accident.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    headers: dict[HostName, Headers] = Field(default_factory=dict)
    idempotent_hosts: tuple[HostName, ...] = ()
    idempotency_header: Annotated[StrictStr, AfterValidator(_is_free)] = "Idempotency-Key"
    timeout: Duration = "30s"


class SendHttpRequest:
    """Sends a request with the call's idempotency key in it."""

    Parameters: ClassVar[type[BaseModel]] = RequestParameters
    Settings: ClassVar[type[BaseModel]] = RequestSettings
    outputs: ClassVar[frozenset[str] | None] = frozenset(
        {"status", "headers", "body", "json", "truncated"}
    )

    def __init__(self, settings: RequestSettings, surroundings: Surroundings) -> None:
        self._settings = settings
        self._surroundings = surroundings
        self._headers = {parse_origin(host): each for host, each in settings.headers.items()}
        self._honouring = {parse_origin(host) for host in settings.idempotent_hosts}

    def is_idempotent(self, parameters: RequestParameters) -> bool:
        """Judge by the method, and else by whether the host is said to honour the key."""
        if parameters.method in _IDEMPOTENT:
            return True
        with suppress(RefusedError):
            return parse_target(parameters.url).origin in self._honouring
        return False

    def perform(self, parameters: RequestParameters, call: Call) -> Mapping[str, Any]:
        """Send it; an unexpected status is a failure."""
        origin = _asked(parameters.url)
        repeatable = self.is_idempotent(parameters)
        request = self._request(parameters, origin, call)
        answer = exchange(self._surroundings.outgoing, request, repeatable=repeatable)
        if not is_expected(answer.status, parameters.expected_status):
            raise unexpected(answer, str(origin), repeatable=repeatable)
        return _told(answer)

    def _request(self, parameters: RequestParameters, origin: Origin, call: Call) -> HttpRequest:
        body, kind = _encoded(parameters.body)
        configured = self._headers.get(origin, {})
        headers = {"content-type": kind} if kind else {}
        headers |= resolved(configured, self._surroundings.secrets)
        headers |= {name.lower(): value for name, value in parameters.headers.items()}
        headers[self._settings.idempotency_header.lower()] = call.idempotency_key
        longest = parse_duration(self._settings.timeout).total_seconds()
        return HttpRequest(
            parameters.method,
            parameters.url,
            headers,
            body,
            timeout=time_for(call, longest),
            redirects=parameters.follow_redirects,
        )


def _asked(url: str) -> Origin:
    try:
        return parse_target(url).origin
    except RefusedError as error:
        raise ActionFailedError(str(error)) from None


def _encoded(body: Any) -> tuple[bytes, str | None]:
    if body is None:
        return b"", None
    if isinstance(body, str):
        # Half of a surrogate pair is no text that can be sent.
        return body.encode(errors="replace"), "text/plain; charset=utf-8"
    return json_body(body), "application/json"


def _told(answer: HttpAnswer) -> dict[str, Any]:
    told: dict[str, Any] = {
        "status": answer.status,
        "headers": {name: value for name, value in answer.headers.items() if name in _SAFE},
        "body": answer.body[:_SHOWN].decode("utf-8", errors="replace"),
        "truncated": len(answer.body) > _SHOWN,
    }
    if not told["truncated"]:
        with suppress(orjson.JSONDecodeError):
            told["json"] = orjson.loads(answer.body)
    return told
