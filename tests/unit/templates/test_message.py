"""A message has a subject, a text, and nothing that a variable could add to either."""

import pytest

from application.templates import TemplateError
from infrastructure.templates.message import Message, MessageTemplate


def test_the_first_line_is_the_subject_and_the_rest_is_the_text() -> None:
    template = MessageTemplate("Subject: {{ id }} happened\n\nHello {{ who }},\n\nbye\n")
    written = template.render({"id": "INC-1", "who": "Ada"})
    assert written == Message("INC-1 happened", "Hello Ada,\n\nbye\n")


def test_a_variable_adds_no_line_to_the_subject() -> None:
    written = MessageTemplate("Subject: {{ x }}\n\n{{ x }}").render({"x": "a\r\nBcc: b\n\nc"})
    assert written == Message("a Bcc: b c", "a\r\nBcc: b\n\nc")


def test_a_text_of_one_variable_is_text() -> None:
    assert MessageTemplate("Subject: {{ n }}\n{{ n }}").render({"n": [1]}) == Message("[1]", "[1]")


def test_secrets_stay_names() -> None:
    written = MessageTemplate("Subject: ${A}\n${B} {{ x }}").render({"x": "${C}"})
    assert written == Message("${A}", "${B} ${C}")


@pytest.mark.parametrize("text", ["", "Hello\n", "Subject:\n\nx", "\nSubject: x\n", "Subject: x"])
def test_a_message_without_a_subject_and_a_text_is_refused(text: str) -> None:
    with pytest.raises(TemplateError, match="the first line is no subject"):
        MessageTemplate(text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Subject: {{\n\nx", 1),
        ("Subject: x\n\n\n{{ x", 4),
        ("Subject: x\n\na\n{% include 'b' %}", 4),
    ],
)
def test_what_is_no_template_has_its_line_in_the_file(text: str, line: int) -> None:
    with pytest.raises(TemplateError) as caught:
        MessageTemplate(text)
    assert caught.value.line == line


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Subject: x\n\n{{ gone }}", "line 3: gone is undefined"),
        ("Subject: x\n\na\n{{ gone }}\n", "line 4: gone is undefined"),
        ("Subject: {{ gone }}\n\nx", "gone is undefined"),
    ],
)
def test_so_has_a_variable_without_a_value(text: str, told: str) -> None:
    with pytest.raises(TemplateError) as caught:
        MessageTemplate(text).render({})
    assert str(caught.value) == told
