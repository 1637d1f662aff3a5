"""No field of a request can bring along another one, or say how the message travels."""

import pytest
from pydantic import TypeAdapter, ValidationError

from application.actions import HttpRequest
from infrastructure.outgoing.headers import Headers, as_sent, refuse_unsafe
from infrastructure.outgoing.refusals import RefusedError

VALUES = ["a\r\nX: y", "a\nX: y", "a\r\n b", "a\n\tb", "a\x00b", "a\rb", "a\x7f", "\ud800"]
NAMES = ["", "a b", "a:", "a\r\n", "ä", "a\x00", "(a)", "Host", "content-length", "TE",
         "Transfer-Encoding", "connection", "Proxy-Authorization", "Expect"]  # fmt: skip


def request(method: str = "GET", **headers: str) -> HttpRequest:
    return HttpRequest(method, "https://example.com/", headers)


@pytest.mark.parametrize("value", VALUES)
def test_a_value_with_a_line_break_is_refused_and_not_repeated(value: str) -> None:
    with pytest.raises(RefusedError, match="the header x-a holds a line break") as caught:
        refuse_unsafe(request(**{"x-a": f"hunter22{value}"}))
    assert "hunter22" not in f"{caught.value!r}"


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_is_none_or_is_ours_is_refused(name: str) -> None:
    with pytest.raises(RefusedError):
        refuse_unsafe(request(**{name: "x"}))


@pytest.mark.parametrize(
    "method", ["", "get", "CONNECT", "TRACE", "GET / HTTP/1.1\r\nX: y\r\n\r\n"]
)
def test_a_method_that_is_not_listed_is_refused(method: str) -> None:
    with pytest.raises(RefusedError, match="the method is none of"):
        refuse_unsafe(request(method))


def test_what_is_good_is_sent_with_our_own_fields() -> None:
    given = {"X-Name": " Ärger\tx ", "Accept": "text/plain"}
    refuse_unsafe(request(**given))
    assert as_sent(given, "h:1") == {
        "host": b"h:1",
        "connection": b"close",
        "accept-encoding": b"identity",
        "user-agent": b"tocsin",
        "accept": b"text/plain",
        "x-name": "Ärger\tx".encode(),
    }


def test_configured_fields_are_checked_when_they_are_read() -> None:
    headers: TypeAdapter[dict[str, str]] = TypeAdapter(Headers)
    assert headers.validate_python({"X-A": "${TOKEN}"}) == {"X-A": "${TOKEN}"}
    for bad in ({"Host": "x"}, {"X-A": "a\nb"}):
        with pytest.raises(ValidationError):
            headers.validate_python(bad)
