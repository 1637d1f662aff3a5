"""The action `http_request` against real servers."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from application.actions import ActionFailedError, OutcomeUnknownError
from infrastructure.actions.catalogue import action_class
from infrastructure.actions.http_request import (
    RequestParameters,
    RequestSettings,
    SendHttpRequest,
)
from tests.support.action_contract import SECRET, ActionContract, Situation, a_call
from tests.support.loopback_server import (
    Heard,
    LoopbackServer,
    Reply,
    after_the_request,
    answering,
    behaving,
    surroundings,
)


def action(**settings: Any) -> SendHttpRequest:
    return SendHttpRequest(RequestSettings.model_validate(settings), surroundings(TOKEN=SECRET))


def perform(parameters: dict[str, Any], **settings: Any) -> Any:
    return action(**settings).perform(RequestParameters.model_validate(parameters), a_call())


class OnceAKey:
    """Does what it is asked once for each idempotency key; a path `/broken` never works."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def answer(self, heard: Heard) -> Reply:
        if heard.path.startswith("/broken"):
            return Reply(500, b'{"error": "out of order"}')
        key = heard.headers["idempotency-key"]
        if key not in self.done:
            self.done.append(key)
        return Reply(200, json.dumps({"done": len(self.done)}).encode())


class TestThatItIsAnAction(ActionContract):
    @pytest.fixture(params=["GET", "POST", "PUT"])
    def situation(self, request: pytest.FixtureRequest) -> Iterator[Situation]:
        effects = OnceAKey()
        with answering(effects.answer) as server:
            step = {
                "method": request.param,
                "headers": {"X-Token": SECRET},
                "body": {"secret": SECRET},
            }
            yield Situation(
                action(idempotent_hosts=[server.url], headers={server.url: {"X-Key": "${TOKEN}"}}),
                {**step, "url": f"{server.url}/a?key={SECRET}"},
                {**step, "url": f"{server.url}/broken/{SECRET}?key={SECRET}"},
                lambda: effects.done,
            )


def test_it_is_found_by_its_name() -> None:
    assert action_class("http_request") is SendHttpRequest


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    """Answer each request with the status that its path names."""

    def answer(heard: Heard) -> Reply:
        return Reply(int(heard.path[1:4]), b'{"n": 1}', {"Retry-After": "30", "Set-Cookie": SECRET})

    with answering(answer) as running:
        yield running


class TestARequest:
    def test_carries_what_the_step_says(self, server: LoopbackServer) -> None:
        perform({"method": "post", "url": f"{server.url}/200", "body": {"ä": [1, None, "x"]},
                 "headers": {"X-A": "b"}}, headers={server.url: {"X-A": "a", "X-K": "k ${TOKEN}"}},
                )  # fmt: skip
        (heard,) = server.heard
        assert json.loads(heard.body) == {"ä": [1, None, "x"]}
        assert heard.headers["content-type"] == "application/json"
        assert (heard.headers["x-a"], heard.headers["x-k"]) == ("b", f"k {SECRET}")
        assert heard.headers["idempotency-key"] == "key-1"

    @pytest.mark.parametrize(
        ("body", "sent", "kind"),
        [
            (None, b"", None),
            ("text ä", "text ä".encode(), "text/plain; charset=utf-8"),
            ("", b"", "text/plain; charset=utf-8"),
            (0, b"0", "application/json"),
            (False, b"false", "application/json"),
            ([], b"[]", "application/json"),
        ],
    )
    def test_has_a_body_of_its_kind(
        self, server: LoopbackServer, body: Any, sent: bytes, kind: str | None
    ) -> None:
        perform({"method": "PUT", "url": f"{server.url}/200", "body": body})
        assert (server.heard[0].body, server.heard[0].headers.get("content-type")) == (sent, kind)

    def test_may_say_its_own_content_type(self, server: LoopbackServer) -> None:
        perform({"method": "PUT", "url": f"{server.url}/200", "body": "<a/>",
                 "headers": {"Content-Type": "text/xml"}})  # fmt: skip
        assert server.heard[0].headers["content-type"] == "text/xml"

    def test_takes_the_header_for_the_key_from_the_settings(self, server: LoopbackServer) -> None:
        perform({"url": f"{server.url}/200", "headers": {"X-Once": "mine"}},
                idempotency_header="X-Once")  # fmt: skip
        assert server.heard[0].headers["x-once"] == "key-1"

    def test_gives_a_hosts_secret_to_that_host_only(self, server: LoopbackServer) -> None:
        secret = {"X-Key": "${TOKEN}"}
        for host in (f"127.0.0.1:{server.port}", "http://127.0.0.1", "other.example"):
            perform({"url": f"{server.url}/200"}, headers={host: secret})
        assert SECRET not in f"{server.heard}"

    def test_with_an_unknown_secret_is_not_sent(self, server: LoopbackServer) -> None:
        with pytest.raises(ActionFailedError, match="the secret NONE is not set"):
            perform({"url": f"{server.url}/200"}, headers={server.url: {"X-Key": "${NONE}"}})
        assert server.heard == []

    def test_carries_the_naughty_strings_unchanged(
        self, server: LoopbackServer, shared_data: Any
    ) -> None:
        naughty = json.loads((shared_data / "naughty/blns.json").read_text("utf-8"))
        perform({"method": "PUT", "url": f"{server.url}/200", "body": naughty})
        assert json.loads(server.heard[0].body) == naughty

    @pytest.mark.parametrize("body", [{"a": "\ud800"}, float("nan")])
    def test_that_no_json_can_hold_is_not_sent(self, server: LoopbackServer, body: Any) -> None:
        with pytest.raises(ActionFailedError, match="JSON cannot hold"):
            perform({"method": "PUT", "url": f"{server.url}/200", "body": body})
        assert server.heard == []


