"""A mistake says where it is, what is wrong and what was expected."""

import pytest

from infrastructure.configuration.mistakes import (
    ConfigurationError,
    KeyPath,
    Mistake,
    dotted,
    quoted,
)


def test_a_mistake_reads_like_a_compiler_message() -> None:
    mistake = Mistake("a.yaml", 3, 5, "rules[0].limit", "must be a whole number", "60")
    assert str(mistake) == "a.yaml:3:5: rules[0].limit: must be a whole number (expected 60)"


def test_field_and_expectation_are_left_out_when_there_are_none() -> None:
    assert str(Mistake("a.yaml", 1, 1, "", "not YAML")) == "a.yaml:1:1: not YAML"


def test_an_error_carries_all_mistakes_by_file_and_place() -> None:
    later, earlier = Mistake("a", 10, 1, "", "x"), Mistake("a", 9, 2, "", "y")
    other = Mistake("b", 1, 1, "", "z")
    error = ConfigurationError([other, later, earlier])
    assert error.mistakes == (earlier, later, other)
    assert str(error) == "a:9:2: y\na:10:1: x\nb:1:1: z"


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ((), ""),
        (("rules", 2, "detection", "threshold"), "rules[2].detection.threshold"),
        ((0, 1, "a"), "[0][1].a"),
        (("labels", "a.b", "c d"), 'labels["a.b"]["c d"]'),
        (("k" * 100,), "k" * 59 + "…"),
    ],
)
def test_a_path_is_written_as_people_do(path: KeyPath, written: str) -> None:
    assert dotted(path) == written


def test_quoted_text_stays_short_and_on_one_line() -> None:
    assert quoted("a\nb") == r"'a\nb'"
    assert len(quoted("x" * 1000)) == 60
    assert len(quoted("\x01" * 1000)) == 60
