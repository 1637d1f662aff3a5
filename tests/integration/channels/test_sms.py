"""The channel `sms` against a server that answers as Twilio does."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

import pytest
from pydantic import ValidationError

from application.channels import Answer, Delivered, Message, Never, Recipient, TryLater
from domain.alerting.content import Occasion
from infrastructure.channels.sms import SmsConfig
from tests.support.alerts import ADA, INCIDENT, a_content, a_message, an_alert
from tests.support.channel_contract import HttpChannelContract, Situation
from tests.support.loopback_server import Heard, LoopbackServer, Reply, answering

ACCOUNT = "AC0123456789abcdef0123456789abcdef"
TOKEN = "tok/zXq81v+Lm0Tn5"
SID = "SM0123456789abcdef0123456789abcdef"
QUEUED = Reply(201, json.dumps({"sid": SID, "status": "queued"}).encode())
ADAS, BENS = "+49301234567", "+12025550143"


def situation_with(**changes: Any) -> Situation:
    known = {"account_sid": ACCOUNT, "auth_token": "${TWILIO_TOKEN}", "from": "+15005550006"}
    given = {name: value for name, value in {**known, **changes}.items() if value is not None}
    return Situation(
        "sms", lambda url: {**given, "api": url}, {"TWILIO_TOKEN": TOKEN}, QUEUED
    )  # fmt: skip


class TestTheSms(HttpChannelContract):
    @pytest.fixture
    def situation(self) -> Situation:
        return situation_with()


def form(heard: Heard) -> dict[str, str]:
    return {
        name: each[0] for name, each in parse_qs(heard.body.decode(), strict_parsing=True).items()
    }


def sent(
    message: Message, replying: Callable[[Heard], Reply] = lambda _: QUEUED, **changes: Any
) -> tuple[Answer, list[dict[str, str]]]:
    with answering(replying) as server:
        outcome = situation_with(**changes).channel(server.url).send(message)
    return outcome, [form(heard) for heard in server.heard]


def failing(status: int, code: int | None = None) -> Callable[[Heard], Reply]:
    """Refuse as Twilio does, repeating the number."""

    def answer(heard: Heard) -> Reply:
        told = {"code": code, "message": f"The number {form(heard)['To']}", "status": status}
        return Reply(status, json.dumps(told).encode())

    return answer


def by_number(replies: Mapping[str, Reply]) -> Callable[[Heard], Reply]:
    """Answer each number as told, by the name of whose it is."""
    numbers = {ADAS: "ada", BENS: "ben"}
    return lambda heard: replies[numbers[form(heard)["To"]]]


class TestARequest:
    def test_is_what_twilio_documents(self) -> None:
        with answering(lambda _: QUEUED) as server:
            situation_with().channel(server.url).send(a_message(recipients=(ADA,)))
        (heard,) = server.heard
        assert (heard.method, heard.path) == (
            "POST", f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json",
        )  # fmt: skip
        assert heard.headers["content-type"] == "application/x-www-form-urlencoded"
        scheme, _, credentials = heard.headers["authorization"].partition(" ")
        assert (scheme, base64.b64decode(credentials).decode()) == ("Basic", f"{ACCOUNT}:{TOKEN}")
        assert form(heard) == {
            "To": ADAS,
            "From": "+15005550006",
            "Body": "[P1] Secret in output of deploy-bot. Answer: tocsin ack ABCDEF",
        }

    def test_may_be_by_a_key_and_a_messaging_service(self) -> None:
        changes = {"from": None, "messaging_service_sid": "MG01", "auth_token": None,
                   "api_key": "SK01", "api_secret": "${TWILIO_TOKEN}"}  # fmt: skip
        with answering(lambda _: QUEUED) as server:
            situation_with(**changes).channel(server.url).send(a_message())
        heard = server.heard[0]
        assert form(heard)["MessagingServiceSid"] == "MG01"
        assert "From" not in form(heard)
        credentials = heard.headers["authorization"].removeprefix("Basic ")
        assert base64.b64decode(credentials).decode() == f"SK01:{TOKEN}"

    def test_goes_to_each_number_once(self) -> None:
        again = replace(ADA, name="ada2", phone="+49-30-1234567")
        bare = Recipient(address="+1 202 555 0199")
        nobody = Recipient(name="cleo", email="cleo@corp.example")
        _, forms = sent(a_message(recipients=(ADA, again, nobody, bare)))
        assert [each["To"] for each in forms] == [ADAS, "+12025550199"]


class TestTheText:
    def text(self, occasion: Occasion = "detected", answer: str | None = None, segments: int = 1,
             **content: Any) -> str:  # fmt: skip
        message = a_message(occasion, content=a_content(occasion, **content), recipients=(ADA,))
        _, [told] = sent(message, segments=segments, answer=answer)
        return told["Body"]

    @pytest.mark.parametrize(
        ("occasion", "text"),
        [
            ("escalated", "[P1] Escalated: Secret in output of deploy-bot. "
                          "Answer: tocsin ack ABCDEF"),
            ("acknowledged", "[P1] Acknowledged: Secret in output of deploy-bot (ABCDEF)"),
            ("resolved", "[P1] Resolved: Secret in output of deploy-bot (ABCDEF)"),
            ("digest", "Daily digest: 122 incidents (2 P0, 120 P2)"),
            ("message", "Please look"),
        ],
    )  # fmt: skip
    def test_says_what_matters(self, occasion: Occasion, text: str) -> None:
        assert self.text(occasion) == text

    def test_says_what_is_to_be_done(self) -> None:
        sentence = "Tell the executives before 04:14 UTC"
        assert self.text("obligation", sentence=sentence) == f"[P1] {sentence} (ABCDEF)"

    def test_says_what_a_runbook_wrote_about_an_incident(self) -> None:
        text = self.text("message", alert=an_alert())
        assert text == "[P1] Please look (ABCDEF)"

    def test_does_not_ask_again_when_somebody_answered(self) -> None:
        assert "Answer" not in self.text("escalated", alert=an_alert(acknowledged_by="ada"))

    def test_may_ask_in_another_way(self) -> None:
        link = "https://tocsin.example/i/{incident}"
        assert self.text(answer=link).endswith(f". Answer: https://tocsin.example/i/{INCIDENT}")
        assert self.text(answer="call 112").endswith(" (ABCDEF). Answer: call 112")

    def test_keeps_its_end_when_it_is_too_long(self) -> None:
        long = self.text(alert=an_alert(rule_name="x" * 300, about="y" * 300))
        assert len(long) == 158  # and each of the two brackets takes the room of two
        assert long.endswith(". Answer: tocsin ack ABCDEF")
        assert len(self.text(segments=2, alert=an_alert(rule_name="x y " * 300))) <= 304

    def test_stays_in_one_segment_in_any_script(self) -> None:
        text = self.text(alert=an_alert(rule_name="Секрет в выводе " * 9))
        assert len(text) == 70
        assert text.endswith("ABCDEF")


class TestRecipients:
    @pytest.mark.parametrize(
        ("recipients", "why"),
        [
            ((), "for nobody"),
            ((Recipient("cleo", email="c@corp.example"),), "has a phone number: cleo"),
            ((Recipient(address="#incidents"),), "has a phone number: #incidents"),
        ],
    )
    def test_without_a_phone_are_never_reached(
        self, recipients: tuple[Recipient, ...], why: str
    ) -> None:
        answer, forms = sent(a_message(recipients=recipients))
        assert isinstance(answer, Never)
        assert why in answer.why
        assert forms == []

    def test_who_were_all_reached_have_a_receipt_each(self) -> None:
        assert sent(a_message())[0] == Delivered({"ada": SID, "ben": SID})

    def test_who_got_it_get_it_no_second_time(self) -> None:
        replies = {"ada": QUEUED, "ben": Reply(503, headers={"Retry-After": "9"})}
        with answering(by_number(replies)) as server:
            channel = situation_with().channel(server.url)
            first = channel.send(a_message())
            replies["ben"] = QUEUED
            second = channel.send(a_message())
        assert first == TryLater("1 of 2 not reached: ben: Twilio answered 503", 9)
        assert second == Delivered({"ada": SID, "ben": SID})
        assert self._numbers(server) == [ADAS, BENS, BENS]

    def test_who_could_not_be_reached_may_be_by_now(self) -> None:
        replies = {"ada": Reply(500), "ben": failing_reply(400, 21610)}
        with answering(by_number(replies)) as server:
            channel = situation_with().channel(server.url)
            first = channel.send(a_message())
            replies["ada"] = QUEUED
            second = channel.send(a_message())
            replies["ben"] = QUEUED
            third = channel.send(a_message())
        gone = "ben: Twilio answered 400: error 21610, the recipient has unsubscribed"
        assert first == TryLater(f"2 of 2 not reached: ada: Twilio answered 500; {gone}")
        assert second == Never(f"1 of 2 not reached: {gone}")
        assert third == Delivered({"ada": SID, "ben": SID})
        assert self._numbers(server) == [ADAS, BENS, ADAS, BENS, BENS]

    def test_another_message_is_another_matter(self) -> None:
        with answering(lambda _: QUEUED) as server:
            channel = situation_with().channel(server.url)
            channel.send(a_message(recipients=(ADA,)))
            channel.send(a_message(id="DEL-2", recipients=(ADA,)))
        assert self._numbers(server) == [ADAS, ADAS]

    def test_are_told_by_name_and_never_by_number(self) -> None:
        bare = Recipient(address=BENS)
        answer, _ = sent(a_message(recipients=(ADA, bare)), failing(400, 21211))
        assert isinstance(answer, Never)
        assert "ada: " in answer.why
        assert "the number that ends in 0143: " in answer.why
        assert BENS not in answer.why
        assert ADAS not in answer.why

    def _numbers(self, server: LoopbackServer) -> list[str]:
        return [form(heard)["To"] for heard in server.heard]


def failing_reply(status: int, code: int) -> Reply:
    return Reply(status, json.dumps({"code": code}).encode())


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, 21211, Never),
        (400, 21408, Never),
        (400, 21610, Never),
        (400, 21614, Never),
        (401, 20003, Never),
        (400, 99_999, Never),
        (429, 20429, TryLater),
        (400, 20429, TryLater),
        (400, 21611, TryLater),
        (503, 20503, TryLater),
        (500, None, TryLater),
    ],
)
def test_a_code_of_twilio_has_its_meaning(
    status: int, code: int | None, kind: type[Answer]
) -> None:
    answer, _ = sent(a_message(recipients=(ADA,)), failing(status, code))
    assert type(answer) is kind
    assert f"Twilio answered {status}" in str(answer)
    assert ("error" in str(answer)) == (code is not None)


@pytest.mark.parametrize("body", [b"", b"[]", b'{"sid": 7}', b'{"sid": "tok/zXq81v+Lm0Tn5"}'])
def test_a_success_that_names_no_message_is_one(body: bytes) -> None:
    answer, _ = sent(a_message(recipients=(ADA,)), lambda _: Reply(201, body))
    assert answer == Delivered({"ada": ""})


@pytest.mark.parametrize(
    "wrong",
    [
        {"auth_token": None},
        {"auth_token": None, "api_key": "SK01"},
        {"api_key": "SK01", "api_secret": "${A}"},
        {"api_secret": "${A}"},
        {"from": None},
        {"messaging_service_sid": "MG01"},
        {"segments": 0},
        {"segments": 11},
        {"auth_token": TOKEN},
    ],
)
def test_a_config_that_is_not_complete_is_refused(wrong: dict[str, Any]) -> None:
    config = situation_with(**wrong).config("https://api.twilio.com")
    with pytest.raises(ValidationError) as caught:
        SmsConfig.model_validate(config)
    assert TOKEN not in str(caught.value)


def test_from_may_not_be_called_otherwise() -> None:
    known = situation_with().config("https://api.twilio.com")
    assert SmsConfig.model_validate(known).sender == "+15005550006"
