"""Signals that are decoded find their rules."""

from typing import Any

import pytest

from domain.detection.rule import Rule
from infrastructure.matching import RuleIndex
from tests.unit.matching.making import rule, signal


def matching(rules: list[Rule], **data: Any) -> list[int]:
    return [number for _, number in RuleIndex(rules).match([signal(**data)])]


def test_matches_come_in_the_order_of_signals_then_of_rules() -> None:
    rules = [rule(("a", "gt", 1)), rule(("b", "equals", "x")), rule(("a", "exists", True))]
    signals = [signal(b="x", a=2), signal(c=1), signal(a=1), signal(b="x")]
    assert RuleIndex(rules).match(signals) == [(0, 0), (0, 1), (0, 2), (2, 2), (3, 1)]


def test_a_disabled_rule_matches_nothing_and_keeps_its_number() -> None:
    rules = [rule(("a", "equals", 1), enabled=False), rule(("a", "equals", 1))]
    assert matching(rules, a=1) == [1]


def test_a_rule_matches_only_its_kind_of_source() -> None:
    rules = [rule(("a", "equals", 1), source="metric"), rule(("a", "equals", 1))]
    signals = [signal(a=1), signal("metric", a=1), signal("external", a=1)]
    assert RuleIndex(rules).match(signals) == [(0, 1), (1, 0)]


def test_nothing_is_found_by_no_rules_or_in_no_signals() -> None:
    assert RuleIndex([]).match([signal(a=1)]) == []
    assert RuleIndex([rule(("a", "equals", 1))]).match([]) == []


def test_true_and_one_and_the_text_of_one_are_three_values() -> None:
    rules = [rule(("a", "equals", value)) for value in (True, 1, 1.0, "1")]
    assert matching(rules, a=True) == [0]
    assert matching(rules, a=1) == [1, 2]
    assert matching(rules, a="1") == [3]


def test_a_list_means_any_of_its_elements_on_the_way_and_at_the_end() -> None:
    rules = [rule(("users.name", "equals", "eve")), rule(("users.name", "contains", "eve"))]
    users = [{"name": ["alice", {"x": 1}]}, 5, None, {"name": [["eve"]]}]
    assert matching(rules, users=users) == [0, 1]


def test_one_number_of_a_list_may_be_above_and_another_below() -> None:
    between = rule(("a", "gt", 5), ("a", "lt", 6))
    assert matching([between], a=[1, 9]) == [0]
    assert matching([between], a=[1, 2]) == []


def test_a_rule_of_nothing_but_an_absence_is_found() -> None:
    rules = [rule(("a", "exists", False)), rule({"not": _equals("a", 1)}), rule()]
    assert matching(rules, b=1) == [0, 1, 2]
    assert matching(rules, a=1) == [2]


def test_any_is_found_by_each_of_its_branches() -> None:
    rules = [rule({"any": [_equals("a", "x"), _equals("b", 2)]}, ("c", "lt", 9))]
    assert matching(rules, a="x", c=1) == [0]
    assert matching(rules, b=2.0, c=1) == [0]
    assert matching(rules, a="x", c=10) == []


def test_double_negation_is_found() -> None:
    rules = [rule({"not": {"any": [{"not": _equals("a", "x")}, {"not": _equals("b", "y")}]}})]
    assert matching(rules, a="x", b="y") == [0]
    assert matching(rules, a="x") == []


@pytest.mark.parametrize("text", ["x\0needle\0y", "needle\0", "\0needle", "a\nneedle"])
def test_text_with_nul_bytes_is_found_all_the_same(text: str) -> None:
    rules = [rule(("a", "contains", "needle")), rule(("a", "ends_with", "y"))]
    assert matching(rules, a=text) == [0, *([1] if text.endswith("y") else [])]


def test_texts_do_not_run_into_each_other() -> None:
    rules = [rule(("a", "contains", "needle")), rule(("a", "starts_with", "dle"))]
    signals = [signal(a="nee"), signal(a="dle"), signal(a="need"), signal(a="le")]
    assert RuleIndex(rules).match(signals) == [(1, 1)]


def test_the_text_of_a_number_is_searched() -> None:
    rules = [rule(("a", "starts_with", "50")), rule(("a", "regex", "^503$"))]
    assert matching(rules, a=503.0) == [0, 1]


@pytest.mark.parametrize(
    ("address", "numbers"),
    [("10.1.2.3", [0, 1]), (" 10.9.9.9 ", [0]), ("::ffff:10.1.2.3", [0, 1]), ("2001:db8::1", [2])],
)
def test_addresses_are_found_in_their_networks(address: str, numbers: list[int]) -> None:
    networks = (["10.0.0.0/8", "192.168.0.0/16"], "10.1.2.0/24", "2001:db8::/32")
    rules = [rule(("ip", "cidr", network)) for network in networks]
    assert matching(rules, ip=address) == numbers
    assert matching(rules, ip=["nothing", address, None]) == numbers


def test_the_envelope_is_asked_where_the_data_has_no_such_field() -> None:
    rules = [rule(("type", "equals", "login")), rule(("data.a", "equals", 1))]
    assert matching(rules, a=1) == [0, 1]
    assert matching(rules, type="other") == []
    assert matching(rules, type=[[], [None]]) == [0]


def test_hundreds_of_rules_that_share_a_value_are_not_all_tested() -> None:
    tested: list[str] = []

    class Watched(str):
        __slots__ = ()

        def __contains__(self, needle: str) -> bool:  # type: ignore[override]
            tested.append(needle)
            return super().__contains__(needle)

    rules = [
        rule(("action", "equals", "login"), ("agent", "contains", f"tool-{number:03}"))
        for number in range(300)
    ]
    assert matching(rules, action="login", agent=Watched("my tool-123")) == [123]
    assert len(tested) < 10


def _equals(field: str, value: Any) -> dict[str, Any]:
    return {"field": field, "operator": "equals", "value": value}
