"""Files of rules: every mistake is told at once, with its place."""

import pytest

from infrastructure.configuration.rule_files import rules_of_text

RULE = """\
  - id: {id}
    name: Name
    description: Description
    detection:
      source: audit_log
      pattern: [{pattern}]
      threshold: {{ count: 2, window: {window} }}
    {severity}: P2
    category: data_leak
    {channels}: []
"""
GOOD = {
    "id": "r",
    "pattern": "{ field: action, operator: equals, value: x }",
    "window": "5m",
    "severity": "defaultSeverity",
    "channels": "notifyChannels",
}


def file_of(*rules: dict[str, str]) -> str:
    return "rules:\n" + "".join(RULE.format(**GOOD | rule) for rule in rules)


def told(text: str) -> list[str]:
    _, mistakes = rules_of_text(text, "a.yaml")
    return [str(mistake).removeprefix("a.yaml:") for mistake in mistakes]


def test_either_spelling_of_a_field_is_the_same_rule() -> None:
    snake = {"severity": "default_severity", "channels": "notify_channels"}
    ((first,), _), ((second,), _) = (rules_of_text(file_of(each), "a") for each in ({}, snake))
    assert first.rule == second.rule


def test_an_id_may_be_used_once_by_good_rules_and_by_bad_ones() -> None:
    assert told(file_of({}, {"window": "5q"}, {"id": "other"})) == [
        "18:30: rules[1].detection.threshold.window: not a duration: '5q'; "
        "write a whole number and a unit, as in 30s, 5m, 24h, 7d",
        "12:5: rules[1].id: the id r is used at a.yaml:2 (expected another id)",
    ]


@pytest.mark.parametrize("window", ["0s", "367d", "-5m", "5 minutes ago", "1.5h", "''"])
def test_an_impossible_window_is_a_mistake(window: str) -> None:
    (mistake,) = told(file_of({"window": window}))
    assert mistake.startswith("8:30: rules[0].detection.threshold.window: ")


@pytest.mark.parametrize(
    ("regex", "reason"),
    [
        ("(?=x)", "invalid perl operator: (?="),
        (r"(a)\1", r"invalid escape sequence: \1"),
        ("(", "missing ): ("),
        ("((a{100}){100}){100}", "invalid repetition size: {100}"),
    ],
)
def test_a_regex_that_could_hang_or_means_nothing_is_refused_with_the_reason(
    regex: str, reason: str
) -> None:
    pattern = f"{{ field: a, operator: regex, value: '{regex}' }}"
    assert told(file_of({"pattern": pattern})) == [
        f"7:17: rules[0].detection.pattern[0]: RE2 cannot take the pattern: {reason}"
    ]


def test_a_mistake_in_a_group_is_told_once_and_of_an_empty_group_too() -> None:
    nested = "{ all: [{ any: [{ field: '', operator: equals, value: 3 }] }] }"
    assert told(file_of({"pattern": f"{nested}, {{ any: [] }}"})) == [
        "7:35: rules[0].detection.pattern[0].all[0].any[0].field: "
        'must have at least 1 character, found ""',
        "7:84: rules[0].detection.pattern[1].any: must have at least 1 item",
    ]


def test_a_value_that_yaml_cannot_mean_hides_no_other_mistake() -> None:
    flawed = "{ field: a, operator: gt, value: .nan }, { feild: a, operator: gt, value: 1 }"
    text = file_of({"pattern": flawed, "window": "5q"}) + "    id: again\n"
    assert sorted(told(text)) == [
        "12:5: rules[0].id: duplicate key, first given on line 2",
        "7:50: rules[0].detection.pattern[0].value: "
        '".nan" is not a finite number (expected a finite number, or quotes)',
        "7:58: rules[0].detection.pattern[1].field: missing",
        '7:60: rules[0].detection.pattern[1].feild: unknown field, did you mean "field"?',
        "8:30: rules[0].detection.threshold.window: not a duration: '5q'; "
        "write a whole number and a unit, as in 30s, 5m, 24h, 7d",
    ]


def test_where_nothing_more_can_be_read_that_is_the_only_mistake() -> None:
    (mistake,) = told("rules: [\n")
    assert "not YAML" in mistake
