"""How conditions are written, and what groups of them mean."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from domain.detection.pattern import All, Any_, Condition, Not, Operator, Pattern
from domain.signal import Value

ADAPTER: TypeAdapter[Any] = TypeAdapter(Condition)


def condition(written: dict[str, Any]) -> Any:
    return ADAPTER.validate_python(written)


def a_pattern(field: str = "a", operator: str = "equals", value: Any = 1) -> dict[str, Any]:
    return {"field": field, "operator": operator, "value": value}


def holds(written: dict[str, Any], **fields: Value) -> bool:
    def values(path: str) -> tuple[Value, ...]:
        return (fields[path],) if path in fields else ()

    return bool(condition(written).holds(values))


def test_a_pattern_asks_about_the_values_of_its_field() -> None:
    assert holds(a_pattern(), a=1)
    assert not holds(a_pattern(), a=2)
    assert not holds(a_pattern(), b=1)


def test_all_wants_every_condition() -> None:
    both = {"all": [a_pattern("a"), a_pattern("b")]}
    assert holds(both, a=1, b=1)
    assert not holds(both, a=1, b=2)


def test_any_wants_one_condition() -> None:
    either = {"any": [a_pattern("a"), a_pattern("b")]}
    assert holds(either, a=2, b=1)
    assert not holds(either, a=2, b=2)


def test_not_holds_where_its_condition_does_not() -> None:
    assert holds({"not": a_pattern()}, a=2)
    assert not holds({"not": a_pattern()}, a=1)


def test_not_holds_for_a_missing_field_unlike_not_equals() -> None:
    assert holds({"not": a_pattern()})
    assert not holds(a_pattern(operator="not_equals"))


def test_groups_nest() -> None:
    written = {"not": {"any": [a_pattern("a"), {"all": [a_pattern("b"), a_pattern("c")]}]}}
    assert holds(written, b=1)
    assert not holds(written, b=1, c=1)


def test_a_condition_reads_as_what_it_was_written_as() -> None:
    kinds = [a_pattern(), {"all": [a_pattern()]}, {"any": [a_pattern()]}, {"not": a_pattern()}]
    assert [type(condition(kind)) for kind in kinds] == [Pattern, All, Any_, Not]


def test_a_condition_survives_being_written_and_read() -> None:
    read = condition({"not": {"any": [a_pattern(), {"all": [a_pattern("b", "in", ["x"])]}]}})
    assert ADAPTER.validate_json(ADAPTER.dump_json(read, by_alias=True)) == read


@pytest.mark.parametrize(
    ("operator", "value", "reason"),
    [
        ("equals", ["a"], "value must be one value; use the operator `in` for a list"),
        ("not_equals", ["a"], "value must be one value"),
        ("contains", ["a"], "value must be one value"),
        ("starts_with", ["a"], "value must be one value"),
        ("ends_with", ["a"], "value must be one value"),
        ("in", "a", "value must be a list"),
        ("in", [], "value must be a list of at least one value"),
        ("gt", "many", "value must be a number"),
        ("gte", True, "value must be a number"),
        ("lt", [1], "value must be a number"),
        ("lte", "1e999", "value must be a number"),
        ("exists", "yes", "value must be true or false"),
        ("exists", 1, "value must be true or false"),
        ("regex", 5, "value must be a regular expression in quotes"),
        ("regex", "(", r"RE2 cannot take the pattern: missing \)"),
        ("regex", r"(a)\1", "RE2 cannot take the pattern"),
        ("regex", "(?=a)", "RE2 cannot take the pattern"),
        ("cidr", "10.0.0.0/99", "value must be a network such as 10.0.0.0/8"),
        ("cidr", ["10.0.0.0/8", "x"], "value must be a network"),
        ("equals", None, "value.*\n.*valid string"),
        ("equals", {"a": 1}, "value.*\n.*valid string"),
    ],
)
def test_a_value_that_does_not_fit_its_operator_is_refused(
    operator: str, value: Any, reason: str
) -> None:
    with pytest.raises(ValidationError, match=reason):
        condition(a_pattern(operator=operator, value=value))


@pytest.mark.parametrize(
    "written",
    [
        {"all": []},
        {"any": []},
        {"not": []},
        {"all": [a_pattern()], "any": [a_pattern()]},
        {"field": "a", "operator": "equals"},
        {"field": "", "operator": "equals", "value": 1},
        {"field": "a", "operator": "like", "value": 1},
        {**a_pattern(), "extra": 1},
    ],
)
def test_a_condition_that_says_too_little_or_too_much_is_refused(written: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        condition(written)


def test_every_operator_can_be_written() -> None:
    fitting: dict[str, Any] = {
        "in": ["a"], "gt": 1, "gte": 1.5, "lt": "5", "lte": 0, "exists": False,
        "cidr": "10.0.0.0/8", "regex": "a",
    }  # fmt: skip
    for operator in Operator.__args__:  # type: ignore[attr-defined]  # of a Literal
        assert condition(a_pattern(operator=operator, value=fitting.get(operator, "a")))
