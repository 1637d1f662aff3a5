"""A document keeps every value's place, and is refused with all its mistakes."""

from textwrap import dedent

import pytest
import yaml

from infrastructure.configuration import anchors, node_tree, yaml_text
from infrastructure.configuration.document import Document
from infrastructure.configuration.mistakes import ConfigurationError, KeyPath, Position
from infrastructure.configuration.yaml_document import parse_yaml

LOADERS = [yaml.SafeLoader, getattr(yaml, "CSafeLoader", yaml.SafeLoader)]


@pytest.fixture(params=LOADERS, ids=lambda loader: loader.__name__)
def loader(request: pytest.FixtureRequest) -> type[yaml.SafeLoader]:
    chosen: type[yaml.SafeLoader] = request.param
    return chosen


def parse(text: str | bytes) -> Document:
    return parse_yaml(dedent(text) if isinstance(text, str) else text, "a.yaml")


def mistakes(text: str | bytes, loader: type[yaml.SafeLoader] = LOADERS[-1]) -> list[str]:
    written = dedent(text) if isinstance(text, str) else text
    with pytest.raises(ConfigurationError) as refusal:
        parse_yaml(written, "a.yaml", loader)
    return [str(mistake) for mistake in refusal.value.mistakes]


class TestPlaces:
    TEXT = """\
        rules:
          - id: one
            detection:
              window: 5m
          - id: two
        """

    @pytest.mark.parametrize(
        ("path", "position"),
        [
            ((), (1, 1)),
            (("rules",), (1, 1)),
            (("rules", 0), (2, 5)),
            (("rules", 0, "detection", "window"), (4, 7)),
            (("rules", 1, "id"), (5, 5)),
        ],
    )
    def test_a_key_or_item_is_where_it_begins(self, path: KeyPath, position: Position) -> None:
        assert parse(self.TEXT).position(path) == position

    @pytest.mark.parametrize(
        ("path", "position"),
        [
            (("ruls",), (1, 1)),
            (("rules", 9), (1, 1)),
            (("rules", 0, "detection", "count"), (3, 5)),
            (("rules", 0, "id", "deeper"), (2, 5)),
            (("rules", "0"), (1, 1)),
        ],
    )
    def test_what_is_missing_is_at_its_closest_parent(
        self, path: KeyPath, position: Position
    ) -> None:
        assert parse(self.TEXT).position(path) == position

    def test_columns_count_characters_not_bytes(self) -> None:
        assert parse("{ü😀: 1, b: 2}").position(("b",)) == (1, 9)

    def test_a_byte_order_mark_is_no_column(self) -> None:
        assert parse(b"\xef\xbb\xbfa: 1").position(("a",)) == (1, 1)

    def test_an_empty_file_is_null(self) -> None:
        assert parse("# nothing\n").value is None

    def test_a_mistake_can_be_stated_at_any_path(self) -> None:
        mistake = parse(self.TEXT).mistake(("rules", 1, "id"), "taken", severity="warning")
        assert str(mistake) == "a.yaml:5:5: rules[1].id: taken"
        assert mistake.severity == "warning"


