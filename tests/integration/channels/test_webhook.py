"""The channel `webhook`, its answers read by a verifier and a parser that are not ours."""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import jsonschema
import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_structured_event
from pydantic import ValidationError
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from application.channels import Delivered, Message, Never
from domain.alerting.content import Occasion
from infrastructure.channels.webhook import WebhookChannel, WebhookConfig
from tests.support.alerts import AT, INCIDENT, OCCASIONS, a_content, a_message, an_alert
from tests.support.channel_contract import HttpChannelContract, Situation
from tests.support.loopback_server import Heard, Reply, answering, surroundings
from tests.support.webhook_schema import EVENT

KEY = "zXq81vLm0Tn5"
NEW = "whsec_" + b64encode(b"n" * 32).decode()
OLD = "whsec_" + b64encode(b"o" * 24).decode()
SECRETS = {"KEY": KEY, "SIGNING": NEW, "OLD_SIGNING": OLD}
SHAPE = jsonschema.Draft202012Validator(EVENT)


def config(url: str, **changes: Any) -> dict[str, Any]:
    known = {
        "url": url + "/hook?key=${KEY}",
        "headers": {"Authorization": "Bearer ${KEY}"},
        "secret": "${SIGNING}",
    }
    return {**known, **changes}


def situation_with(**changes: Any) -> Situation:
    return Situation("webhook", lambda url: config(url, **changes), SECRETS, Reply(204))


class TestTheWebhook(HttpChannelContract):
    @pytest.fixture(params=["json", "cloudevents"])
    def situation(self, request: pytest.FixtureRequest) -> Situation:
        return situation_with(format=request.param)


def sent(message: Message | None = None, **changes: Any) -> Heard:
    with answering(lambda _: Reply(204)) as server:
        channel = situation_with(**changes).channel(server.url)
        assert channel.send(message or a_message()) == Delivered()
    (heard,) = server.heard
    return heard


@pytest.mark.parametrize("occasion", OCCASIONS)
def test_every_event_has_the_documented_shape(occasion: Occasion) -> None:
    heard = sent(a_message(occasion))
    assert heard.headers["content-type"] == "application/json"
    told = json.loads(heard.body)
    SHAPE.validate(told)
    assert (told["incident"] is None) == (a_content(occasion).alert is None)


def test_an_event_tells_what_is_known() -> None:
    told = json.loads(sent().body)
    incident = told.pop("incident")
    assert told == {
        "version": "1",
        "id": "DEL-detected-1",
        "type": "tocsin.incident.detected",
        "occurred_at": AT.isoformat(),
        "sentence": "It is detected: Secret in output of deploy-bot",
        "subject": "",
        "text": "",
        "incidents": [],
        "counts": {},
        "recipients": [
            {"name": "ada", "full_name": "Ada Ames", "why": ""},
            {"name": "ben", "full_name": "Ben Berg", "why": ""},
        ],
    }
    assert incident["id"] == INCIDENT
    assert incident["context"] == {"repository": "shop", "findings": [{"line": 12}]}
    assert incident["shortened"] is False


def test_no_address_of_a_person_is_told() -> None:
    body = sent().body.decode()
    assert all(each not in body for each in ("ada@corp.example", "+49", "U024BE7LH"))


def test_it_goes_where_the_config_says() -> None:
    heard = sent(method="PUT")
    assert (heard.method, heard.path) == ("PUT", f"/hook?key={KEY}")
    assert heard.headers["authorization"] == f"Bearer {KEY}"


