"""The page about channels says what is the case: keys, answers, shapes and examples."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from application.channels import Delivered
from domain.alerting.channel import ChannelDefinition
from infrastructure.channels.catalogue import channel_class
from infrastructure.channels.webhook import WebhookChannel, WebhookConfig
from tests.support.alerts import OCCASIONS, OF_NO_INCIDENT, a_message
from tests.support.channel_contract import MEANING
from tests.support.loopback_server import Reply, answering, surroundings
from tests.support.payloads import SIGNING
from tests.support.webhook_schema import EVENT

PAGE = (Path(__file__).parents[3] / "docs" / "channels.md").read_text("utf-8")
TYPES = ("pagerduty", "slack", "webhook", "sms")


def section(kind: str) -> str:
    return PAGE.partition(f"\n## `{kind}`\n")[2].partition("\n## ")[0]


def blocks(language: str, text: str = PAGE) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


@pytest.mark.parametrize("kind", TYPES)
def test_every_key_of_a_config_is_in_its_table_and_no_other(kind: str) -> None:
    table = section(kind).partition("| key | default | |\n")[2].partition("\n\n")[0]
    named = [re.findall(r"`(\w+)`", row.split("|")[1]) for row in table.splitlines()[1:]]
    fields = channel_class(kind).Config.model_fields
    known = {"from" if name == "sender" else name for name in fields}
    assert {name for names in named for name in names} == known


@pytest.mark.parametrize("kind", TYPES)
def test_every_default_is_the_one_in_the_table(kind: str) -> None:
    table = section(kind).partition("| key | default | |\n")[2].partition("\n\n")[0]
    for name, field in channel_class(kind).Config.model_fields.items():
        if isinstance(field.default, str | int) and not isinstance(field.default, bool):
            assert re.search(rf"\| `{name}` \| `{re.escape(str(field.default))}` \|", table)


@pytest.mark.parametrize("kind", TYPES)
def test_every_example_can_be_configured(kind: str) -> None:
    examples = blocks("yaml", section(kind))
    assert examples
    for each in examples:
        definition = ChannelDefinition.model_validate(yaml.safe_load(each))
        assert definition.type == kind
        channel_class(kind).Config.model_validate(definition.config)


def test_the_first_example_can_be_configured() -> None:
    for each in yaml.safe_load(blocks("yaml")[0])["channels"]:
        definition = ChannelDefinition.model_validate(each)
        channel_class(definition.type).Config.model_validate(definition.config)


@pytest.mark.parametrize("status", MEANING)
def test_the_table_of_answers_has_what_a_status_means(status: int) -> None:
    table = PAGE.partition("| what happened | |\n|---|---|\n")[2].partition("\n\n")[0]
    rows = [[cell.strip() for cell in row.split("|")[1:3]] for row in table.splitlines()]
    matching = next(answer for what, answer in rows if _covers(what, status))
    assert matching.partition(":")[0].partition(",")[0].partition(";")[0].lower() in (
        "later" if MEANING[status].__name__ == "TryLater" else "never"
    )


def _covers(what: str, status: int) -> bool:
    if str(status) in what:
        return True
    if bounds := re.fullmatch(r"(\d{3}) to (\d{3})", what):
        return int(bounds[1]) <= status <= int(bounds[2])
    return f"{status // 100}xx" in what


def test_the_shape_of_a_webhook_is_as_shown() -> None:
    (example,) = blocks("json", section("webhook"))
    jsonschema.validate(json.loads(example), EVENT)


def test_every_field_and_occasion_of_a_webhook_is_explained() -> None:
    table = section("webhook").partition("| field | |\n|---|---|\n")[2].partition("\n\n")[0]
    named = {name for row in table.splitlines() for name in re.findall(r"`(\w+)`", row[:30])}
    assert set(EVENT["properties"]) - {"version"} <= named
    for each in OCCASIONS:
        assert f"`tocsin.{each}`" in table if each in OF_NO_INCIDENT else f"`{each}`" in table


def test_a_signature_is_verified_as_the_page_says() -> None:
    scope: dict[str, Any] = {}
    (code,) = blocks("python", section("webhook"))
    exec(code, scope)
    with answering(lambda _: Reply(204)) as server:
        config = WebhookConfig.model_validate({"url": server.url, "secret": "${SIGNING}"})
        channel = WebhookChannel(config, surroundings(SIGNING=SIGNING))
        assert channel.send(a_message()) == Delivered()
    (heard,) = server.heard
    told = scope["received"](heard.body, dict(heard.headers), SIGNING)
    assert told == ("DEL-detected-1", a_message().content.sentence)
