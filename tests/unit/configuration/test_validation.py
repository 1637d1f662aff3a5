"""Validation tells every mistake in plain words, at the place where its author wrote it."""

from enum import Enum
from textwrap import dedent
from typing import Annotated, Any, Literal, Self

import pytest
from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    model_validator,
)
from pydantic.alias_generators import to_camel

from infrastructure.configuration.mistakes import ConfigurationError
from infrastructure.configuration.validation import (
    unknown_keys,
    validate,
    validate_items,
    validate_value,
)
from infrastructure.configuration.yaml_document import parse_yaml


class Severity(Enum):
    P0 = "P0"
    P1 = "P1"
    P2 = "P2"


class Part(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True
    )


def _duration(text: str) -> str:
    if not text.endswith("m"):
        msg = f"not a duration: {text!r}; write 5m"
        raise ValueError(msg)
    return text


class Threshold(Part):
    count: Annotated[int, Field(ge=1)]
    time_window: Annotated[str, AfterValidator(_duration)] = "5m"


class Automated(Part):
    type: Literal["automated"]
    action: str
    manual: bool = False


class Manual(Part):
    type: Literal["manual"]
    instructions: str


class Shorthand(Part):
    names: tuple[str, ...]
    count: int = 0

    @model_validator(mode="before")
    @classmethod
    def _from_one_name(cls, written: Any) -> Any:
        if isinstance(written, str):
            return {"names": [written]}
        return {"names": ["x"], "added": 1} if "oops" in written else written


class Rule(Part):
    id: str
    default_severity: Severity = Severity.P2
    enabled: bool = True
    ratio: float = 0.5
    threshold: Threshold | None = None
    steps: tuple[Annotated[Automated | Manual, Field(discriminator="type")], ...] = ()
    value: str | int | tuple[str, ...] | None = None
    switch: bool | Threshold | None = None
    either: Automated | Threshold | None = None
    by_shape: (
        Annotated[
            Annotated[Manual, Tag("m")] | Annotated[Threshold, Tag("t")],
            Discriminator(lambda value: "t" if "count" in value else "m"),
        ]
        | None
    ) = None
    tags: dict[Annotated[str, Field(min_length=2)], str] = Field(default_factory=dict)
    thresholds: dict[str, Threshold] = Field(default_factory=dict)
    channel: str = Field(default="", validation_alias=AliasChoices("notify", "notifyChannel"))
    short: Shorthand | None = None
    api_token: Annotated[str, Field(max_length=5)] = ""
    client_secret: Annotated[str, AfterValidator(_duration)] = ""
    after: "Rule | None" = None

    @model_validator(mode="after")
    def _without_contradiction(self) -> Self:
        if self.id == "contradiction":
            msg = "a contradiction"
            raise ValueError(msg)
        return self


def told(text: str) -> list[str]:
    document = parse_yaml(dedent(text), "a.yaml")
    with pytest.raises(ConfigurationError) as refusal:
        validate(document, Rule)
    return [str(mistake).removeprefix("a.yaml:") for mistake in refusal.value.mistakes]


def read(text: str) -> Rule:
    return validate(parse_yaml(dedent(text), "a.yaml"), Rule)


class TestValues:
    def test_a_valid_document_becomes_its_model(self) -> None:
        rule = read("{id: a, defaultSeverity: P0, steps: [{type: automated, action: x}]}")
        assert rule.default_severity is Severity.P0
        assert rule.steps == (Automated(type="automated", action="x"),)

    def test_fields_are_known_by_either_spelling(self) -> None:
        assert read("{id: a, default_severity: P1}") == read("{id: a, defaultSeverity: P1}")

    def test_whole_numbers_serve_where_numbers_are_wanted(self) -> None:
        assert read("{id: a, ratio: 1}").ratio == 1.0

    def test_a_shorthand_of_the_model_is_left_to_the_model(self) -> None:
        assert read("{id: a, short: x}").short == Shorthand(names=("x",))


