"""Matches are told by their surroundings, without the secret."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infrastructure.actions.credential_matches import MARK, Match, Search, Texts, searchable


def found(pattern: str, content: str | bytes, most: int = 100) -> list[Match]:
    content = content if isinstance(content, bytes) else content.encode()
    return Search(pattern, lambda: None).matches(content, most)


def excerpts(pattern: str, content: str | bytes) -> list[str]:
    return [match.excerpt for match in found(pattern, content)]


def test_the_first_four_characters_are_shown_from_sixteen_on() -> None:
    assert excerpts(r"\bs\w+", "s23456789012345 s234567890123456") == [
        f"{MARK} s234{MARK}",
        f"{MARK} s234{MARK}",
    ]


@pytest.mark.parametrize(
    ("pattern", "line", "told"),
    [
        ("ghp_", "token=ghp_abcdef123 end", f"token={MARK} end"),
        ("SECRET", "x='aSECRETb/c+d=='", f"x='{MARK}'"),
        ("geheim", "ist übergeheimäß so", f"ist {MARK} so"),
        ("b", "a.b:c", f"{MARK}:c"),
    ],
)
def test_the_rest_of_a_word_goes_with_the_match(pattern: str, line: str, told: str) -> None:
    assert excerpts(pattern, line) == [told]


def test_a_line_is_cut_around_the_match() -> None:
    words = "word " * 100
    (told,) = excerpts("SECRET", f"{words}SECRET {words}")
    assert MARK in told
    assert len(told) <= 160 + len(MARK)


def test_other_matches_on_the_line_are_hidden_also_where_the_excerpt_is_cut() -> None:
    line = " ".join(f"secret{number:02}" for number in range(60))
    told = excerpts("secret[0-9]{2}", line)
    assert len(told) == 60
    assert all(re.fullmatch(rf"({re.escape(MARK)} ?)+", each) for each in told)


def test_matches_behind_the_last_that_is_told_are_hidden_too() -> None:
    matches = found("s[0-9]", "s1 s2 s3 s4 s5 s6", most=2)
    assert [match.excerpt for match in matches] == [" ".join([MARK] * 6)] * 2


def test_lines_and_occurrences_are_counted() -> None:
    matches = found("k[0-9]", "k1\n\nk2 k1\nk1")
    assert [(match.line, match.occurrence) for match in matches] == [(1, 0), (3, 0), (3, 1), (4, 2)]
    assert len({match.fingerprint for match in matches}) == 2


def test_line_ends_are_where_a_pattern_says() -> None:
    assert [match.line for match in found("^k$", "k\nkk\n k\nk\n")] == [1, 4]


def test_an_empty_match_is_none() -> None:
    assert found(r"\b", "a b") == []


def test_what_matched_is_removed_elsewhere_the_longest_first() -> None:
    texts = Texts()
    for text in ("abc", "abcd", "x"):
        texts.add(text)
    assert texts.removed("abcd/abc.x-abd") == f"{MARK}/{MARK}.{MARK}-abd"
    assert texts.removed(f"red {MARK}") == f"red {MARK}"


def test_a_mark_is_not_marked_again() -> None:
    texts = Texts()
    texts.add("red")
    assert texts.removed(f"red {MARK}") == f"{MARK} {MARK}"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"a\0b", None),
        (b"a" * 8_000 + b"\0", b"a" * 8_000 + b"\0"),
        (b"a\r\nb\rc\n", b"a\nb\rc\n"),
        ("ä\r\n".encode("utf-16"), "ä\n".encode()),
        (b"\xfe\xff\x00a\xd8", "a\ufffd".encode()),
        (b"", b""),
    ],
)
def test_what_can_be_searched(content: bytes, text: bytes | None) -> None:
    assert searchable(content) == text


def test_many_matches_in_one_long_word_take_linear_time() -> None:
    begun = time.perf_counter()
    assert len(found("ab", b"ab" * 200_000, most=20_000)) == 20_000
    assert time.perf_counter() - begun < 10


_SURROUNDINGS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="§"), max_size=120
)


@given(st.lists(_SURROUNDINGS, min_size=2, max_size=8), st.text("abXY01", min_size=1, max_size=30))
def test_no_excerpt_holds_what_matched(pieces: list[str], secret: str) -> None:
    """The signs § make the secrets unlike their surroundings, which may hold one by chance."""
    secret = f"§{secret}§"
    content = secret.join(pieces)
    matches = found(re.escape(secret), content)
    assert len(matches) == len(pieces) - 1
    assert all(secret not in match.excerpt for match in matches)
    assert [match.line for match in matches] == [
        1 + secret.join(pieces[: number + 1]).count("\n") for number in range(len(matches))
    ]
