"""A redirect is followed as RFC 9110 says, and never takes along what was not meant for it."""

import pytest

from application.actions import HttpAnswer, HttpRequest
from infrastructure.outgoing.redirects import redirected
from infrastructure.outgoing.refusals import RefusedRedirectError
from infrastructure.outgoing.target import parse_target

HERE = "https://a.example/x/y?q"
HEADERS = {
    "Authorization": "Bearer s",
    "Cookie": "c",
    "X-Api-Key": "k",
    "Content-Type": "text/plain",
    "Accept": "text/plain",
}


def following(
    status: int, location: str, *, method: str = "GET", url: str = HERE, redirects: int = 1
) -> HttpRequest | None:
    body = b"body" if method in {"POST", "PUT"} else b""
    request = HttpRequest(method, url, HEADERS, body, redirects=redirects)
    return redirected(request, parse_target(url), HttpAnswer(status, {"location": location}, b""))


@pytest.mark.parametrize(
    ("status", "method", "then"),
    [
        (301, "GET", "GET"),
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (302, "PUT", "PUT"),
        (303, "POST", "GET"),
        (303, "PUT", "GET"),
        (303, "DELETE", "GET"),
        (303, "HEAD", "HEAD"),
        (307, "POST", "POST"),
        (308, "PUT", "PUT"),
        (308, "DELETE", "DELETE"),
    ],
)
def test_the_method_is_kept_or_becomes_get(status: int, method: str, then: str) -> None:
    request = following(status, "/there", method=method)
    assert request is not None
    assert (request.method, request.url) == (then, "https://a.example:443/there")
    assert request.redirects == 0
    kept_body = method in {"POST", "PUT"} and then == method
    assert request.body == (b"body" if kept_body else b"")
    assert ("Content-Type" in request.headers) == (then == method)
    assert request.headers["Authorization"] == "Bearer s"


@pytest.mark.parametrize("status", [200, 201, 300, 304, 305, 404])
def test_other_answers_are_the_last_word(status: int) -> None:
    assert following(status, "/there") is None


def test_nothing_is_followed_that_was_not_asked_for() -> None:
    assert following(302, "/there", redirects=0) is None
    assert following(302, "") is None


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("z", "https://a.example:443/x/z"),
        ("?r", "https://a.example:443/x/y?r"),
        ("//b.example/", "https://b.example/"),
        ("https://b.example/#f", "https://b.example/#f"),
    ],
)
def test_a_location_may_be_relative(location: str, url: str) -> None:
    request = following(302, location)
    assert request is not None
    assert request.url == url


@pytest.mark.parametrize("elsewhere", ["https://b.example/", "https://a.example:444/"])
def test_another_origin_gets_no_header_that_could_be_a_credential(elsewhere: str) -> None:
    request = following(302, elsewhere)
    assert request is not None
    assert request.headers == {"Accept": "text/plain"}


@pytest.mark.parametrize(
    ("location", "method", "why"),
    [
        ("http://b.example/", "GET", "without TLS"),
        ("http://a.example/", "GET", "without TLS"),
        ("https://b.example/", "POST", "which a POST was not for"),
        ("https://b.example/", "DELETE", "which a DELETE was not for"),
        ("ftp://b.example/", "GET", "does not begin with"),
        ("javascript:alert(1)", "GET", "does not begin with"),
        ("https://u:p@b.example/", "GET", "a user or a password"),
        ("https://0x7f.1/", "GET", "four decimal numbers"),
        ("https://[/", "GET", "redirects, but"),
    ],
)
def test_a_redirect_that_leads_astray_is_refused(location: str, method: str, why: str) -> None:
    with pytest.raises(RefusedRedirectError, match=why):
        following(307, location, method=method)
