"""Compiles a condition into a function that tests it on one row of a micro-batch."""

from collections.abc import Callable, Mapping
from typing import Any

from domain.detection.condition import Expected, compiled_regex, is_equal, number, satisfies, text
from domain.detection.pattern import All, Condition, Not, Pattern
from infrastructure.matching.cells import Column, values_of

Check = Callable[[Mapping[str, Column], int], bool]
ValueTest = Callable[[Any], bool]


def compile_check(condition: Condition) -> Check:
    """Compile a condition; the result says exactly what the condition says."""
    if isinstance(condition, Pattern):
        return _pattern(condition)
    if isinstance(condition, Not):
        return _not(compile_check(condition.not_))
    if isinstance(condition, All):
        return all_of(tuple(compile_check(part) for part in condition.all))
    return _any_of(tuple(compile_check(part) for part in condition.any))


def all_of(checks: tuple[Check, ...]) -> Check:
    """Make one check of several that must all hold."""
    if len(checks) == 1:
        return checks[0]

    def check(columns: Mapping[str, Column], row: int) -> bool:
        for each in checks:  # noqa: SIM110 - a generator costs more than the checks
            if not each(columns, row):
                return False
        return True

    return check


def paths_of(condition: Condition) -> frozenset[str]:
    """Give every field path that a condition reads."""
    if isinstance(condition, Pattern):
        return frozenset({condition.field})
    if isinstance(condition, Not):
        return paths_of(condition.not_)
    parts = condition.all if isinstance(condition, All) else condition.any
    return frozenset().union(*map(paths_of, parts))


def _any_of(checks: tuple[Check, ...]) -> Check:
    def check(columns: Mapping[str, Column], row: int) -> bool:
        return any(each(columns, row) for each in checks)

    return check


def _not(inner: Check) -> Check:
    def check(columns: Mapping[str, Column], row: int) -> bool:
        return not inner(columns, row)

    return check


def _pattern(pattern: Pattern) -> Check:
    path, operator, expected = pattern.field, pattern.operator, pattern.value
    if operator == "exists":
        return lambda columns, row: bool(values_of(columns[path][row])) is expected
    if operator == "not_equals":
        return _differs(path, expected)
    test = _value_test(operator, expected)
    if operator in ("equals", "in"):
        return _one_of(path, expected, test)

    def check(columns: Mapping[str, Column], row: int) -> bool:
        cell = columns[path][row]
        if type(cell) is str:
            return test(cell)
        return any(map(test, values_of(cell)))

    return check


def _one_of(path: str, expected: Expected, test: ValueTest) -> Check:
    # By far the most common check: no call more than needed.
    items = expected if isinstance(expected, tuple) else (expected,)
    strings = frozenset(item for item in items if isinstance(item, str))

    def check(columns: Mapping[str, Column], row: int) -> bool:
        cell = columns[path][row]
        if cell.__class__ is str:
            return cell in strings
        return any(map(test, values_of(cell)))

    return check


def _differs(path: str, expected: Expected) -> Check:
    def check(columns: Mapping[str, Column], row: int) -> bool:
        values = values_of(columns[path][row])
        return bool(values) and not any(is_equal(value, expected) for value in values)

    return check


def _value_test(operator: str, expected: Expected) -> ValueTest:
    make = _TESTS.get(operator)
    return make(operator, expected) if make else lambda v: satisfies(operator, (v,), expected)


def _equals(_: str, expected: Expected) -> ValueTest:
    if isinstance(expected, str):
        return lambda value: isinstance(value, str) and value == expected
    return lambda value: is_equal(value, expected)


def _in(operator: str, expected: Expected) -> ValueTest:
    items = expected if isinstance(expected, tuple) else ()
    strings = frozenset(item for item in items if isinstance(item, str))
    others = tuple(item for item in items if not isinstance(item, str))

    def test(value: Any) -> bool:
        if isinstance(value, str):
            return value in strings
        return bool(others) and satisfies(operator, (value,), others)

    return test


def _contains(_: str, expected: Expected) -> ValueTest:
    needle = text(expected)
    if needle is None:
        return lambda _: False

    def test(value: Any) -> bool:
        haystack = value if type(value) is str else text(value)
        return haystack is not None and needle in haystack

    return test


def _regex(_: str, expected: Expected) -> ValueTest:
    search = compiled_regex(str(expected)).search

    def test(value: Any) -> bool:
        haystack = value if type(value) is str else text(value)
        return haystack is not None and search(haystack) is not None

    return test


def _compares(operator: str, expected: Expected) -> ValueTest:
    bound = number(expected)
    if bound is None:
        return lambda _: False
    decide: Callable[[Any], bool] = {
        "gt": lambda amount: amount > bound,
        "gte": lambda amount: amount >= bound,
        "lt": lambda amount: amount < bound,
        "lte": lambda amount: amount <= bound,
    }[operator]

    def test(value: Any) -> bool:
        amount = value if type(value) is int or type(value) is float else number(value)
        return amount is not None and decide(amount)

    return test


_TESTS: dict[str, Callable[[str, Expected], ValueTest]] = {
    "equals": _equals,
    "in": _in,
    "contains": _contains,
    "regex": _regex,
    "gt": _compares,
    "gte": _compares,
    "lt": _compares,
    "lte": _compares,
}
