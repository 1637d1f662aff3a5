"""The channel `pagerduty` against a server that is as strict as PagerDuty documents itself."""

import json
from typing import Any

import jsonschema
import pytest

from application.channels import Delivered, Never
from domain.alerting.content import Occasion
from infrastructure.channels.foreign import units
from tests.support.alerts import AT, INCIDENT, OCCASIONS, a_content, a_message, an_alert
from tests.support.channel_contract import HttpChannelContract, Situation
from tests.support.loopback_server import Reply, answering
from tests.support.pagerduty_schema import LIMITED

KEY = "0123456789abcdef0123456789abcdef"
ACCEPTED = Reply(202, b'{"status": "success", "message": "Event processed", "dedup_key": "x"}')
STRICT = jsonschema.Draft202012Validator(LIMITED)


def situation_with(**config: Any) -> Situation:
    return Situation(
        "pagerduty",
        lambda url: {"routing_key": "${ROUTING_KEY}", "url": f"{url}/v2/enqueue", **config},
        {"ROUTING_KEY": KEY},
        ACCEPTED,
    )


class TestPagerDuty(HttpChannelContract):
    @pytest.fixture
    def situation(self) -> Situation:
        return situation_with()


def sent(occasion: Occasion = "detected", link: str | None = None, **content: Any) -> Any:
    message = a_message(occasion, content=a_content(occasion, **content))
    config = {"link": link} if link else {}
    with answering(lambda _: ACCEPTED) as server:
        answer = situation_with(**config).channel(server.url).send(message)
    assert isinstance(answer, Delivered)
    (heard,) = server.heard
    assert (heard.method, heard.path) == ("POST", "/v2/enqueue")
    assert heard.headers["content-type"] == "application/json"
    assert len(heard.body) <= 512_000
    event = json.loads(heard.body)
    STRICT.validate(event)
    return event


@pytest.mark.parametrize("occasion", OCCASIONS)
def test_every_event_is_as_documented(occasion: Occasion) -> None:
    event = sent(occasion)
    assert event["routing_key"] == KEY
    assert event["event_action"] == {
        "acknowledged": "acknowledge", "resolved": "resolve", "closed": "resolve",
    }.get(occasion, "trigger")  # fmt: skip
    about_one = a_content(occasion).alert is not None
    assert event["dedup_key"] == (INCIDENT if about_one else f"DEL-{occasion}-1")


def test_the_receipt_names_the_key_that_later_messages_use() -> None:
    with answering(lambda _: ACCEPTED) as server:
        answer = situation_with().channel(server.url).send(a_message())
    assert answer == Delivered({"dedup_key": INCIDENT})


def test_a_trigger_tells_what_is_known() -> None:
    event = sent("escalated")
    assert event["client"] == "Tocsin"
    assert "links" not in event
    assert "client_url" not in event
    assert event["payload"] == {
        "summary": "[P1] Escalated: Secret in output of deploy-bot",
        "severity": "error",
        "source": "audit",
        "timestamp": AT.isoformat(),
        "component": "deploy-bot",
        "group": "security",
        "class": "secret-in-output",
        "custom_details": {
            "what": "It is escalated: Secret in output of deploy-bot",
            "status": "detected",
            "detected": "2026-03-01 03:14:15 UTC",
            "signals": 3,
            "about": "deploy-bot",
            "reasons": ["P1: data at risk (data_at_risk is true)"],
            "context": {"repository": "shop", "findings": [{"line": 12}]},
            "labels": {"team": "payments"},
        },
    }


@pytest.mark.parametrize("occasion", ["acknowledged", "resolved", "closed"])
def test_what_ends_an_alert_carries_only_its_key(occasion: Occasion) -> None:
    assert set(sent(occasion)) == {"routing_key", "event_action", "dedup_key"}


@pytest.mark.parametrize(
    ("severity", "theirs"),
    [("P0", "critical"), ("P1", "error"), ("P2", "warning"), ("P3", "info"), ("P4", "info")],
)
def test_severities_are_theirs(severity: str, theirs: str) -> None:
    assert sent(alert=an_alert(severity=severity))["payload"]["severity"] == theirs


@pytest.mark.parametrize(
    ("occasion", "severity"),
    [("summary", "critical"), ("digest", "critical"), ("message", "info"), ("test", "info")],
)
def test_without_an_incident_the_worst_that_is_told_of_counts(
    occasion: Occasion, severity: str
) -> None:
    assert sent(occasion)["payload"]["severity"] == severity


def test_a_test_alarms_nobody_even_about_a_p0() -> None:
    assert sent("test", alert=an_alert(severity="P0"))["payload"]["severity"] == "info"


def test_a_summary_lists_what_it_stands_for() -> None:
    details = sent("summary")["payload"]["custom_details"]
    assert details["counts"] == {"P0": 2, "P2": 120}
    assert len(details["incidents"]) == 2


def test_a_link_is_there_if_it_is_configured() -> None:
    link = f"https://tocsin.example/i/{INCIDENT}?x=1"
    event = sent(link="https://tocsin.example/i/{incident}?x=1")
    assert event["client_url"] == link
    assert event["links"] == [{"href": link, "text": "The incident"}]
    assert "links" not in sent("digest", link="https://tocsin.example/i/{incident}")


@pytest.mark.parametrize(
    "context",
    [
        {"log": "x" * 3_000_000},
        {"log": ["\x00" * 5_000] * 3_000},
        {f"key {n}": {"value": "ä" * 500} for n in range(10_000)},
    ],
    ids=["one text", "many", "a wide mapping"],
)
def test_details_that_are_too_large_are_shortened_and_say_so(context: Any) -> None:
    details = sent(alert=an_alert(context=context))["payload"]["custom_details"]
    assert "512 KB" in details["shortened"]
    assert details["status"] == "detected"
    assert details["context"]


def test_an_incident_without_a_subject_or_source_has_neither() -> None:
    payload = sent(alert=an_alert(about="", source=""))["payload"]
    assert payload["source"] == "tocsin"
    assert "component" not in payload


def test_a_summary_is_no_longer_than_they_take() -> None:
    payload = sent("message", subject="", text="", sentence="")["payload"]
    assert payload["summary"] == "A message from Tocsin"
    long = sent(alert=an_alert(rule_name="\U0001f6a8" * 2_000, about="x" * 2_000))["payload"]
    assert units(long["summary"]) <= 1_024
    assert long["severity"] == "error"


def test_what_pagerduty_says_is_told_but_nothing_that_could_be_a_key() -> None:
    errors = ["'routing_key' is invalid", "Length of 'routing_key' is incorrect "
              "(should be 32 characters)", f"no integration {KEY}"]  # fmt: skip
    body = {"status": "invalid event", "message": "Event object is invalid", "errors": errors}
    with answering(lambda _: Reply(400, json.dumps(body).encode())) as server:
        answer = situation_with().channel(server.url).send(a_message())
    assert answer == Never(
        "PagerDuty answered 400: Event object is invalid; 'routing_key' is invalid; "
        "Length of 'routing_key' is incorrect (should be 32 characters)"
    )


@pytest.mark.parametrize("body", [b"", b"[]", b'{"errors": 7}', b"[" * 99_999, b"\xff"])
def test_whatever_else_a_refusal_says_is_left_out(body: bytes) -> None:
    with answering(lambda _: Reply(400, body)) as server:
        answer = situation_with().channel(server.url).send(a_message())
    assert answer == Never("PagerDuty answered 400")
