"""Lines that need attention are found, and every other line is known to be readable."""

import json
from typing import Any

import pytest

from domain.detection.rule import Rule
from domain.source.format import JsonLines
from infrastructure.matching import JsonLinesScanner
from tests.unit.matching.making import rule

TIME = {"timestamp": "2026-03-01T12:00:00Z"}
RULES = [rule(("a", "equals", "x")), rule(("a", "gt", 5))]

Attention = list[tuple[int, tuple[int, ...] | None]]


def scanned(rules: list[Rule], *lines: object, **written: Any) -> Attention:
    """Scan lines; a record given as an object gets a time."""
    scanner = JsonLinesScanner(rules, JsonLines(format="jsonl", **written))
    return scanner.scan([_raw(line) for line in lines])


def _raw(line: object) -> bytes:
    if isinstance(line, bytes):
        return line
    assert isinstance(line, dict)
    return json.dumps(TIME | line).encode()


def test_only_lines_with_candidates_are_given() -> None:
    lines = [{"a": "y"}, {"a": "x"}, {"a": 5}, {"a": 7}, {}]
    assert scanned(RULES, *lines) == [(1, (0,)), (3, (1,))]


def test_no_lines_give_nothing() -> None:
    assert scanned(RULES) == []


@pytest.mark.parametrize(
    "line",
    [
        b'{"a": 1, "timestamp": "2026-03-01T12:00:00Z"',
        b"[]",
        b'"x"',
        b'{"s": NaN, "timestamp": "2026-03-01T12:00:00Z"}',
        b'{"s": "\xff", "timestamp": "2026-03-01T12:00:00Z"}',
        b'{"s\xff": 1, "timestamp": "2026-03-01T12:00:00Z"}',
        b'{"s": "\\ud800", "timestamp": "2026-03-01T12:00:00Z"}',
        b'{"a": 1e400, "timestamp": "2026-03-01T12:00:00Z"}',
        b'{"s": ' + b"[" * 128 + b"]" * 128 + b', "timestamp": "2026-03-01T12:00:00Z"}',
        b'{"s": ' + b'{"":' * 128 + b"1" + b"}" * 128 + b', "timestamp": "2026-03-01T12:00:00Z"}',
        b'{"s": ' + b"[" * 5000 + b"]" * 5000 + b', "timestamp": "2026-03-01T12:00:00Z"}',
        b'{"a": 1}',
        b'{"timestamp": null}',
        b'{"timestamp": "2026-02-30T12:00:00Z"}',
        b'{"timestamp": "yesterday"}',
        b'{"timestamp": 1772366400}',
        b"\xef\xbb\xbf{}",
    ],
)
def test_a_line_that_is_unusual_must_be_read_in_full_and_spoils_no_other(line: bytes) -> None:
    assert scanned(RULES, {"a": "x"}, line, {"a": 1}, {"a": 9}) == [(0, (0,)), (1, None), (3, (1,))]


def test_nesting_as_deep_as_is_allowed_is_not_unusual() -> None:
    line = b'{"s": ' + b"[" * 127 + b"]" * 127 + b', "timestamp": "2026-03-01T12:00:00Z"}'
    assert scanned(RULES, line) == []


@pytest.mark.parametrize(
    ("unit", "good", "bad"),
    [
        ("iso", ["2026-03-01 12:00:00", "2026-03-01T12:00:00.25+01:00"], [5, "5"]),
        ("s", [1772366400, 1772366400.5, "1772366400"], [-1, 1772366400000, True, "now", None]),
        ("ms", [1772366400000, "1772366400000"], [10**17, 1.0, [1772366400000]]),
        ("syslog", [], ["Mar  1 12:00:00"]),
    ],
)
def test_times_are_checked(unit: str, good: list[Any], bad: list[Any]) -> None:
    lines = [json.dumps({"at": time}).encode() for time in [*good, *bad]]
    attention = scanned([], *lines, time={"field": "at", "unit": unit})
    assert attention == [(len(good) + place, None) for place in range(len(bad))]


def test_another_field_may_be_the_time_where_the_first_is_missing() -> None:
    lines = [b'{"t": "2026-03-01T12:00:00Z"}', b'{"timestamp": "2026-03-01T12:00:00Z"}', b"{}"]
    assert scanned([], *lines, time={"otherwise": ["t"]}) == [(2, None)]


def test_a_time_within_an_object_must_be_there() -> None:
    lines = [b'{"meta": {"t": "2026-03-01T12:00:00Z"}}', b'{"meta": {}}', b"{}", b'{"meta": 1}']
    assert scanned(RULES, *lines, time={"field": "meta.t"}) == [(1, None), (2, None), (3, None)]


def test_a_rule_may_read_the_time_field_as_data() -> None:
    night = rule(("timestamp", "regex", "T0[0-5]:"))
    lines = [b'{"timestamp": "2026-03-01T03:00:00Z"}', b'{"timestamp": "2026-03-01T12:00:00Z"}']
    assert scanned([night], *lines) == [(0, (0,))]


def test_data_may_lie_within_the_record() -> None:
    lines = [{"d": {"a": "x"}}, {"a": "x"}, {"d": [{"a": "x"}]}, {"a": "x", "d": {}}]
    assert scanned(RULES, *lines, data="d") == [(0, (0,)), (1, None), (2, None)]


def test_constants_win_over_what_the_record_says() -> None:
    rules = [rule(("a", "equals", "x")), rule(("b.c", "equals", 1)), rule(("b.d", "equals", 2))]
    lines = [{"a": "y", "b": {"c": 5, "d": 2}}, {"b": None}, {"b": "text"}]
    attention = scanned(rules, *lines, add={"a": "x", "b.c": 1})
    assert attention == [(0, (0, 1, 2)), (1, (0, 1)), (2, None)]


def test_the_type_is_read_from_the_record_and_is_else_the_kind() -> None:
    rules = [rule(("type", "equals", "login")), rule(("type", "equals", "audit_log"))]
    lines: list[dict[str, Any]] = [{"k": "login"}, {}, {"k": {}}, {"k": [None, "login"]}]
    attention = scanned(rules, *lines, type="k")
    assert attention == [(0, (0,)), (1, (1,)), (2, (1,)), (3, (0,))]


def test_an_id_that_only_reading_in_full_tells_sends_the_line_there() -> None:
    rules = [rule(("id", "equals", "7"))]
    assert scanned(rules, {"id": "7"}, {"id": "8"}, {}) == [(0, (0,)), (2, None)]


def test_keys_and_values_may_be_written_with_escapes() -> None:
    escaped = rb'{"\u0061": "\u0078", "timestamp": "2026-03-01T12:00:00Z"}'
    assert scanned(RULES, escaped) == [(0, (0,))]


def test_of_duplicate_keys_the_last_counts() -> None:
    twice = b'{"a": "x", "timestamp": "2026-03-01T12:00:00Z", "a": "y"}'
    assert scanned(RULES, twice) == []


def test_a_field_name_that_cannot_be_decoded_apart_only_lets_more_through() -> None:
    rules = [rule(('"', "equals", "x"), ("a", "equals", "x")), rule(("\\", "exists", True))]
    assert scanned(rules, {"a": "x"}, {"b": 1}) == [(0, (0, 1)), (1, (1,))]


def test_rules_of_another_kind_and_disabled_ones_are_not_looked_for() -> None:
    rules = [
        rule(("a", "equals", "x"), source="metric"),
        rule(("a", "exists", True), enabled=False),
    ]
    assert scanned(rules, {"a": "x"}) == []