class TestWhatAStepMayNotSay:
    @pytest.mark.parametrize(
        "wrong",
        [
            {"method": "CONNECT"},
            {"method": 5},
            {"headers": {"X-A": f"{SECRET}\r\nX-B: 1"}},
            {"headers": {"Host": SECRET}},
            {"headers": {f"{SECRET}:": "x"}},
            {"expected_status": []},
            {"expected_status": ["2x"]},
            {"expected_status": [99]},
            {"follow_redirects": 11},
            {"follow_redirects": True},
            {"url": 5},
        ],
    )
    def test_is_refused_without_repeating_it(self, wrong: dict[str, Any]) -> None:
        with pytest.raises(ValidationError) as caught:
            perform({"url": "https://a.example/", **wrong})
        assert SECRET not in str(caught.value)

    def test_is_a_url_that_leads_nowhere(self) -> None:
        with pytest.raises(ActionFailedError, match="does not begin with") as caught:
            perform({"url": f"ftp://{SECRET}"})
        assert not caught.value.passing

    @pytest.mark.parametrize(
        "settings",
        [
            {"headers": {"https://a.example/path": {}}},
            {"headers": {"a.example": {"Host": "x"}}},
            {"idempotent_hosts": ["a b"]},
            {"idempotency_header": "Content-Length"},
            {"timeout": "soon"},
            {"unknown": 1},
        ],
    )
    def test_settings_are_checked_too(self, settings: dict[str, Any]) -> None:
        with pytest.raises(ValidationError):
            action(**settings)


