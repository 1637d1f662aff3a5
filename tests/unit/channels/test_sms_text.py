"""What a text message says where there is hardly anything to say."""

import pytest

from infrastructure.channels.sms_text import text_message
from tests.support.alerts import a_content


@pytest.mark.parametrize("subject", ["", " ", "\U0001f000", "\ud800"])
def test_it_always_says_something(subject: str) -> None:
    content = a_content("message", alert=None, sentence=subject, subject=subject)
    assert text_message(content, "tocsin ack {short}", 1).strip()
