"""What the channels that speak HTTP would send, and whether its receivers could take it."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

import jsonschema
import orjson
from slack_sdk.models.blocks import Block
from standardwebhooks.webhooks import Webhook

from application.actions import HttpAnswer, HttpRequest, Surroundings
from application.channels import Delivered, Message
from infrastructure.channels.catalogue import channel_class
from infrastructure.channels.foreign import units
from infrastructure.channels.gsm7 import GSM7, UCS2, transliterated
from infrastructure.secrets import EnvironmentSecrets
from tests.support.pagerduty_schema import LIMITED
from tests.support.webhook_schema import EVENT

SIGNING = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
SECRETS = {"KEY": "0123456789abcdef0123456789abcdef", "SIGNING": SIGNING}
CONFIGS: Mapping[str, Mapping[str, Any]] = {
    "pagerduty": {"routing_key": "${KEY}"},
    "slack": {"token": "${KEY}", "channel": "#incidents"},
    "webhook": {"url": "https://hooks.example/", "secret": "${SIGNING}"},
    "sms": {"account_sid": "AC01", "auth_token": "${KEY}", "from": "+15005550006"},
}
_PAGERDUTY = jsonschema.Draft202012Validator(LIMITED)
_WEBHOOK = jsonschema.Draft202012Validator(EVENT)
_BARE = re.compile(r"[<>]|&(?!amp;|lt;|gt;)")


class RecordingOutgoing:
    """Sends nothing, remembers what it was given, and says that all is well."""

    def __init__(self) -> None:
        self.requests: list[HttpRequest] = []

    def send(self, request: HttpRequest) -> HttpAnswer:
        """Remember a request."""
        self.requests.append(request)
        return HttpAnswer(200, {}, b'{"ok": true, "channel": "C1", "ts": "1.5"}')


def requests_for(kind: str, message: Message) -> list[HttpRequest]:
    """Give what a type of channel sends for a message."""
    outgoing = RecordingOutgoing()
    surroundings = Surroundings(EnvironmentSecrets(SECRETS), outgoing)
    found = channel_class(kind)
    channel = found(found.Config.model_validate(CONFIGS[kind]), surroundings)
    assert isinstance(channel.send(message), Delivered)
    return outgoing.requests


def check(kind: str, message: Message) -> None:
    """Check that all that is sent for a message is valid, within limits and escaped."""
    for request in requests_for(kind, message):
        request.body.decode("utf-8")
        _CHECKS[kind](request, message)


def _read(body: bytes) -> Any:
    # The one is strict about numbers and Unicode, the other reads what the first wrote.
    assert orjson.loads(body) is not None
    return json.loads(body)


def _check_pagerduty(request: HttpRequest, _: Message) -> None:
    event = _read(request.body)
    _PAGERDUTY.validate(event)
    assert len(request.body) <= 512_000
    assert units(event.get("payload", {}).get("summary", "x")) <= 1_024


def _check_slack(request: HttpRequest, message: Message) -> None:
    posted = _read(request.body)
    assert 0 < units(posted["text"]) <= 4_000
    assert 1 <= len(posted["blocks"]) <= 50
    texts = [{"type": "mrkdwn", "text": posted["text"]}]
    for block in posted["blocks"]:
        read = Block.parse(block)
        assert read is not None
        assert read.to_dict() == block
        parts = [block.get("text"), *block.get("fields", []), *block.get("elements", [])]
        texts += [each for each in parts if each]
        limit = {"header": 150, "section": 3_000, "context": 2_000}[block["type"]]
        assert all(0 < units(each["text"]) <= limit for each in parts if each)
        assert all(units(each["text"]) <= 2_000 for each in block.get("fields", []))
    if not message.recipients:
        assert not any(_BARE.search(each["text"]) for each in texts if each["type"] == "mrkdwn")


def _check_webhook(request: HttpRequest, _: Message) -> None:
    _WEBHOOK.validate(_read(request.body))
    Webhook(SIGNING).verify(request.body, dict(request.headers))


def _check_sms(request: HttpRequest, _: Message) -> None:
    (text,) = parse_qs(request.body.decode("ascii"), strict_parsing=True)["Body"]
    assert text.isprintable()
    alphabet = GSM7 if transliterated(text) == text else UCS2
    assert alphabet.size(text) <= alphabet.alone


_CHECKS: Mapping[str, Callable[[HttpRequest, Message], None]] = {
    "pagerduty": _check_pagerduty,
    "slack": _check_slack,
    "webhook": _check_webhook,
    "sms": _check_sms,
}
