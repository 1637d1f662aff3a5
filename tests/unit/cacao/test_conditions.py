"""Conditions of playbooks say the same as conditions of runbooks, or are refused."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from domain.detection.pattern import Condition
from infrastructure.cacao.conditions import NotExpressibleError, condition_of

CONDITIONS: TypeAdapter[Condition] = TypeAdapter(Condition)


def holds(written: str, **values: Any) -> bool:
    condition = CONDITIONS.validate_python(condition_of(written, lambda name: name.strip("_")))
    return condition.holds(lambda field: (values[field],) if field in values else ())


@pytest.mark.parametrize(
    ("written", "true", "false"),
    [
        ("__a__:value = 'x'", "x", "y"),
        ("__a__:value == 5", 5, "6"),
        ("__a__:value = 5", "5", 5.5),
        ("__a__:value = '5'", "5", 5),
        ("__a__:value", "true", "false"),
        ("__a__", True, False),
        ("$$__a__$$.value = true", True, "x"),
        ("__a__:value != 'x'", "y", "x"),
        ("__a__:value <> 5", 6, "5"),
        ("__a__:value > 5", "6", 5),
        ("__a__:value >= 5", 5, 4),
        ("__a__:value < 1.5", 1, 2),
        ("__a__:value <= -1", -1, 0),
        ("__a__:value IN ('x', 'y', 3)", "3", "z"),
        ("__a__:value NOT IN ('x', 'y')", "z", "x"),
        ("__a__:value MATCHES '^a+$'", "aa", "b"),
        ("__a__:value ISSUBSET '10.0.0.0/8'", "10.1.2.3", "192.0.2.1"),
        ("[__a__:value = 'x']", "x", "y"),
        ("NOT __a__:value = 'x'", "y", "x"),
        ("not (__a__:value = 'x' or __a__:value = 'y')", "z", "y"),
        ("__a__:value = 'x' OR __a__:value = 'y' AND __a__:value = 'z'", "x", "y"),
        ("(__a__:value = 'x' OR __a__:value = 'y') AND __a__:value != 'x'", "y", "x"),
        (r"__a__:value = 'it\'s'", "it's", "its"),
        ("__a__:value = word", "word", "other"),
    ],
)
def test_a_condition_holds_when_it_should(written: str, true: Any, false: Any) -> None:
    assert holds(written, a=true)
    assert not holds(written, a=false)


@pytest.mark.parametrize("written", ["__a__:value != 'x'", "__a__:value > 5", "__a__:value"])
def test_a_variable_without_a_value_satisfies_nothing(written: str) -> None:
    assert not holds(written)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", "it ends too early"),
        ("__a__:value =", "it ends too early"),
        ("(__a__:value", "it ends too early"),
        ("__a__:value)", '")" is not understood there'),
        ("5 = __a__:value", '"5" stands where a variable is needed'),
        ("__a__:value = __b__:value", '"__b__:value" stands where a value is needed'),
        ("__a__:value LIKE 'a%'", 'no counterpart of "LIKE"'),
        ("__a__:value > 'x'", '> compares numbers, and "x" is none'),
        ("__a__:value MATCHES '(?=a)'", "RE2 cannot take the pattern"),
        ("__a__:value ISSUBSET 'x'", "does not appear to be an IPv4 or IPv6 network"),
        ("__a__:value = 'x", 'x" is not understood'),
        ("[ipv4-addr:value = '192.0.2.1']", '"ipv4-addr:value" stands where a variable is needed'),
        ("(" * 30 + "__a__", "nested too deeply"),
        ("NOT " * 600, "longer than"),
    ],
)
def test_what_cannot_be_said_is_refused_with_a_reason(written: str, why: str) -> None:
    with pytest.raises(NotExpressibleError) as caught:
        condition_of(written, lambda name: name)
    assert why in str(caught.value)
