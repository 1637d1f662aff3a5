"""Whether a redirect is followed, and with what of the request (RFC 9110, 15.4)."""

from dataclasses import replace
from urllib.parse import urljoin

from application.actions import HttpAnswer, HttpRequest
from infrastructure.outgoing.refusals import RefusedError, RefusedRedirectError
from infrastructure.outgoing.target import Target, parse_target

_SEE_OTHER = 303
# By long custom a POST becomes a GET on these two.
_MOVED = frozenset({301, 302})
_SAME_METHOD = frozenset({307, 308})
_REDIRECTS = _MOVED | _SAME_METHOD | {_SEE_OTHER}
# RFC 9110, 9.2.1. What changes something is not handed on to somebody else.
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# All that another origin gets to see: any other header may be a credential.
_HARMLESS = frozenset({"accept", "accept-language", "user-agent"})
_OF_THE_BODY = "content-"


def redirected(request: HttpRequest, asked: Target, answer: HttpAnswer) -> HttpRequest | None:
    """Give the request that follows an answer; None when the answer is the last word.

    Raises RefusedRedirectError for a redirect to where the request may not go.
    """
    location = answer.headers.get("location")
    if answer.status not in _REDIRECTS or request.redirects < 1 or not location:
        return None
    try:
        url = urljoin(f"{asked.origin}{asked.path}", location)
        target = parse_target(url)
    except (RefusedError, ValueError) as error:
        raise RefusedRedirectError(f"{asked.origin} redirects, but {error}") from None
    following = _with_the_method(request, answer.status)
    if target.origin != asked.origin:
        following = _for_another(following, asked, target)
    return replace(following, url=url, redirects=request.redirects - 1)


def _with_the_method(request: HttpRequest, status: int) -> HttpRequest:
    becomes_get = (status == _SEE_OTHER and request.method != "HEAD") or (
        status in _MOVED and request.method == "POST"
    )
    if not becomes_get:
        return request
    headers = {
        name: value
        for name, value in request.headers.items()
        if not name.lower().startswith(_OF_THE_BODY)
    }
    return replace(request, method="GET", headers=headers, body=b"")


def _for_another(request: HttpRequest, asked: Target, target: Target) -> HttpRequest:
    if (asked.origin.scheme, target.origin.scheme) == ("https", "http"):
        raise RefusedRedirectError(f"{asked.origin} redirects to {target.origin}, without TLS")
    if request.method not in _SAFE:
        msg = f"{asked.origin} redirects to {target.origin}, which a {request.method} was not for"
        raise RefusedRedirectError(msg)
    kept = {name: value for name, value in request.headers.items() if name.lower() in _HARMLESS}
    return replace(request, headers=kept, body=b"")