class TestAliases:
    def test_an_alias_stands_for_its_value(self) -> None:
        document = parse("a: &x {k: 1}\nb: *x\nc: [*x]\n")
        assert document.value == {"a": {"k": 1}, "b": {"k": 1}, "c": [{"k": 1}]}

    def test_an_aliased_value_s_parts_are_where_they_were_written(self) -> None:
        document = parse("a: &x {k: 1}\nb: *x\n")
        assert document.position(("b",)) == (2, 1)
        assert document.position(("b", "k")) == (1, 8)

    def test_a_later_anchor_hides_an_earlier_one_of_its_name(self) -> None:
        assert parse("[&x 1, *x, &x 2, *x]").value == [1, 1, 2, 2]

    def test_a_merge_key_adds_what_a_mapping_does_not_say_itself(self) -> None:
        text = "base: &b {x: 1, y: 1}\none: {<<: *b, y: 2}\ntwo: {y: 3, <<: [{x: 4}, *b]}\n"
        assert parse(text).value == {
            "base": {"x": 1, "y": 1},
            "one": {"x": 1, "y": 2},
            "two": {"x": 4, "y": 3},
        }

    def test_a_quoted_merge_key_is_an_ordinary_key(self) -> None:
        assert parse("{'<<': 1}").value == {"<<": 1}

    def test_what_is_not_a_mapping_cannot_be_merged(self) -> None:
        assert mistakes("a: {<<: [1]}") == [
            "a.yaml:1:9: a: only mappings can be merged "
            "(expected an alias of a mapping, or a list of them)"
        ]

    def test_a_second_merge_key_is_refused(self) -> None:
        (mistake,) = mistakes("<<: {a: 1}\n<<: {b: 1}\n")
        assert mistake.startswith("a.yaml:2:1: <<: duplicate key".replace("<<", '["<<"]'))

    def test_an_alias_of_nothing_is_refused(self) -> None:
        assert mistakes("a: *b") == ['a.yaml:1:4: a: the alias "*b" names nothing above it']

    def test_a_value_that_contains_itself_is_refused(self) -> None:
        assert mistakes("&a [1, *a]") == [
            'a.yaml:1:8: [1]: the alias "*a" stands inside the value it names'
        ]

    def test_a_billion_laughs_are_refused_before_they_unfold(self) -> None:
        levels = "".join(f"b{i}: &b{i} [{f'*b{i - 1}, ' * 9}]\n" for i in range(1, 20))
        (mistake,) = mistakes("b0: &b0 [lol]\n" + levels)
        assert "the aliases unfold to too many values" in mistake

    def test_a_ladder_of_aliases_is_refused_when_it_gets_too_deep(self) -> None:
        levels = "".join(f"b{i}: &b{i} [*b{i - 1}]\n" for i in range(1, 200))
        (mistake,) = mistakes("b0: &b0 [lol]\n" + levels)
        assert "nested more than 100 levels deep" in mistake

    def test_merging_counts_as_unfolding(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(anchors, "MOST_NODES_FROM_ALIASES", 5)
        assert parse("- &a {x: 1}\n- <<: *a\n- <<: *a\n").value == [{"x": 1}] * 3
        assert "too many" in mistakes("- &a {x: 1}\n- <<: *a\n- <<: *a\n- <<: *a\n")[0]


class TestRefusals:
    def test_a_duplicate_key_is_refused_at_the_second_key_s_line(
        self, loader: type[yaml.SafeLoader]
    ) -> None:
        assert mistakes("a:\n  b: 1\n  c: 2\n  b: 3\n", loader) == [
            "a.yaml:4:3: a.b: duplicate key, first given on line 2"
        ]

    @pytest.mark.parametrize("key", ["1", "true", "~", "1.5", "[a]", "{a: b}"])
    def test_a_key_that_is_not_text_is_refused(self, key: str) -> None:
        assert mistakes(f"? {key}\n: x\n") == [
            "a.yaml:1:3: a key must be text (expected quotes around the key)"
        ]

    def test_words_that_yaml_1_1_took_for_booleans_are_keys(self) -> None:
        assert parse("on: 1\nyes: 2\n").value == {"on": 1, "yes": 2}

    @pytest.mark.parametrize(
        "tag", ["!!python/name:os.system", "!!python/object/apply:os.system", "!Ref", "!!timestamp"]
    )
    @pytest.mark.parametrize("value", ["x", "[x]", "{x: y}"])
    def test_a_tag_outside_of_the_core_schema_is_refused(self, tag: str, value: str) -> None:
        (mistake,) = mistakes(f"a: {tag} {value}")
        assert mistake.startswith(f'a.yaml:1:4: a: the tag "{tag}" is not allowed')

    @pytest.mark.parametrize("tag", ["!!set", "!!omap", "!!pairs", "!!binary", "!!merge"])
    def test_types_of_yaml_1_1_are_refused(self, tag: str) -> None:
        assert "is not allowed" in mistakes(f"{tag} x")[0]

    def test_a_second_document_is_refused(self, loader: type[yaml.SafeLoader]) -> None:
        assert mistakes("a: 1\n---\nb: 1\n", loader) == [
            "a.yaml:2:1: a second document begins here (expected one in a file)"
        ]

    @pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? ", "{[", "[{? "])
    def test_a_hundred_thousand_levels_are_refused(
        self, opening: str, loader: type[yaml.SafeLoader]
    ) -> None:
        (*_, last) = mistakes(opening * 100_000, loader)
        assert "nested more than 100 levels deep" in last

    def test_a_hundred_levels_are_read(self) -> None:
        value = parse("[" * 100 + "]" * 100).value
        for _ in range(99):
            (value,) = value
        assert value == []

    def test_a_file_that_is_too_large_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(yaml_text, "LARGEST_FILE", 10)
        assert mistakes("a: 12345678") == [
            "a.yaml:1:1: the file has 11 bytes (expected at most 10 bytes)"
        ]

    def test_too_many_values_are_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(node_tree, "MOST_NODES", 3)
        assert "more than 3 values" in mistakes("[1, 2, 3, 4]")[0]

    def test_bytes_that_are_not_utf_8_are_refused_at_their_place(self) -> None:
        assert mistakes("ä: 1\nü: ".encode() + b"\xff") == [
            "a.yaml:2:4: the byte 0xff is not UTF-8 text (expected a file saved as UTF-8)"
        ]

    def test_utf_16_is_not_guessed(self) -> None:
        assert "not UTF-8" in mistakes("a: 1".encode("utf-16"))[0]

    def test_a_lone_surrogate_is_not_text(self) -> None:
        assert "not UTF-8" in mistakes("a: \ud800")[0]

    @pytest.mark.parametrize("character", ["\0", "\x1b", "\x7f", "\x85", "\u2028", "\ufeff"])
    def test_a_control_character_is_refused_at_its_place(self, character: str) -> None:
        (mistake,) = mistakes(f"a: 1\nb: x{character}")
        code = f"U+{ord(character):04X}"
        assert mistake.startswith(f"a.yaml:2:5: the character {code} is not allowed")

    def test_a_line_separator_cannot_end_a_comment_unseen(self) -> None:
        assert len(mistakes("# harmless\u2028admin: true\n")) == 1

    def test_all_mistakes_are_told_at_once_up_to_a_syntax_error(self) -> None:
        found = mistakes("a: 1\na: 2\nb: !x y\nc: .inf\nd: [1\ne: 2\n")
        assert [mistake.split(":")[1:3] for mistake in found] == [
            ["2", "1"],
            ["3", "4"],
            ["4", "4"],
            ["6", "2"],
        ]

    def test_reading_ends_when_mistakes_are_too_many_to_list(self) -> None:
        assert len(mistakes("a: 1\n" * 5_000)) == node_tree.MOST_MISTAKES + 1


class TestSyntaxErrors:
    @pytest.mark.parametrize(
        ("text", "place", "remedy"),
        [
            ("a: b: c", "1:5", 'quotes around text that contains ": "'),
            ("a:\n\tb: 1", "2:1", "spaces instead of the tab"),
            ("a: @x", "1:4", "quotes around the text"),
            ("a: [1, 2", "1:9", "a comma between items, or the closing bracket"),
            ("a: 'x", "1:6", "a closing quote"),
            (r'a: "\d"', "1:5", "single quotes, or two backslashes for one"),
            ("a: 1\n- b\n", "2:1", "keys"),
            ("k\na: 1", "2:2", ""),
            ("!x!y z", "1:1", "a value without a tag"),
        ],
    )
    def test_a_syntax_error_comes_with_its_place_and_a_remedy(
        self, text: str, place: str, remedy: str
    ) -> None:
        (mistake,) = mistakes(text)
        assert mistake.startswith(f"a.yaml:{place}: ")
        assert "not YAML: " in mistake
        assert remedy in mistake

    @pytest.mark.parametrize("text", [r'"\UFFFFFFFF"', r'"\x"', "%YAML 9.9\n--- 1", "!%ff x", "*"])
    def test_an_absurd_escape_is_a_mistake_to_either_parser(
        self, text: str, loader: type[yaml.SafeLoader]
    ) -> None:
        assert len(mistakes(text, loader)) == 1
