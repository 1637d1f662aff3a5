"""Strings that break things do not break a mail."""

import json
from pathlib import Path

import pytest

from tests.support.mail_reading import check_mail
from tests.support.messages import a_content, a_message, an_alert, written


def test_they_are_only_text(shared_data: Path) -> None:
    file = shared_data / "naughty" / "blns.json"
    if not file.is_file():
        pytest.skip(f"{file} is absent")
    for each in json.loads(file.read_text("utf-8")):
        alert = an_alert(rule_name=each, about=each, context={each: each})
        check_mail(a_message(a_content(sentence=each, alert=alert)))
        check_mail(a_message(written(each, each)))
