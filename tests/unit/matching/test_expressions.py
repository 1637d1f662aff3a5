"""What a regular expression is weakened to is contained in all that it matches."""

import re

import pytest

from domain.detection.condition import compiled_regex
from infrastructure.matching.expressions import required_factor


def found(pattern: str, text: str) -> bool:
    factor = required_factor(pattern)
    assert factor is not None
    block = b"\0" + text.encode() + b"\0"
    return re.search(factor.expression, block, re.DOTALL) is not None


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("failed", "it failed"),
        ("^failed", "failed to"),
        ("^^failed$$", "failed"),
        (r"\bfail(ed|ure)\b", "a failure"),
        ("(?i)DISK full", "dis\u212a FULL"),
        ("(?i)session", "\u017fe\u017fSION"),
        ("(?i:disk) full", "DISK full"),
        ("(?m)^second", "first\nsecond"),
        (r"user\d{1,3}root", "user12root"),
        ("from.*by mistake", "from\nhere by mistake"),
        ("ab{0}cd(ef)?gh", "acdgh"),
        ("(abc|defg.*h)ijk", "defg hijk"),
        ("né+mal", "néémal"),
        ("(?P<what>login) failed", "login failed"),
        (r"caf\x65s", "cafes"),
        (r"[^a]login", "😀login"),
        ("(xyz){30}", "xyz" * 30),
    ],
)
def test_what_matches_contains_it(pattern: str, text: str) -> None:
    newline_matters_not = compiled_regex("(?s)" + pattern)
    assert newline_matters_not.search(text)
    assert found(pattern, text)


@pytest.mark.parametrize("text", ["a filed", "failing", "xfailed"])
def test_most_of_what_does_not_match_does_not_contain_it(text: str) -> None:
    assert not found(r"^fail(ed|ure)\b", text)


@pytest.mark.parametrize(
    "pattern",
    [
        "a|bcdef",
        ".*",
        r"\d+",
        "(?:failed|)",
        r"\pL+failed",
        r"\Qfailed\E",
        "[[:alpha:]]failed",
        "fail{,3}ed",
        r"(?i)ééé",
    ],
)
def test_what_is_weak_or_means_something_else_elsewhere_is_not_searched_for(pattern: str) -> None:
    assert required_factor(pattern) is None


@pytest.mark.parametrize(
    ("pattern", "raw"),
    [(r"^login \d", True), (r"503\.0", False), ("^10[.]1[.]2[.]3$", False)],
)
def test_what_may_be_in_a_number_is_not_searched_for_in_undecoded_json(
    pattern: str, raw: bool
) -> None:
    factor = required_factor(pattern)
    assert factor is not None
    assert (factor.raw is not None) is raw
