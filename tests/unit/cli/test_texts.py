"""Text from anywhere, made fit for a terminal."""

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infrastructure.cli.texts import clipped, padded, safe, safe_lines, width, wrapped

# It takes a second on a slow machine; looking at all the rest again for every line, minutes.
_PATIENCE = 20
ANY = st.text(st.characters(exclude_categories=[]), max_size=60)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("Müller 東京", "Müller 東京"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\nb\tc", "a\\nb\\tc"),
        ("\u202etxt", "\\u202etxt"),
        ("\x9b31m", "\\x9b31m"),
        ("\udcff", "\\udcff"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_what_a_terminal_obeys_is_written_as_an_escape(text: str, shown: str) -> None:
    assert safe(text) == shown


@given(ANY)
def test_nothing_harmful_comes_through(text: str) -> None:
    assert safe(text).isprintable()
    assert safe_lines(text).replace("\n", "").isprintable()
    safe(text).encode()


def test_wide_characters_take_two_columns() -> None:
    assert width("東京") == 4
    assert padded("東京", 6, right=True) == "  東京"
    assert clipped("東京都", 5) == "東京…"
    assert clipped("東京都", 4) == "東…"


@given(ANY, st.integers(1, 40))
def test_a_clipped_text_fits(text: str, limit: int) -> None:
    shown = clipped(safe(text), limit)
    assert width(shown) <= limit
    assert shown == safe(text) or shown.endswith("…")


@pytest.mark.parametrize("of", ["x", "東", "e\u0301", "\u0301", "東 "])
def test_however_long_a_text_is_it_takes_no_longer_a_character(of: str) -> None:
    text = of * (100_000 // len(of))
    before = perf_counter()
    lines = list(wrapped(text, 80, "  "))
    assert clipped(text, 80)
    assert perf_counter() - before < _PATIENCE
    assert sum(map(len, lines)) >= len(text.replace(" ", ""))


@given(ANY, st.integers(10, 40))
def test_a_wrapped_text_fits_and_is_whole(text: str, limit: int) -> None:
    lines = list(wrapped(safe(text), limit, "  "))
    assert all(width(line) <= limit for line in lines)
    assert "".join("".join(lines).split()) == "".join(safe(text).split())