class TestTheSignature:
    def test_is_accepted_by_a_verifier_that_is_not_ours(self) -> None:
        heard = sent()
        assert Webhook(NEW).verify(heard.body, dict(heard.headers))["id"] == "DEL-detected-1"
        assert heard.headers["webhook-id"] == "DEL-detected-1"

    def test_is_there_for_both_secrets_during_a_change(self) -> None:
        heard = sent(secret=None, secrets=["${SIGNING}", "${OLD_SIGNING}"])
        for each in (NEW, OLD):
            Webhook(each).verify(heard.body, dict(heard.headers))

    def test_is_there_for_secret_and_secrets_together(self) -> None:
        heard = sent(secrets=["${OLD_SIGNING}"])
        for each in (NEW, OLD):
            Webhook(each).verify(heard.body, dict(heard.headers))

    def test_is_of_this_body_id_and_secret(self) -> None:
        heard = sent()
        headers = dict(heard.headers)
        for wrong in (
            (NEW, heard.body + b" ", headers),
            (NEW, heard.body, {**headers, "webhook-id": "DEL-2"}),
            (OLD, heard.body, headers),
        ):
            with pytest.raises(WebhookVerificationError):
                Webhook(wrong[0]).verify(wrong[1], wrong[2])

    def test_is_of_a_cloud_event_too(self) -> None:
        heard = sent(format="cloudevents")
        assert Webhook(NEW).verify(heard.body, dict(heard.headers))["specversion"] == "1.0"

    def test_is_absent_without_a_secret_but_the_id_is_not(self) -> None:
        headers = sent(secret=None).headers
        assert "webhook-signature" not in headers
        assert headers["webhook-id"] == "DEL-detected-1"

    def test_has_the_time_of_the_try(self) -> None:
        class FakeClock:
            def now(self) -> datetime:
                return AT + timedelta(hours=1)

        with answering(lambda _: Reply(204)) as server:
            known = WebhookConfig.model_validate(config(server.url))
            channel = WebhookChannel(known, surroundings(**SECRETS), FakeClock())
            channel.send(a_message())
        (heard,) = server.heard
        assert int(heard.headers["webhook-timestamp"]) == AT.timestamp() + 3600

    def test_with_what_is_no_secret_is_not_made(self) -> None:
        bad = Situation("webhook", config, {**SECRETS, "SIGNING": "not-a-secret-of-webhooks"},
                        Reply(204))  # fmt: skip
        with answering(lambda _: Reply(204)) as server:
            answer = bad.sender(server.url).send("the-channel", a_message())
        assert isinstance(answer, Never)
        assert "a signing secret is not whsec_" in answer.why
        assert server.heard == []


class TestACloudEvent:
    @pytest.mark.parametrize("occasion", OCCASIONS)
    def test_is_read_by_a_parser_that_is_not_ours(self, occasion: Occasion) -> None:
        heard = sent(a_message(occasion), format="cloudevents", source="/tocsin/eu")
        assert heard.headers["content-type"] == "application/cloudevents+json"
        read = from_structured_event(HTTPMessage(dict(heard.headers), heard.body))
        assert (read.get_specversion(), read.get_source()) == ("1.0", "/tocsin/eu")
        assert read.get_id() == f"DEL-{occasion}-1"
        assert read.get_time() == AT
        told: Any = read.get_data()
        SHAPE.validate(told)
        assert read.get_type() == told["type"]
        about_one = a_content(occasion).alert is not None
        assert read.get_subject() == (INCIDENT if about_one else None)


def test_a_repeated_message_has_the_same_id_and_body() -> None:
    first, again = sent(), sent()
    assert first.headers["webhook-id"] == again.headers["webhook-id"]
    assert first.body == again.body


def test_what_is_too_large_is_shortened_and_says_so() -> None:
    alert = an_alert(context={"log": ["x" * 1_000] * 5_000, "why": "this"})
    told = json.loads(sent(a_message(content=a_content(alert=alert))).body)
    SHAPE.validate(told)
    assert told["incident"]["shortened"] is True
    assert told["incident"]["context"]["why"] == "this"
    assert told["incident"]["labels"] == {"team": "payments"}
    assert len(json.dumps(told)) < 300_000


def test_a_hundred_large_incidents_are_shortened_too() -> None:
    covers = tuple(an_alert(context={"log": "x" * 100_000}) for _ in range(100))
    heard = sent(a_message("digest", content=a_content("digest", covers=covers)))
    told = json.loads(heard.body)
    SHAPE.validate(told)
    assert len(told["incidents"]) == 100
    assert len(heard.body) < 400_000


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "ftp://a.example"},
        {"url": "https://a.example/with blank"},
        {"method": "GET"},
        {"headers": {"Webhook-Id": "x"}},
        {"headers": {"content-type": "x"}},
        {"headers": {"Host": "x"}},
        {"headers": {"X-A": "x\r\ny"}},
        {"secret": NEW},
        {"secrets": [OLD]},
        {"format": "xml"},
        {"source": "a b"},
    ],
)
def test_a_config_that_cannot_be_meant_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        WebhookConfig.model_validate(config("https://a.example") | wrong)
    assert NEW not in str(caught.value)
    assert OLD not in str(caught.value)


def test_the_time_is_now_unless_it_is_told() -> None:
    told = int(sent().headers["webhook-timestamp"])
    assert abs(datetime.now(UTC).timestamp() - told) < 60
