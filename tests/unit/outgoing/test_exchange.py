"""What an answer, or none, means to the runbook that asked."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from application.actions import (
    ActionFailedError,
    HttpAnswer,
    HttpRequest,
    NoAnswerError,
    OutcomeUnknownError,
    UnreachableError,
)
from infrastructure.outgoing.exchange import exchange, is_expected, json_body, unexpected
from infrastructure.outgoing.refusals import RefusedError, RefusedRedirectError

REQUEST = HttpRequest("POST", "https://a.example/")


@dataclass
class FailingOutgoing:
    """Goes wrong in one way."""

    error: Exception

    def send(self, _request: HttpRequest) -> HttpAnswer:
        raise self.error


@pytest.mark.parametrize(
    ("error", "passing"), [(UnreachableError("x"), True), (RefusedError("x"), False)]
)
def test_what_was_not_sent_failed(error: Exception, passing: bool) -> None:
    with pytest.raises(ActionFailedError) as caught:
        exchange(FailingOutgoing(error), REQUEST, repeatable=False)
    assert caught.value.passing is passing


@pytest.mark.parametrize(
    ("error", "passing"), [(NoAnswerError("x"), True), (RefusedRedirectError("x"), False)]
)
def test_without_an_answer_only_what_can_be_repeated_has_failed(
    error: Exception, passing: bool
) -> None:
    with pytest.raises(ActionFailedError) as caught:
        exchange(FailingOutgoing(error), REQUEST, repeatable=True)
    assert caught.value.passing is passing
    with pytest.raises(OutcomeUnknownError):
        exchange(FailingOutgoing(error), REQUEST, repeatable=False)


@pytest.mark.parametrize(
    ("status", "passing"),
    [
        (201, False), (302, False), (400, False), (401, False), (404, False), (409, False),
        (408, True), (425, True), (429, True), (500, True), (502, True), (503, True), (504, True),
    ],
)  # fmt: skip
def test_a_status_passes_or_does_not(status: int, passing: bool) -> None:
    error = unexpected(HttpAnswer(status, {}, b""), "https://a", repeatable=True)
    assert isinstance(error, ActionFailedError)
    assert error.passing is passing
    assert f"https://a answered {status}" in str(error)


@pytest.mark.parametrize("status", [502, 504])
def test_a_gateways_word_is_no_answer_of_who_was_asked(status: int) -> None:
    error = unexpected(HttpAnswer(status, {}, b""), "https://a", repeatable=False)
    assert isinstance(error, OutcomeUnknownError)


@pytest.mark.parametrize("written", ["30", " 30 "])
def test_how_long_to_wait_is_told(written: str) -> None:
    answer = HttpAnswer(429, {"retry-after": written}, b"")
    assert str(unexpected(answer, "a", repeatable=True)) == (
        "a answered 429 and asks to wait 30 s (Retry-After)"
    )


def test_how_long_to_wait_may_be_a_date() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=3600), usegmt=True)
    answer = HttpAnswer(503, {"retry-after": later}, b"")
    assert " s (Retry-After)" in str(unexpected(answer, "a", repeatable=True))


@pytest.mark.parametrize("written", ["", "soon", "-1", "1e3", "٣", "Sun, 99 Foo 2026 00:00:00 GMT"])
def test_nonsense_about_waiting_is_passed_over(written: str) -> None:
    answer = HttpAnswer(429, {"retry-after": written}, b"")
    assert str(unexpected(answer, "a", repeatable=True)) == "a answered 429"


def test_statuses_are_listed_by_number_or_class() -> None:
    assert is_expected(204, ("2xx",))
    assert is_expected(404, (200, 404))
    assert not is_expected(301, (200, "4xx"))


@pytest.mark.parametrize("value", [float("nan"), {"a": "\ud800"}, object()])
def test_what_json_cannot_hold_is_not_sent(value: object) -> None:
    with pytest.raises(ActionFailedError, match="JSON cannot hold"):
        json_body(value)
