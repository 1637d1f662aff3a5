"""Unquoted words mean what the YAML 1.2 core schema says (YAML 1.2.2, section 10.3.2)."""

import pytest

from infrastructure.configuration.core_schema import Scalar, plain_scalar
from infrastructure.configuration.mistakes import ConfigurationError
from infrastructure.configuration.refusals import RefusedError
from infrastructure.configuration.yaml_document import parse_yaml


@pytest.mark.parametrize("word", ["", "~", "null", "Null", "NULL"])
def test_null(word: str) -> None:
    assert plain_scalar(word) is None


@pytest.mark.parametrize("word", ["true", "True", "TRUE"])
def test_true(word: str) -> None:
    assert plain_scalar(word) is True


@pytest.mark.parametrize("word", ["false", "False", "FALSE"])
def test_false(word: str) -> None:
    assert plain_scalar(word) is False


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("0", 0),
        ("-19", -19),
        ("+3", 3),
        ("010", 10),
        ("0o17", 15),
        ("0x1fF", 511),
        ("1.", 1.0),
        (".5", 0.5),
        ("-0.0", -0.0),
        ("12e03", 12_000.0),
        ("-2E+05", -200_000.0),
    ],
)
def test_numbers(word: str, number: float) -> None:
    value = plain_scalar(word)
    assert (value, type(value)) == (number, type(number))


@pytest.mark.parametrize(
    "word",
    [
        *("yes", "no", "on", "off", "y", "n", "tRUE", "nULL"),
        *("12:30:45", "2001-01-01", "2001-01-01T10:00:00Z", "1_000", "0b11", "-0o7", "0o8"),
        *("+", "-", ".", "...", "1.2.3.4", "1e", "0x", "٣", "=", "inf", "nan"),
    ],
)
def test_everything_else_is_text(word: str) -> None:
    assert plain_scalar(word) == word


@pytest.mark.parametrize("word", [".inf", "-.INF", "+.Inf", ".nan", ".NaN", "1e999", "9" * 101])
def test_a_number_that_no_setting_means_is_refused(word: str) -> None:
    with pytest.raises(RefusedError):
        plain_scalar(word)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("!!str 10", "10"),
        ("! 10", "10"),
        ('!!int "10"', 10),
        ("!!float 1", 1.0),
        ('!!bool "true"', True),
        ("!!null ''", None),
        ("!!seq [!!map {}]", [{}]),
        ("'10'", "10"),
        ('"true"', "true"),
        ("|\n  no\n", "no\n"),
    ],
)
def test_tags_and_quotes_decide_the_type(text: str, value: Scalar) -> None:
    parsed = parse_yaml(text, "a.yaml").value
    assert (parsed, type(parsed)) == (value, type(value))


@pytest.mark.parametrize(
    "text",
    ["!!int x", '!!int "true"', "!!float x", "!!bool yes", "!!null x", "!!seq {}", "!!map x"],
)
def test_a_tag_that_contradicts_its_value_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError):
        parse_yaml(text, "a.yaml")


def test_an_escaped_nul_is_refused_as_no_database_stores_it() -> None:
    with pytest.raises(ConfigurationError, match=r"U\+0000 cannot be stored"):
        parse_yaml(r'"a\0b"', "a.yaml")