class TestAnAnswer:
    def test_has_status_safe_headers_body_and_json(self, server: LoopbackServer) -> None:
        answer = perform({"url": f"{server.url}/201"})
        assert (answer["status"], answer["body"], answer["json"]) == (201, '{"n": 1}', {"n": 1})
        assert answer["headers"]["retry-after"] == "30"
        assert "set-cookie" not in answer["headers"]
        assert answer["truncated"] is False

    def test_that_is_no_json_has_none(self) -> None:
        for body in (b"", b"plain", b"NaN", b'"\\ud800"', b"[" * 5000, b"\xff\xfe"):
            with answering(lambda _, body=body: Reply(200, body)) as server:  # type: ignore[misc] # a default binds the loop's value
                assert "json" not in perform({"url": server.url})

    def test_that_is_long_is_cut(self) -> None:
        with answering(lambda _: Reply(200, b'"' + b"x" * 3_000_000 + b'"')) as server:
            answer = perform({"url": server.url})
        assert (len(answer["body"]), answer["truncated"]) == (65536, True)
        assert "json" not in answer

    @pytest.mark.parametrize("status", [200, 201, 202, 204])
    def test_of_success_is_expected(self, server: LoopbackServer, status: int) -> None:
        assert perform({"url": f"{server.url}/{status}"})["status"] == status

    @pytest.mark.parametrize("expected", [404, [404], ["4xx"], [200, "4xx"]])
    def test_may_be_expected_to_be_any(self, server: LoopbackServer, expected: Any) -> None:
        answer = perform({"url": f"{server.url}/404", "expected_status": expected})
        assert answer["status"] == 404

    @pytest.mark.parametrize(
        ("status", "passing"),
        [(301, False), (302, False), (307, False), (400, False), (401, False), (404, False),
         (408, True), (409, False), (425, True), (429, True), (500, True), (503, True)],
    )  # fmt: skip
    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_that_is_unexpected_is_a_failure(
        self, server: LoopbackServer, status: int, passing: bool, method: str
    ) -> None:
        with pytest.raises(ActionFailedError, match=f"answered {status}") as caught:
            perform({"method": method, "url": f"{server.url}/{status}"})
        assert caught.value.passing is passing
        assert "asks to wait 30 s" in str(caught.value)


class TestNoAnswer:
    def test_to_what_may_be_repeated_is_a_passing_failure(self) -> None:
        with behaving(after_the_request(lambda _: None)) as server:
            for parameters, settings in (
                ({"method": "PUT", "url": server.url}, {}),
                ({"method": "POST", "url": server.url}, {"idempotent_hosts": [server.url]}),
            ):
                with pytest.raises(ActionFailedError, match="gave no whole answer") as caught:
                    perform(parameters, **settings)
                assert caught.value.passing

    @pytest.mark.parametrize("method", ["POST", "PATCH"])
    def test_to_what_may_not_leaves_the_outcome_unknown(self, method: str) -> None:
        def half(connection: Any) -> None:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")

        with behaving(after_the_request(half)) as server, pytest.raises(OutcomeUnknownError):
            perform({"method": method, "url": server.url})

    def test_because_nobody_was_there_is_a_passing_failure(self) -> None:
        with pytest.raises(ActionFailedError, match="Connection refused") as caught:
            perform({"method": "POST", "url": "http://127.0.0.1:1/"})
        assert caught.value.passing

    def test_because_it_was_not_allowed_is_a_lasting_one(self) -> None:
        with pytest.raises(ActionFailedError, match="its address is link-local") as caught:
            perform({"url": "http://169.254.169.254/latest/meta-data/"})
        assert not caught.value.passing

    def test_is_not_waited_for_longer_than_the_settings_say(self) -> None:
        begun = time.monotonic()
        with (
            behaving(after_the_request(lambda _: time.sleep(3))) as server,
            pytest.raises(OutcomeUnknownError),
        ):
            perform({"method": "POST", "url": server.url}, timeout="300ms")
        assert time.monotonic() - begun < 2


class TestRedirects:
    def test_are_followed_if_the_step_says_so(self) -> None:
        def answer(heard: Heard) -> Reply:
            return Reply(200 if heard.path == "/b" else 302, headers={"Location": "/b"})

        with answering(answer) as server:
            with pytest.raises(ActionFailedError, match="a redirect, which was not followed"):
                perform({"url": f"{server.url}/a"})
            assert perform({"url": f"{server.url}/a", "follow_redirects": 1})["status"] == 200

    def test_into_a_private_network_fail_for_good(self) -> None:
        location = {"Location": "http://169.254.169.254/latest/meta-data/"}
        with answering(lambda _: Reply(307, headers=location)) as server:
            with pytest.raises(ActionFailedError, match="redirects, but") as caught:
                perform({"url": server.url, "follow_redirects": 3})
            assert not caught.value.passing
            with pytest.raises(OutcomeUnknownError):
                perform({"method": "POST", "url": server.url, "follow_redirects": 3})
