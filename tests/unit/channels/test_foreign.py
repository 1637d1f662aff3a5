"""Foreign texts and values become fit to be sent."""

import json
from typing import Any

import pytest

from infrastructure.channels.foreign import Bounds, cut, fitted, json_bytes, sound, tamed, units


@pytest.mark.parametrize(
    ("text", "longest", "told"),
    [
        ("", 5, ""),
        ("abcde", 5, "abcde"),
        ("abcdef", 5, "abcd…"),
        ("🚨🚨", 4, "🚨🚨"),
        ("🚨🚨🚨", 4, "🚨…"),
        ("a🚨b", 3, "a…"),
        ("abc", 1, "…"),
        ("🚨🚨", 2, "…"),
        ("abc", 0, ""),
    ],
)
def test_a_cut_shows_and_splits_no_character(text: str, longest: int, told: str) -> None:
    assert cut(text, longest) == told
    assert units(told) <= longest


def test_half_a_pair_is_no_character() -> None:
    assert sound("a\ud800b\udfffc\U0001f6a8") == "a\ufffdb\ufffdc\U0001f6a8"


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (float("nan"), None),
        (float("-inf"), None),
        (1.5, 1.5),
        (True, True),
        (2**63 - 1, 2**63 - 1),
        (2**63, "a number too large to tell"),
        ({1: {2: (3, {4})}}, {"1": {"2": [3, [4]]}}),
        ({"\ud800": "\udfff"}, {"\ufffd": "\ufffd"}),
        (b"x", "b'x'"),
    ],
)
def test_a_value_becomes_one_that_json_holds(value: Any, told: Any) -> None:
    assert tamed(value) == told
    assert json.loads(json_bytes(tamed(value))) == told


def test_a_number_of_too_many_digits_to_write_is_not_written() -> None:
    assert tamed(10**5_000) == "a number too large to tell"


def test_bounds_hold_and_show() -> None:
    value = {"a": "xxxxxx", "b": [1, 2, 3, 4], "c": {"d": {"e": {"f": 1}}}, "g": 1}
    assert tamed(value, Bounds(longest=4, most=3, deepest=3)) == {
        "a": "xxx…",
        "b": [1, 2, 3, "… 1 more"],
        "c": {"d": {"e": "…"}},
        "…": "1 more",
    }


def test_what_is_endlessly_deep_ends() -> None:
    value: Any = 1
    for _ in range(100_000):
        value = [value]
    assert json_bytes(tamed({"x": value})).count(b"[") < 20
    while isinstance(value, list):  # it would be too deep to be taken apart at once
        value = value.pop()


def test_values_are_shortened_only_if_they_must() -> None:
    small = {"a": {"b": "c"}}
    assert fitted(small, 1_000) == (small, False)
    told, shortened = fitted({"a": {"b": "c" * 5_000}, "d": "e"}, 2_000)
    assert shortened
    assert told["d"] == "e"
    assert len(json_bytes(told)) <= 2_000


def test_where_there_is_no_room_there_is_nothing() -> None:
    assert fitted({"a": "b" * 100}, 5) == ({}, True)
