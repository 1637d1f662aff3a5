"""Every engine finds what there is, wherever it is; what it cannot look for is everywhere."""

from collections.abc import Iterator

import pytest

from infrastructure.lines import Lines
from infrastructure.matching import RuleIndex
from infrastructure.matching.raw_search import RawSearch
from infrastructure.matching.text_search import TextSearch
from tests.unit.matching.making import ENGINES, rule, searching_with, signal

COLUMN = ["a needle", "start", "nothing"]


@pytest.fixture(params=ENGINES, autouse=True)
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    with searching_with(request.param):
        yield request.param


def test_it_tells_which_text_contains_which_expression() -> None:
    search = TextSearch([b"needle", rb"\x00start", rb"t\x00"])
    assert sorted(search.hits(COLUMN)) == [(0, 0), (1, 1), (1, 2)]


def test_it_tells_which_lines_contain_an_expression() -> None:
    lines = Lines(b'\n{"a":"needle"}\n\n{"b":"needle"}\n{"c":1}\n\n')
    assert RawSearch([b"needle", b"nothing"]).rows(lines) == ({1, 3}, True)
    assert RawSearch([b"needle"]).crowds(list(lines), 1) == {b"needle"}


def test_an_expression_that_the_engine_refuses_is_found_everywhere() -> None:
    search = TextSearch([b"(?<=look)behind", b"needle"])
    assert sorted(search.hits(COLUMN)) == [(0, 0), (0, 1), (1, 0), (2, 0)]


# What a version of the engine missed wherever it did not begin a text.
EASILY_MISSED = [
    (r"e\s.{0,5}\ ef\{+$", "{}e  ef{{{{"),
    (r"^(?:\}{1,3}d?\}{2}|[abc]?){0,5}d1{1,3}$", "ad11"),
    (r"^b{0,5}(?:(?:09ac|_\s){0,5}|:?)?cffa{0,5}_+cd", "bcffaa__cd{}"),
]


@pytest.mark.parametrize(("pattern", "text"), EASILY_MISSED)
def test_the_engine_misses_no_match_wherever_it_is(pattern: str, text: str) -> None:
    index = RuleIndex([rule(("a", "regex", pattern))])
    for size in range(100):
        texts = ["q" * size, text.format("x" * size), "z"]
        assert index.match([signal(a=each) for each in texts]) == [(1, 0)]


def test_it_does_not_miss_two_objects_on_a_line() -> None:
    for before in range(100):
        for between in (b"", b" ", b"\t", b"\r", b" \t\r" * 9):
            line = b'{"a":"' + b"x" * before + b'"}' + between + b"{}"
            assert RawSearch([b"needle"]).rows(Lines.of([line, b"{}"])) == ({0}, False)
