"""The channel `slack` against servers that answer as Slack's methods and webhooks do."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError
from slack_sdk.models.blocks import Block

from application.channels import Answer, Delivered, Message, Never, TryLater
from domain.alerting.content import Occasion
from infrastructure.channels.slack import SlackConfig
from tests.support.alerts import INCIDENT, OCCASIONS, a_content, a_message, an_alert
from tests.support.channel_contract import HttpChannelContract, Situation
from tests.support.loopback_server import Heard, Reply, answering

TOKEN = "xoxb-17653672481-zXq81vLm0Tn5"
PATH = "T000/B000/zXq81vLm0Tn5XXXX"
POSTED = Reply(200, b'{"ok": true, "channel": "C024BE91L", "ts": "1503435956.000247"}')
FIRST = {"channel": "C024BE91L", "ts": "1500000000.000001"}

BOT = Situation(
    "slack",
    lambda url: {"token": "${SLACK_TOKEN}", "channel": "#incidents", "api": f"{url}/api/"},
    {"SLACK_TOKEN": TOKEN},
    POSTED,
)
WEBHOOK = Situation(
    "slack",
    lambda url: {"webhook_url": url + "/services/${SLACK_HOOK}"},
    {"SLACK_HOOK": PATH},
    Reply(200, b"ok"),
)


class TestTheBot(HttpChannelContract):
    @pytest.fixture
    def situation(self) -> Situation:
        return BOT


class TestTheWebhook(HttpChannelContract):
    @pytest.fixture
    def situation(self) -> Situation:
        return WEBHOOK


class TestTheBotInAThread(HttpChannelContract):
    @pytest.fixture
    def situation(self) -> Situation:
        return replace(BOT, message=later("resolved"))


def later(occasion: Occasion, **content: Any) -> Message:
    return a_message(
        occasion, content=a_content(occasion, **content), begins="DEL-detected-1", receipt=FIRST
    )


def sent(
    message: Message, situation: Situation = BOT,
    answer: Callable[[Heard], Reply] | None = None,
) -> tuple[Answer, list[tuple[str, Any]]]:  # fmt: skip
    with answering(answer or (lambda _: situation.success)) as server:
        outcome = situation.channel(server.url).send(message)
    return outcome, [(heard.path, json.loads(heard.body)) for heard in server.heard]


def valid(posted: Any) -> list[dict[str, Any]]:
    """Have the blocks read and checked by Slack's own models."""
    blocks: list[dict[str, Any]] = posted["blocks"]
    assert 1 <= len(blocks) <= 50
    for block in blocks:
        read = Block.parse(block)
        assert read is not None
        assert read.to_dict() == block
        texts = [block.get("text"), *block.get("fields", []), *block.get("elements", [])]
        assert all(each["text"].strip() for each in texts if each)
        assert all(len(each["text"]) <= 2_000 for each in block.get("fields", []))
    assert 0 < len(posted["text"]) <= 4_000
    return blocks


def refused(code: str, headers: Mapping[str, str] | None = None) -> Callable[[Heard], Reply]:
    body = json.dumps({"ok": False, "error": code}).encode()
    return lambda _: Reply(200, body, headers or {})


