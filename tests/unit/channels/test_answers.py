"""What an HTTP exchange means to a message."""

from typing import Any

import pytest

from application.actions import HttpAnswer, HttpRequest, NoAnswerError, UnreachableError
from application.channels import Delivered, Never, TryLater
from infrastructure.channels.answers import ask, json_object, judged, plain_words
from infrastructure.outgoing.refusals import RefusedError, RefusedRedirectError

REQUEST = HttpRequest("POST", "https://a.example/")


class FakeOutgoing:
    """Raises, or gives an answer."""

    def __init__(self, outcome: Any) -> None:
        self._outcome = outcome

    def send(self, request: HttpRequest) -> HttpAnswer:
        """Do so."""
        assert request is REQUEST
        if isinstance(self._outcome, Exception):
            raise self._outcome
        answer: HttpAnswer = self._outcome
        return answer


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (UnreachableError("nobody there"), TryLater("nobody there")),
        (NoAnswerError("half"), TryLater("half")),
        (RefusedError("private"), Never("private")),
        (RefusedRedirectError("led astray"), Never("led astray")),
    ],
)
def test_what_comes_of_no_answer(error: Exception, answer: Any) -> None:
    assert ask(FakeOutgoing(error), REQUEST) == answer


def test_an_answer_is_handed_on() -> None:
    answer = HttpAnswer(200, {}, b"")
    assert ask(FakeOutgoing(answer), REQUEST) is answer


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_success_is_delivered(status: int) -> None:
    assert judged(HttpAnswer(status, {}, b"x"), "it") == Delivered()


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (302, Never("it answered 302, a redirect, which is not followed")),
        (404, Never("it answered 404")),
        (429, TryLater("it answered 429", 5)),
        (408, TryLater("it answered 408", 5)),
        (425, TryLater("it answered 425", 5)),
        (503, TryLater("it answered 503", 5)),
        (599, TryLater("it answered 599", 5)),
    ],
)
def test_other_statuses_have_their_meaning(status: int, answer: Any) -> None:
    assert judged(HttpAnswer(status, {"retry-after": "5"}, b"a secret"), "it") == answer


def test_what_may_be_told_is_told() -> None:
    assert judged(HttpAnswer(400, {}, b""), "it", "bad") == Never("it answered 400: bad")


@pytest.mark.parametrize("text", ["'routing_key' is invalid", "JSON parse error", "at most 1024."])
def test_words_are_plain(text: str) -> None:
    assert plain_words(text.rstrip(".") if text[-2].isdigit() else text)


@pytest.mark.parametrize(
    "text", ["", "key 0123456789abcdef", "xoxb-1-2", "AbCdEfGhIjKlMnOpQrStUvWxYz", "https://a/b",
             "Ünïcode", "a\u202eb"],
)  # fmt: skip
def test_what_could_be_a_token_is_not(text: str) -> None:
    assert plain_words(text) == ""


@pytest.mark.parametrize("body", [b"", b"[]", b"7", b"\xff", b"{", b"[" * 99_999])
def test_what_is_no_json_object_is_an_empty_one(body: bytes) -> None:
    assert json_object(body) == {}
