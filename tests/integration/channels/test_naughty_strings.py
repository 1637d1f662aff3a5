"""Strings that break things are sent by every channel, and break nothing."""

import json
from pathlib import Path

import pytest

from tests.support.alerts import ADA, a_content, a_message, an_alert
from tests.support.payloads import CONFIGS, check


@pytest.fixture(scope="module")
def naughty(shared_data: Path) -> list[str]:
    file = shared_data / "naughty" / "blns.json"
    if not file.is_file():
        pytest.skip(f"{file} is absent")
    strings: list[str] = json.loads(file.read_text("utf-8"))
    assert len(strings) > 500
    return strings


@pytest.mark.parametrize("kind", CONFIGS)
def test_each_of_them_goes_through(kind: str, naughty: list[str]) -> None:
    recipients = (ADA,) if kind == "sms" else ()
    for each in naughty:
        alert = an_alert(rule_name=each, about=each, context={each: each}, labels={"x": [each]})
        content = a_content(alert=alert, sentence=each)
        check(kind, a_message(content=content, recipients=recipients))


@pytest.mark.parametrize("kind", CONFIGS)
def test_all_of_them_go_through_at_once(kind: str, naughty: list[str]) -> None:
    recipients = (ADA,) if kind == "sms" else ()
    alert = an_alert(context=dict.fromkeys(naughty, naughty))
    check(kind, a_message(content=a_content(alert=alert), recipients=recipients))
    content = a_content("message", subject=" ".join(naughty), text="\n".join(naughty))
    check(kind, a_message("message", content=content, recipients=recipients))