class TestAMessage:
    def test_looks_as_in_the_original_design(self) -> None:
        _, [(path, posted)] = sent(a_message())
        assert path == "/api/chat.postMessage"
        header, fields, *_ = valid(posted)
        assert header["text"] == {"type": "plain_text", "text": "🚨 P1 Incident", "emoji": True}
        assert [each["text"] for each in fields["fields"]] == [
            "*Rule:*\nSecret in output", "*Category:*\nsecurity", "*Status:*\ndetected",
            f"*ID:*\n{INCIDENT}",
        ]  # fmt: skip
        assert posted["channel"] == "#incidents"
        assert posted["unfurl_links"] is posted["unfurl_media"] is False

    def test_carries_the_token_in_a_header_only(self) -> None:
        with answering(lambda _: POSTED) as server:
            BOT.channel(server.url).send(a_message())
        (heard,) = server.heard
        assert heard.headers["authorization"] == f"Bearer {TOKEN}"
        assert heard.headers["content-type"] == "application/json; charset=utf-8"
        assert TOKEN not in f"{heard.path} {heard.body!r}"

    def test_that_is_the_first_gives_its_place(self) -> None:
        answer, _ = sent(a_message())
        assert answer == Delivered({"channel": "C024BE91L", "ts": "1503435956.000247"})

    @pytest.mark.parametrize("occasion", OCCASIONS)
    @pytest.mark.parametrize("situation", [BOT, WEBHOOK], ids=["bot", "webhook"])
    def test_of_every_occasion_is_valid(self, occasion: Occasion, situation: Situation) -> None:
        _, requests = sent(a_message(occasion), situation)
        for _, posted in requests:
            valid(posted)

    def test_names_recipients_by_their_slack_name_only(self) -> None:
        _, [(_, posted)] = sent(a_message())
        assert valid(posted)[-1]["elements"][0]["text"] == "For <@U024BE7LH> @ben"

    def test_mentions_nobody_and_links_nothing_that_a_log_says(self) -> None:
        evil = "<!channel> <@U024BE7LH> <https://evil.example|safe> &amp; https://evil.example"
        alert = an_alert(rule_name=evil, about=evil, context={evil: evil}, category=evil)
        message = a_message(content=a_content(alert=alert, sentence=evil), recipients=())
        _, [(_, posted)] = sent(message)
        blocks = valid(posted)
        for text in [posted["text"], *_mrkdwn(blocks)]:
            assert "<" not in text
            assert ">" not in text
        assert "&lt;!channel&gt;" in posted["text"]
        assert "&amp;amp;" in posted["text"]

    def test_of_a_storm_lists_incidents_and_says_how_many_more(self) -> None:
        covers = tuple(an_alert(incident_id=f"INC-20260301-{n:06}") for n in range(100))
        content = a_content("summary", covers=covers)
        _, [(_, posted)] = sent(a_message("summary", content=content))
        text = json.dumps(valid(posted), ensure_ascii=False)
        assert "INC-20260301-000000" in text
        assert "INC-20260301-000099" in text
        assert "… and 22 more" in text

    def test_of_a_person_is_told_in_full(self) -> None:
        text = "\n".join(f"line {n}: {'x' * 100}" for n in range(60))
        _, [(_, posted)] = sent(a_message("message", content=a_content("message", text=text)))
        told = "\n".join(_mrkdwn(valid(posted)))
        assert all(f"line {n}:" in told for n in range(60))

    def test_of_a_person_about_an_incident_has_its_subject(self) -> None:
        content = a_content("message", alert=an_alert())
        for message in (a_message("message", content=content), later("message", alert=an_alert())):
            for _, posted in sent(message)[1]:
                assert "Please look" in "\n".join(_mrkdwn(valid(posted)))

    def test_with_a_line_that_fills_a_section_has_no_empty_one(self) -> None:
        text = "x" * 3_000 + "\n" + "y" * 3_000
        _, [(_, posted)] = sent(a_message("message", content=a_content("message", text=text)))
        assert [each[0] for each in _mrkdwn(valid(posted))[1:3]] == ["x", "y"]

    def test_that_is_far_too_long_is_cut(self) -> None:
        content = a_content("message", text="<" * 100_000, sentence="&" * 9_000)
        _, [(_, posted)] = sent(a_message("message", content=content))
        assert len(json.dumps(valid(posted))) < 30_000


def _mrkdwn(blocks: list[dict[str, Any]]) -> list[str]:
    texts = [
        each
        for block in blocks
        for each in [block.get("text"), *block.get("fields", []), *block.get("elements", [])]
        if each and each["type"] == "mrkdwn"
    ]
    assert all(each["verbatim"] for each in texts)
    return [each["text"] for each in texts]