class TestPlaces:
    def test_a_missing_field_is_told_at_its_mapping(self) -> None:
        assert told("id: a\nthreshold:\n  timeWindow: 5m\n") == ["2:1: threshold.count: missing"]

    def test_a_mistake_is_at_the_spelling_that_was_used(self) -> None:
        assert told("{id: a, default_severity: P9}") == [
            '1:9: default_severity: must be one of P0, P1, P2, found "P9"'
        ]
        assert told("{id: a, notifyChannel: 3}") == [
            "1:9: notifyChannel: must be text, found 3 (expected quotes around it)"
        ]

    def test_all_mistakes_are_told_in_reading_order(self) -> None:
        assert told("""\
            thresholds:
              k: {count: 0}
              j: 3
            enabled: "true"
            threshold:
              count: x
            """) == [
            "1:1: id: missing",
            "2:7: thresholds.k.count: must be greater than or equal to 1, found 0",
            "3:3: thresholds.j: must be a mapping, found 3",
            '4:1: enabled: must be true or false, found "true"',
            '6:3: threshold.count: must be a whole number, found "x"',
        ]

    def test_the_tag_of_a_discriminated_union_is_no_key_even_if_it_is_spelt_like_one(self) -> None:
        assert told("""\
            id: a
            steps:
              - type: manual
                instructions: 3
              - type: automated
                automated: {action: 3}
            """) == [
            "4:5: steps[0].instructions: must be text, found 3 (expected quotes around it)",
            "5:5: steps[1].action: missing",
            "6:5: steps[1].automated: unknown field (expected one of action, manual)",
        ]

    def test_mistakes_in_a_model_inside_itself_are_told_where_they_are(self) -> None:
        text = "id: a\nafter:\n  id: b\n  after:\n    id: c\n    after: {idd: d}\n"
        assert told(text) == [
            "6:5: after.after.after.id: missing",
            '6:13: after.after.after.idd: unknown field, did you mean "id"?',
        ]

    def test_a_bad_key_is_told_at_the_key(self) -> None:
        assert told("id: a\ntags:\n  x: y\n") == [
            "3:3: tags.x: as a key, must have at least 2 characters"
        ]

    def test_a_key_spelt_like_a_label_of_pydantic_is_a_key(self) -> None:
        assert told("{id: a, threshold: {'[key]': x, count: 1}}") == [
            '1:21: threshold["[key]"]: unknown field (expected one of timeWindow)',
        ]

    def test_a_field_that_the_model_added_itself_is_told_at_its_mapping(self) -> None:
        assert told("{id: a, short: {names: [x], oops: true}}") == [
            "1:9: short.added: unknown field (expected one of count)"
        ]

    def test_a_model_s_own_check_is_told_at_its_mapping(self) -> None:
        text = "id: a\nafter:\n  id: contradiction\n"
        assert told(text) == ["2:1: after: a contradiction"]

    def test_an_empty_document_is_no_mapping(self) -> None:
        assert told("") == ["1:1: must be a mapping, found nothing"]


class TestUnknownFields:
    def test_a_slip_gets_a_suggestion(self) -> None:
        assert told("{id: a, treshold: {count: 1}}") == [
            '1:9: treshold: unknown field, did you mean "threshold"?'
        ]

    def test_capitals_do_not_hide_what_was_meant(self) -> None:
        assert told("{ID: a, id: b, ENABLED: true}")[1] == (
            '1:16: ENABLED: unknown field, did you mean "enabled"?'
        )

    def test_without_a_likely_field_all_that_are_left_are_listed(self) -> None:
        assert told("{id: a, threshold: {count: 1, zzz: 1}}") == [
            "1:31: threshold.zzz: unknown field (expected one of timeWindow)"
        ]

    def test_both_spellings_of_a_field_are_one_too_many(self) -> None:
        assert told("{id: a, default_severity: P1, defaultSeverity: P0}") == [
            '1:9: default_severity: the same field as "defaultSeverity", given twice'
        ]

    def test_fields_of_another_member_of_a_union_are_not_suggested(self) -> None:
        assert told("{id: a, steps: [{type: manual, instructions: x, actio: y}]}") == [
            "1:49: steps[0].actio: unknown field"
        ]

    def test_keys_outside_of_a_list_of_names_are_told_too(self) -> None:
        document = parse_yaml("rules: []\nruls: []\nx: 1\n", "a.yaml")
        assert [str(each) for each in unknown_keys(document, (), ["rules", "version"])] == [
            "a.yaml:2:1: ruls: unknown field (expected one of version)",
            "a.yaml:3:1: x: unknown field (expected one of version)",
        ]
        assert unknown_keys(document, ("rules",), ["x"]) == []


class TestExactness:
    @pytest.mark.parametrize(
        ("written", "mistake"),
        [
            ("threshold: {count: '10'}", 'count: must be a whole number, found "10"'),
            ("threshold: {count: 10.0}", "count: must be a whole number, found 10.0"),
            ("threshold: {count: true}", "count: must be a whole number, found true"),
            ("enabled: 1", "enabled: must be true or false, found 1"),
            ("ratio: '0.5'", 'ratio: must be a number, found "0.5"'),
            ("thresholds: {a: {count: '1'}}", 'a.count: must be a whole number, found "1"'),
            ("short: {names: [a], count: '1'}", 'count: must be a whole number, found "1"'),
        ],
    )
    def test_a_model_that_would_convert_a_value_does_not_get_to(
        self, written: str, mistake: str
    ) -> None:
        (found,) = told(f"id: a\n{written}\n")
        assert mistake in found

    def test_a_quoted_number_gets_the_advice_to_unquote_it(self) -> None:
        (mistake,) = told("{id: a, threshold: {count: '10'}}")
        assert mistake.endswith("(expected no quotes around it)")

    @pytest.mark.parametrize(("word", "meant"), [("no", "false"), ("on", "true"), ("Yes", "true")])
    def test_a_boolean_of_yaml_1_1_gets_its_new_name(self, word: str, meant: str) -> None:
        assert told(f"{{id: a, enabled: {word}}}") == [
            f'1:9: enabled: must be true or false, found "{word}" (expected {meant})'
        ]


