"""After its sample, the scanner looks for most rules in lines that are not even decoded."""

import json
from typing import Any

import pytest

from domain.source.format import JsonLines
from infrastructure.matching import JsonLinesScanner
from tests.unit.matching.making import rule

RULES = [
    rule(("actor", "equals", "mallory")),
    rule(("path", "contains", "/etc/shadow"), ("ok", "equals", True)),
    rule(("agent", "regex", r"(?i)^sqlmap/\d")),
    rule(("ip", "cidr", "203.0.113.0/24")),
    rule(("size", "gt", 1000)),
    rule(("account", "equals", "123456789012")),
    rule(("code", "equals", "1e400")),
    rule(("status", "starts_with", "503")),
]
ORDINARY: dict[str, Any] = {
    "timestamp": "2026-03-01T12:00:00Z",
    "actor": "alice",
    "path": "/home",
    "ok": True,
    "agent": "curl/8",
    "ip": "10.1.2.3",
    "size": 10,
    "account": "999999999999",
    "status": 200,
}


def written(**changes: Any) -> bytes:
    return json.dumps(ORDINARY | changes).encode()


@pytest.fixture
def scanner() -> JsonLinesScanner:
    scanner = JsonLinesScanner(RULES, JsonLines(format="jsonl"), sample=100)
    assert scanner.scan([written()] * 100) == []
    assert scanner.scan([written()] * 100) == []
    return scanner


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({"actor": "mallory"}, 0),
        ({"actor": ["bob", {"x": 1}, "mallory"]}, 0),
        ({"path": "cat /etc/shadow"}, 1),
        ({"agent": "SQLMap/1.8"}, 2),
        ({"agent": "\u017fqlmap/1"}, 2),
        ({"ip": "203.0.113.9"}, 3),
        ({"ip": " 203.0.113.9"}, 3),
        ({"ip": "::FFFF:cb00:7109"}, 3),
        ({"ip": "0:0:0:0:0:ffff:203.0.113.9"}, 3),
        ({"size": 1001}, 4),
        ({"size": "1e4"}, 4),
        ({"account": "123456789012"}, 5),
        ({"status": 503.0}, 7),
    ],
)
def test_every_rule_is_still_found(
    scanner: JsonLinesScanner, changes: dict[str, Any], number: int
) -> None:
    lines = [written(), written(**changes), written()]
    assert scanner.scan(lines) == [(1, (number,))]


@pytest.mark.parametrize(
    ("line", "number"),
    [
        (written().replace(b'"alice"', rb'"mall\u006fry"'), 0),
        (written().replace(b'"/home"', rb'"\/etc\/shadow"'), 1),
        (written().replace(b"200", b"5.03e2"), 7),
    ],
)
def test_it_is_found_however_it_is_written(
    scanner: JsonLinesScanner, line: bytes, number: int
) -> None:
    assert scanner.scan([written(), line]) == [(1, (number,))]


def test_a_number_kept_as_its_text_is_not_lost(scanner: JsonLinesScanner) -> None:
    assert scanner.scan([written().replace(b"200", b'1, "code": 1e400')]) == [(0, None)]


def test_a_text_that_stands_elsewhere_in_the_line_makes_no_candidate(
    scanner: JsonLinesScanner,
) -> None:
    assert scanner.scan([written(comment="mallory", note=["203.0.113.9"])]) == []


def test_unreadable_lines_are_still_noticed(scanner: JsonLinesScanner) -> None:
    assert scanner.scan([b"{", written()[:-1], written(actor="mallory", timestamp=5)]) == [
        (0, None),
        (1, None),
        (2, None),
    ]


def test_a_source_that_changes_is_learnt_again(scanner: JsonLinesScanner) -> None:
    crowd = [written(actor="mallory")] * 4000
    expected = [(row, (0,)) for row in range(4000)]
    for _ in range(4):
        assert scanner.scan(crowd) == expected


def test_where_the_first_time_is_usual_records_with_another_one_are_still_read() -> None:
    otherwise = JsonLines.model_validate({"format": "jsonl", "time": {"otherwise": ["at"]}})
    scanner = JsonLinesScanner(RULES, otherwise, sample=100)
    assert scanner.scan([written()] * 100) == []
    other = written(actor="mallory").replace(b'"timestamp"', b'"at"')
    assert scanner.scan([written(), other, written(size=1001)]) == [(1, None), (2, (4,))]


def test_a_source_that_comes_to_write_its_time_elsewhere_is_learnt_again() -> None:
    otherwise = JsonLines.model_validate({"format": "jsonl", "time": {"otherwise": ["at"]}})
    scanner = JsonLinesScanner(RULES, otherwise, sample=100)
    assert scanner.scan([written()] * 100) == []
    other = written(actor="mallory").replace(b'"timestamp"', b'"at"')
    ordinary = [written().replace(b'"timestamp"', b'"at"')] * 999
    assert scanner.scan([*ordinary, other]) == [(row, None) for row in range(1000)]
    for _ in range(4):
        scanner.scan([*ordinary, other])
    assert scanner.scan([*ordinary, other]) == [(999, (0,))]


def test_lines_that_only_together_make_records_are_told_apart(scanner: JsonLinesScanner) -> None:
    mallory = written(actor="mallory")
    begin, end = written()[:-1], b"}"
    lines = [mallory, begin, end, written() + written(), written(size=1001)]
    assert scanner.scan(lines) == [(0, (0,)), (1, None), (2, None), (3, None), (4, (4,))]
