"""The fields of a request: which may be given, and that none can smuggle in another."""

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, StrictStr

from application.actions import HttpRequest, Secrets
from infrastructure.outgoing.refusals import RefusedError

# RFC 9110, 5.6.2: what a field's name and a method are made of.
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# Half of a surrogate pair is no character, and cannot be sent as one.
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# What says how the message itself travels is the client's business.
_OURS = frozenset(
    {
        "accept-encoding", "connection", "content-length", "expect", "host", "keep-alive",
        "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
    }
)  # fmt: skip


def refuse_unsafe(request: HttpRequest) -> None:
    """Check the method and every field; raises RefusedError, whose text holds no value."""
    if request.method not in _METHODS:
        raise RefusedError("the method is none of " + ", ".join(sorted(_METHODS)))
    for name, value in request.headers.items():
        if why := why_unsafe(name, value):
            raise RefusedError(why)


def why_unsafe(name: str, value: str) -> str | None:
    """Say what is wrong with a field, without its value; None if it may be sent."""
    if not _TOKEN.fullmatch(name):
        return "the name of a header holds what no name may hold"
    if name.lower() in _OURS:
        return f"the header {name} is not for the request to set"
    if _CONTROL.search(value):
        return f"the header {name} holds a line break or another control character"
    return None


def _checked(headers: dict[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if why := why_unsafe(name, value):
            raise ValueError(why)
    return headers


# As they are written in a step or in configuration.
Headers = Annotated[dict[StrictStr, StrictStr], AfterValidator(_checked)]


def resolved(headers: Mapping[str, str], secrets: Secrets) -> dict[str, str]:
    """Put secrets into configured fields; raises ActionFailedError for an unknown one."""
    return {name.lower(): secrets.resolve(value) for name, value in headers.items()}


def as_sent(headers: Mapping[str, str], host: str) -> dict[str, bytes]:
    """Give the fields as they go out; what is not ASCII is UTF-8."""
    own = {
        "host": host,
        "connection": "close",
        # A compressed answer could unpack to anything.
        "accept-encoding": "identity",
        "user-agent": "tocsin",
        "accept": "*/*",
    }
    given = {name.lower(): value for name, value in headers.items()}
    return {name: value.strip().encode() for name, value in {**own, **given}.items()}