class TestUnions:
    def test_a_value_of_no_member_s_kind_is_one_mistake(self) -> None:
        assert told("{id: a, value: {b: c}}") == [
            "1:9: value: must be text, a whole number or a list, found a mapping"
        ]

    def test_true_and_false_are_listed_among_other_kinds(self) -> None:
        assert told("{id: a, switch: x}") == [
            '1:9: switch: must be true, false or a mapping, found "x"'
        ]

    def test_a_value_of_one_member_s_kind_is_judged_by_that_member(self) -> None:
        assert told("{id: a, value: [b, 3]}") == [
            "1:20: value[1]: must be text, found 3 (expected quotes around it)"
        ]
        assert told("{id: a, switch: {count: 0}}") == [
            "1:18: switch.count: must be greater than or equal to 1, found 0"
        ]

    def test_among_members_of_one_kind_the_closest_is_meant(self) -> None:
        assert told("{id: a, either: {type: automated, action: 3}}") == [
            "1:35: either.action: must be text, found 3 (expected quotes around it)"
        ]

    def test_an_unknown_tag_is_told_at_the_tag(self) -> None:
        assert told("{id: a, steps: [{type: automatic}]}") == [
            '1:18: steps[0].type: must be one of automated, manual, found "automatic"'
        ]

    def test_a_missing_tag_is_a_missing_field(self) -> None:
        assert told("{id: a, steps: [{action: x}]}") == ["1:17: steps[0].type: missing"]

    def test_a_tag_of_the_model_s_own_making_is_passed_over(self) -> None:
        assert told("{id: a, byShape: {count: 0}}") == [
            "1:19: byShape.count: must be greater than or equal to 1, found 0"
        ]


class TestWhatIsShown:
    def test_a_long_value_is_shortened(self) -> None:
        (mistake,) = told(f"{{id: a, defaultSeverity: {'x' * 500}}}")
        assert f'found "{"x" * 37}…"' in mistake

    def test_a_long_value_is_shortened_in_a_model_s_own_words_too(self) -> None:
        (mistake,) = told(f"{{id: a, threshold: {{count: 1, timeWindow: {'x' * 200}}}}}")
        assert "not a duration: 'xxx" in mistake
        assert "x" * 41 not in mistake

    @pytest.mark.parametrize(
        "written",
        ["apiToken: sk-12345", "tags: {my-password: [sk-12345]}", "clientSecret: sk-12345"],
    )
    def test_what_may_be_a_secret_is_not_shown(self, written: str) -> None:
        (mistake,) = told(f"id: a\n{written}\n")
        assert "sk-" not in mistake
        assert "found" not in mistake


class TestItems:
    TEXT = """\
        rules:
          - id: a
          - id: 3
            enabled: maybe
          - id: c
          - x
        """

    def test_every_valid_item_is_returned_with_the_mistakes_of_the_others(self) -> None:
        document = parse_yaml(dedent(self.TEXT), "a.yaml")
        rules, mistakes = validate_items(document, ("rules",), Rule)
        assert [rule.id for rule in rules] == ["a", "c"]
        assert [(mistake.line, mistake.field) for mistake in mistakes] == [
            (3, "rules[1].id"),
            (4, "rules[1].enabled"),
            (6, "rules[3]"),
        ]

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("{}", "a.yaml:1:1: rules: missing (expected a list)"),
            ("rules:", "a.yaml:1:1: rules: must be a list, found nothing"),
            ("rules: {a: b}", "a.yaml:1:1: rules: must be a list, found a mapping"),
        ],
    )
    def test_without_a_list_there_is_one_mistake(self, text: str, told: str) -> None:
        rules, mistakes = validate_items(parse_yaml(text, "a.yaml"), ("rules",), Rule)
        assert (rules, [str(mistake) for mistake in mistakes]) == ([], [told])

    def test_a_value_may_be_validated_where_it_stands(self) -> None:
        document = parse_yaml(dedent(self.TEXT), "a.yaml")
        rule, mistakes = validate_value(document, ("rules", 0), Rule)
        assert (rule, mistakes) == (Rule(id="a"), ())

    def test_a_value_that_is_not_there_is_missing(self) -> None:
        rule, mistakes = validate_value(parse_yaml("a: 1", "a.yaml"), ("rule",), Rule)
        assert (rule, [str(each) for each in mistakes]) == (None, ["a.yaml:1:1: rule: missing"])
