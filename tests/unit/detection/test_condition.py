"""What each operator takes for true, type by type."""

from typing import Any

import pytest

from domain.detection.condition import satisfies

BIG = 10**500

CASES: list[tuple[str, Any, Any, bool]] = [
    # operator, the field's value, the expected value, whether it is satisfied
    ("equals", "a", "a", True),
    ("equals", "a", "A", False),
    ("equals", 5, 5, True),
    ("equals", 5, 5.0, True),
    ("equals", 5.0, 5, True),
    ("equals", 5, "5", False),
    ("equals", "5", 5, False),
    ("equals", True, True, True),
    ("equals", True, False, False),
    ("equals", True, 1, False),
    ("equals", 1, True, False),
    ("equals", False, 0, False),
    ("equals", True, "true", False),
    ("equals", "", "", True),
    ("equals", {"a": 1}, "a", False),
    ("not_equals", "a", "b", True),
    ("not_equals", "a", "a", False),
    ("not_equals", 5, "5", True),
    ("not_equals", 5, 5.0, False),
    ("not_equals", {"a": 1}, "a", True),
    ("in", "a", ("a", "b"), True),
    ("in", "c", ("a", "b"), False),
    ("in", 5, ("5",), False),
    ("in", 5, (5.0,), True),
    ("in", True, (1,), False),
    ("contains", "authentication", "then", True),
    ("contains", "abc", "B", False),
    ("contains", 503, "50", True),
    ("contains", 503, 50, True),
    ("contains", 0.5, ".5", True),
    ("contains", 503.0, "503", True),
    ("contains", 503.0, ".", False),
    ("contains", True, "ru", True),
    ("contains", {"a": 1}, "a", False),
    ("contains", "abc", "", True),
    ("starts_with", "/admin/x", "/admin", True),
    ("starts_with", "x/admin", "/admin", False),
    ("starts_with", 503, "5", True),
    ("ends_with", "a.exe", ".exe", True),
    ("ends_with", "a.exe.txt", ".exe", False),
    ("ends_with", 503, 3, True),
    ("regex", "root login", r"^root\b", True),
    ("regex", "the root", r"^root\b", False),
    ("regex", "ROOT", "root", False),
    ("regex", "ROOT", "(?i)root", True),
    ("regex", 503, r"^5\d\d$", True),
    ("regex", False, "^false$", True),
    ("regex", {"a": 1}, "a", False),
    ("gt", 6, 5, True),
    ("gt", 5, 5, False),
    ("gt", 5.5, 5, True),
    ("gt", "6", 5, True),
    ("gt", " 6.5 ", 5, True),
    ("gt", "1e3", 999, True),
    ("gt", "six", 5, False),
    ("gt", "0x10", 5, False),
    ("gt", "inf", 5, False),
    ("gt", "1e999", 5, False),
    ("gt", "", -1, False),
    ("gt", True, 0, False),
    ("gt", 6, "5", True),
    ("gt", 2**53 + 1, 2**53, True),
    ("gt", str(2**53 + 1), 2**53, True),
    ("gt", BIG, 1e308, True),
    ("gt", str(BIG), 5, False),
    ("gt", {"a": 1}, 0, False),
    ("gte", 5, 5, True),
    ("gte", 4.999, 5, False),
    ("lt", 4, 5, True),
    ("lt", 5, 5, False),
    ("lt", "-1", 0, True),
    ("lte", 5, 5, True),
    ("lte", 5.001, 5, False),
    ("cidr", "10.1.2.3", "10.0.0.0/8", True),
    ("cidr", "11.1.2.3", "10.0.0.0/8", False),
    ("cidr", " 10.1.2.3 ", "10.0.0.0/8", True),
    ("cidr", "10.1.2.3", "10.1.2.3", True),
    ("cidr", "10.1.2.3", "10.1.2.9/24", True),
    ("cidr", "::ffff:10.1.2.3", "10.0.0.0/8", True),
    ("cidr", "2001:db8::1", "2001:db8::/32", True),
    ("cidr", "2001:db8::1", "10.0.0.0/8", False),
    ("cidr", "192.168.1.1", ("10.0.0.0/8", "192.168.0.0/16"), True),
    ("cidr", "not an address", "10.0.0.0/8", False),
    ("cidr", 167772161, "10.0.0.0/8", False),
    ("exists", "", True, True),
    ("exists", False, True, True),
    ("exists", 0, False, False),
]


@pytest.mark.parametrize(("operator", "value", "expected", "satisfied"), CASES)
def test_an_operator_compares_as_its_types_say(
    operator: str, value: Any, expected: Any, satisfied: bool
) -> None:
    assert satisfies(operator, (value,), expected) is satisfied


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("equals", "a"), ("not_equals", "a"), ("in", ("a",)), ("contains", ""), ("regex", ""),
        ("starts_with", ""), ("ends_with", ""), ("gt", -1), ("gte", 0), ("lt", 1), ("lte", 0),
        ("cidr", "0.0.0.0/0"), ("exists", True),
    ],
)  # fmt: skip
def test_a_missing_field_satisfies_nothing(operator: str, expected: Any) -> None:
    assert not satisfies(operator, (), expected)


def test_a_missing_field_satisfies_an_explicit_exists_false() -> None:
    assert satisfies("exists", (), False)


def test_of_several_values_one_is_enough() -> None:
    assert satisfies("equals", ("a", "b"), "b")
    assert satisfies("gt", ("x", 1, 9), 5)


def test_not_equals_wants_no_value_to_be_equal() -> None:
    assert satisfies("not_equals", ("a", "b"), "c")
    assert not satisfies("not_equals", ("a", "b"), "b")
