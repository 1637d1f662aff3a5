"""Nothing foreign becomes a mention or a link in Slack."""

import pytest

from application.channels import Recipient
from infrastructure.channels.slack_text import escaped, mentions


@pytest.mark.parametrize(
    ("text", "longest", "told"),
    [
        ("<!channel> & co", 99, "&lt;!channel&gt; &amp; co"),
        ("&lt;", 99, "&amp;lt;"),
        ("<<", 8, "&lt;&lt;"),
        ("<<<", 8, "&lt;…"),
        ("a\ud800", 9, "a\ufffd"),
    ],
)
def test_text_is_escaped_and_no_entity_is_cut(text: str, longest: int, told: str) -> None:
    assert escaped(text, longest) == told


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("U024BE7LH", "<@U024BE7LH>"),
        ("@W012A3CDE", "<@W012A3CDE>"),
        ("S0614TZR7", "<!subteam^S0614TZR7>"),
        ("@ada", "@ada"),
        ("ada", "@ada"),
        ("#incidents", "#incidents"),
        ("@<!channel>", "@&lt;!channel&gt;"),
    ],
)
def test_a_recipient_is_mentioned_by_id_and_else_named(name: str, told: str) -> None:
    assert mentions([Recipient(slack=name)], 999) == told


def test_everybody_is_named_once_as_far_as_there_is_room() -> None:
    people = [Recipient(slack="@ada"), Recipient(email="b@c.example"), Recipient(slack="@ada")]
    assert mentions(people, 999) == "@ada"
    crowd = [Recipient(slack=f"@n{number:04}") for number in range(1_000)]
    told = mentions(crowd, 2_000)
    assert told.endswith("… " if told.endswith(" ") else "…")
    assert 1_900 < len(told) <= 2_000
