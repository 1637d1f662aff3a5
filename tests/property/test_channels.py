"""Whatever a log says, what channels send is valid, within limits and escaped."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.channels import Message
from domain.alerting.content import Occasion
from tests.support.alerts import ADA, OCCASIONS, a_content, a_message, an_alert
from tests.support.payloads import CONFIGS, check

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40) | st.sampled_from(
    ["<!channel>", "&amp;", "<@U024BE7LH>", "\ud800", "🚨" * 2_000, "<" * 9_000, "\x00", " ", ""]
)
ANY_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(ANY_TEXT, inner, max_size=5),
    max_leaves=12,
)
ANY_MAPPING = st.dictionaries(ANY_TEXT, ANY_VALUE, max_size=5)


@st.composite
def messages(draw: st.DrawFn) -> Message:
    occasion: Occasion = draw(st.sampled_from(OCCASIONS))
    alert = an_alert(
        rule_name=draw(ANY_TEXT),
        about=draw(ANY_TEXT),
        source=draw(ANY_TEXT),
        acknowledged_by=draw(st.none() | ANY_TEXT),
        reasons=({"rule": draw(ANY_TEXT), "fact": draw(ANY_TEXT), "severity": "P1"},),
        context=draw(ANY_MAPPING),
        labels=draw(ANY_MAPPING),
    )
    plain: dict[str, Any] = a_content(occasion).model_dump()
    plain |= {"sentence": draw(ANY_TEXT)}
    if occasion == "message":
        plain |= {"subject": draw(ANY_TEXT), "text": draw(ANY_TEXT)}
    plain |= {"alert": alert} if plain["alert"] else {}
    plain |= {"covers": (alert,) * draw(st.integers(1, 100))} if plain["covers"] else {}
    return a_message(occasion, content=a_content(**plain), recipients=())


@pytest.mark.parametrize("kind", [kind for kind in CONFIGS if kind != "sms"])
@given(message=messages())
def test_what_is_sent_can_be_taken(kind: str, message: Message) -> None:
    check(kind, message)


@given(message=messages())
def test_a_text_message_can_be_taken(message: Message) -> None:
    check("sms", Message(message.id, message.content, (ADA,)))
