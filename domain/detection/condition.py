"""What a rule's conditions mean, in the plainest way; a compiled rule set must agree with this.

A condition asks about the values that a field path meets in a signal (see `domain.signal.lookup`):

* A missing field satisfies nothing but an explicit `exists: false`.
* Where a path meets several values, one that satisfies is enough. `not_equals` is the negation
  of `equals` on a field that is there: no value may be equal.
* `equals` and `in` compare without coercion: 5 equals 5.0, but 5 is not "5", and true is not 1.
* `gt`, `gte`, `lt`, `lte` compare numbers, and strings that are written as decimal numbers.
* `contains`, `starts_with`, `ends_with` and `regex` read a value's text; a number's text is how
  it is written in decimal (503, 0.5), a boolean's `true` or `false`; an object has none.
* `regex` is RE2 syntax, searched anywhere in the text and case-sensitive unless it says `(?i)`.
* `cidr` takes an IPv4 or IPv6 address that lies in the network, or in one of a list of them.
"""

import re
from collections.abc import Callable
from functools import cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from math import isfinite
from typing import Any

import re2

from domain.signal import Value

Expected = str | int | float | bool | tuple[str | int | float | bool, ...]

_DECIMAL = re.compile(r"\s*[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*")
_EXACT_INTEGER = 2.0**53
_LONGEST_NUMBER = 400


def satisfies(operator: str, values: tuple[Value, ...], expected: Expected) -> bool:
    """Say whether the values that a field has satisfy an operator and its expected value."""
    if operator == "exists":
        return bool(values) is expected
    if operator == "not_equals":
        return bool(values) and not any(is_equal(value, expected) for value in values)
    test = _TESTS[operator]
    return any(test(value, expected) for value in values)


def is_equal(value: Value, expected: Expected) -> bool:
    """Compare as JSON values: numbers by amount, all else by type and content."""
    if isinstance(value, bool) or isinstance(expected, bool):
        return value is expected
    if isinstance(value, str) or isinstance(expected, str):
        return isinstance(value, str) and isinstance(expected, str) and value == expected
    return isinstance(value, int | float) and value == expected


def number(value: object) -> int | float | None:
    """Read a number, or a string that is written as a decimal number; else None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    if not isinstance(value, str) or len(value) > _LONGEST_NUMBER:
        return None
    if _DECIMAL.fullmatch(value) is None:
        return None
    try:
        return int(value)
    except ValueError:
        amount = float(value)
        return amount if isfinite(amount) else None


def text(value: object) -> str | None:
    """Give the text that a value is searched by; None for an object."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT_INTEGER:
        return str(int(value))
    if isinstance(value, int) and value.bit_length() > _LONGEST_NUMBER:
        return None
    return str(value) if isinstance(value, int | float) else None


@cache
def compiled_regex(pattern: str) -> Any:
    """Compile a regular expression with RE2, which takes time linear in the text.

    Raises ValueError with RE2's reason for a pattern that it cannot take, such as one with
    look-around or back-references.
    """
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else error
        reason = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else reason
        msg = f"RE2 cannot take the pattern: {reason}"
        raise ValueError(msg) from None


@cache
def network(written: str) -> IPv4Network | IPv6Network:
    """Read a network such as 10.0.0.0/8 or 2001:db8::/32; raises ValueError otherwise."""
    return ip_network(written, strict=False)


def _equals(value: Value, expected: Expected) -> bool:
    return is_equal(value, expected)


def _in(value: Value, expected: Expected) -> bool:
    return isinstance(expected, tuple) and any(is_equal(value, item) for item in expected)


def _compare(decide: Callable[[float, float], bool]) -> Callable[[Value, Expected], bool]:
    def test(value: Value, expected: Expected) -> bool:
        amount, bound = number(value), number(expected)
        return amount is not None and bound is not None and decide(amount, bound)

    return test


def _text_test(decide: Callable[[str, str], bool]) -> Callable[[Value, Expected], bool]:
    def test(value: Value, expected: Expected) -> bool:
        haystack = text(value)
        needle = text(expected)
        return haystack is not None and needle is not None and decide(haystack, needle)

    return test


def _regex(value: Value, expected: Expected) -> bool:
    haystack = text(value)
    return haystack is not None and compiled_regex(str(expected)).search(haystack) is not None


def _cidr(value: Value, expected: Expected) -> bool:
    if not isinstance(value, str):
        return False
    try:
        address = ip_address(value.strip())
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    networks = expected if isinstance(expected, tuple) else (expected,)
    return any(address in network(str(written)) for written in networks)


_TESTS: dict[str, Callable[[Value, Expected], bool]] = {
    "equals": _equals,
    "in": _in,
    "contains": _text_test(lambda haystack, needle: needle in haystack),
    "starts_with": _text_test(str.startswith),
    "ends_with": _text_test(str.endswith),
    "regex": _regex,
    "gt": _compare(lambda amount, bound: amount > bound),
    "gte": _compare(lambda amount, bound: amount >= bound),
    "lt": _compare(lambda amount, bound: amount < bound),
    "lte": _compare(lambda amount, bound: amount <= bound),
    "cidr": _cidr,
}