class TestALaterMessage:
    def test_changes_the_first_and_then_tells_its_thread(self) -> None:
        alert = an_alert(status="resolved")
        answer, [(update, changed), (post, told)] = sent(later("resolved", alert=alert))
        assert (update, post) == ("/api/chat.update", "/api/chat.postMessage")
        assert (changed["channel"], changed["ts"], changed["parse"]) == (*FIRST.values(), "none")
        assert valid(changed)[0]["text"]["text"] == "✅ P1 Incident"
        assert (told["channel"], told["thread_ts"]) == (*FIRST.values(),)
        assert "It is resolved" in valid(told)[0]["text"]["text"]
        assert isinstance(answer, Delivered)

    @pytest.mark.parametrize(
        ("occasion", "to_all"),
        [("acknowledged", False), ("resolved", False), ("escalated", True),
         ("response_overdue", True), ("reopened", True), ("obligation_overdue", True)],
    )  # fmt: skip
    def test_that_calls_for_somebody_is_seen_outside_the_thread(
        self, occasion: Occasion, to_all: bool
    ) -> None:
        _, [_, (_, told)] = sent(later(occasion))
        assert told["reply_broadcast"] is to_all

    def test_is_not_told_while_the_first_cannot_be_changed_yet(self) -> None:
        answer, requests = sent(later("resolved"), answer=refused("internal_error"))
        assert isinstance(answer, TryLater)
        assert [path for path, _ in requests] == ["/api/chat.update"]

    def test_has_not_ended_well_if_its_thread_was_not_told(self) -> None:
        def answer(heard: Heard) -> Reply:
            busy = Reply(429, b'{"ok": false, "error": "ratelimited"}', {"Retry-After": "3"})
            return POSTED if heard.path.endswith("update") else busy

        assert sent(later("resolved"), answer=answer)[0] == TryLater("Slack answered 429", 3)

    @pytest.mark.parametrize("code", ["message_not_found", "thread_not_found", "channel_not_found"])
    def test_is_a_new_one_where_the_first_is_gone(self, code: str) -> None:
        def answer(heard: Heard) -> Reply:
            return refused(code)(heard) if heard.path.endswith("update") else POSTED

        outcome, [_, (path, posted)] = sent(later("escalated"), answer=answer)
        assert isinstance(outcome, Delivered)
        assert path == "/api/chat.postMessage"
        assert "thread_ts" not in posted
        assert posted["channel"] == "#incidents"
        assert valid(posted)[0]["type"] == "header"

    @pytest.mark.parametrize("code", ["cant_update_message", "edit_window_closed"])
    def test_is_told_in_the_thread_where_the_first_may_not_be_changed(self, code: str) -> None:
        def answer(heard: Heard) -> Reply:
            return refused(code)(heard) if heard.path.endswith("update") else POSTED

        outcome, [_, (_, posted)] = sent(later("escalated"), answer=answer)
        assert isinstance(outcome, Delivered)
        assert posted["thread_ts"] == FIRST["ts"]

    @pytest.mark.parametrize(
        "message",
        [
            a_message("resolved", begins="DEL-detected-1"),
            a_message("digest", begins="DEL-detected-1", receipt=FIRST),
            a_message("detected", begins="DEL-detected-1", receipt=FIRST),
        ],
        ids=["of an unknown place", "of no incident", "that is the first itself"],
    )
    def test_without_a_thread_stands_for_itself(self, message: Message) -> None:
        _, [(path, posted)] = sent(message)
        assert path == "/api/chat.postMessage"
        assert "thread_ts" not in posted

    def test_by_a_webhook_stands_for_itself(self) -> None:
        _, [(path, posted)] = sent(later("resolved"), WEBHOOK)
        assert path == f"/services/{PATH}"
        assert valid(posted)[0]["type"] == "header"


class TestAnError:
    @pytest.mark.parametrize(
        "code",
        ["ratelimited", "rate_limited", "internal_error", "service_unavailable", "fatal_error",
         "request_timeout"],
    )  # fmt: skip
    def test_of_slacks_own_passes(self, code: str) -> None:
        answer, _ = sent(a_message(), answer=refused(code, {"Retry-After": "11"}))
        assert answer == TryLater(f"Slack says {code}", 11)

    @pytest.mark.parametrize(
        "code",
        ["invalid_auth", "channel_not_found", "not_in_channel", "is_archived", "msg_too_long",
         "no_text", "message_not_found", "missing_scope", "some_error_of_tomorrow"],
    )  # fmt: skip
    def test_of_ours_does_not_and_has_its_code(self, code: str) -> None:
        answer, _ = sent(a_message(), answer=refused(code))
        assert isinstance(answer, Never)
        assert f"Slack says {code}" in answer.why

    @pytest.mark.parametrize(
        "body",
        [b"", b"ok", b"[]", b"{}", b'{"ok": 1}', b'{"ok": false}', b"[" * 99_999,
         b'{"ok": false, "error": "xoxb-17653672481-zXq81vLm0Tn5"}', b"<html>Welcome</html>"],
    )  # fmt: skip
    def test_that_no_slack_gives_passes_and_is_not_repeated(self, body: bytes) -> None:
        answer, _ = sent(a_message(), answer=lambda _: Reply(200, body))
        assert answer == TryLater("Slack answered 200 with what is no answer of Slack's")

    @pytest.mark.parametrize(
        ("status", "code", "outcome"),
        [(400, "invalid_payload", Never), (403, "action_prohibited", Never),
         (404, "no_service", Never), (410, "channel_is_archived", Never),
         (500, "rollup_error", TryLater)],
    )  # fmt: skip
    def test_of_a_webhook_is_told(self, status: int, code: str, outcome: type[Answer]) -> None:
        answer, _ = sent(a_message(), WEBHOOK, lambda _: Reply(status, code.encode()))
        assert type(answer) is outcome
        assert f"Slack answered {status}: Slack says {code}" in str(answer)


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"token": "${A}"},
        {"channel": "#a"},
        {"token": "${A}", "channel": "#a", "webhook_url": "${B}"},
        {"channel": "#a", "webhook_url": "${B}"},
        {"token": "${A}", "channel": "a b"},
        {"token": "${A}", "channel": "#a", "api": "slack.com"},
    ],
)
def test_a_config_that_is_neither_way_is_refused(config: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        SlackConfig.model_validate(config)


def test_keys_may_be_written_as_the_original_writes_them() -> None:
    assert SlackConfig.model_validate({"webhookUrl": "${A}"}).webhook_url == "${A}"
