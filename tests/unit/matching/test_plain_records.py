"""Records that no rule on numbers can want are told by decoding them."""

import json
from math import inf
from typing import Any

import pytest

from domain.source.format import JsonLines
from infrastructure.matching.bounds import Interval
from infrastructure.matching.plain_records import PlainRecords, plain_records
from infrastructure.matching.record_fields import RecordFields

TIME = {"timestamp": "2026-03-01T12:00:00Z"}


def plain(gaps: dict[str, Interval], **written: Any) -> PlainRecords | None:
    fields = RecordFields(JsonLines(format="jsonl", **written))
    fields.add_all(gaps)
    return plain_records(fields, gaps)


def misfits(gaps: dict[str, Interval], *records: object, **written: Any) -> set[int]:
    told = plain(gaps, **written)
    assert told is not None
    lines = [
        record if isinstance(record, bytes) else json.dumps(TIME | dict(record)).encode()  # type: ignore[call-overload] # a test's own records
        for record in records
    ]
    return told.misfits(lines, apart=False)


def test_numbers_in_the_gap_and_no_number_are_plain() -> None:
    records: list[dict[str, Any]] = [{"n": 9}, {"n": -9.5}, {"n": None}, {}, {"n": 9.999}]
    assert misfits({"n": (-10, 10)}, *records) == set()


@pytest.mark.parametrize("value", [10, 10.0, 11, -10, 1e300, 2**70, "5", True, [5], {"n": 5}])
def test_everything_else_has_to_be_looked_at(value: Any) -> None:
    assert misfits({"n": (-10, 10)}, {"n": 1}, {"n": value}, {"n": 2}) == {1}


def test_the_ends_of_a_gap_may_lie_between_integers_or_nowhere() -> None:
    records = [{"n": n} for n in (1, 2, 3, 2.4, 2.6, -(2**62))]
    assert misfits({"n": (-inf, 2.5)}, *records) == {2, 4}
    assert misfits({"n": (-inf, inf)}, *records, {"n": "x"}) == {6}


def test_a_number_within_objects_and_lists_of_them_is_found() -> None:
    records = [{"a": {"n": 1}}, {"a": {"n": 10}}, {"a": [{"n": 1}]}, {"a": [{"n": 10}]}, {"a": "x"}]
    assert misfits({"a.n": (-inf, 10)}, *records) == {1, 3}


def test_lines_that_are_no_records_are_not_plain() -> None:
    lines = [b"{", b"[]", b"", b'{"n": 1}', b'{"n": 1, "timestamp": "soon"}']
    assert misfits({"n": (-inf, 10)}, *lines) == set(range(5))
    assert misfits({}, {"n": 1}, b'{"n": 1}') == {1}


@pytest.mark.parametrize(
    ("gaps", "written"),
    [
        ({"id": (0, 1)}, {}),
        ({"n": (0, 1)}, {"add": {"n": 5}}),
        ({"a": (0, 1), "a.b": (0, 1)}, {}),
        ({"n": (0, 2.0**63)}, {}),
        ({"n": (0, 1)}, {"time": {"unit": "s"}}),
        ({"n": (0, 1)}, {"time": {"otherwise": ["time"]}}),
    ],
)
def test_where_no_type_can_tell_none_is_made(gaps: dict[str, Interval], written: Any) -> None:
    assert plain(gaps, **written) is None
