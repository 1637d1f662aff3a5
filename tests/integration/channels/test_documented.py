"""What docs/channels-email.md says about `email` and `apprise` is so."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from domain.alerting.channel import ChannelDefinition
from infrastructure.channels.apprise import AppriseChannel
from infrastructure.channels.email import EmailChannel
from infrastructure.channels.mail.message import subject
from tests.support.messages import a_content

PAGE = (Path(__file__).parents[3] / "docs" / "channels-email.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
CHANNELS: dict[str, Any] = {"email": EmailChannel, "apprise": AppriseChannel}


@pytest.mark.parametrize("type_", CHANNELS)
def test_the_example_is_one(type_: str) -> None:
    block = re.search(r"(?:^    .*\n)+", SECTIONS[type_], re.MULTILINE)
    assert block is not None
    for written in yaml.safe_load(block[0])["channels"]:
        definition = ChannelDefinition.model_validate(written)
        assert definition.type == type_
        CHANNELS[type_].Config.model_validate(definition.config)


@pytest.mark.parametrize("type_", CHANNELS)
def test_every_key_is_there_and_no_other(type_: str) -> None:
    table = SECTIONS[type_].partition("| key of `config`")[2].partition("\n\n")[0]
    rows = [row.split("|")[1] for row in table.split("\n")[2:]]
    documented = {key for row in rows for key in re.findall(r"`(\w+)`", row)}
    fields = CHANNELS[type_].Config.model_fields
    assert documented == {field.alias or name for name, field in fields.items()}


def test_subjects_are_as_shown() -> None:
    for occasion in ("detected", "acknowledged"):
        assert f"    {subject(a_content(occasion))}\n" in PAGE
