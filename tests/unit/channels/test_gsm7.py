"""Text messages stay in their segments, in the alphabet of 160 where it will do."""

import pytest

from infrastructure.channels.gsm7 import GSM7, UCS2, composed, transliterated


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain {text} [P1] é ß Ä", "plain {text} [P1] é ß Ä"),
        ("café ça ôÿ", "café ca oy"),
        ("“quoted” – it’s…", '"quoted" - it\'s...'),  # noqa: RUF001 - what people type
        ("🚨 fire 🔥", " fire "),
        ("Łódź → ½", "Lodz -> 1/2"),
        ("a\u200bb\ufffdc", "abc"),
    ],
)
def test_what_the_alphabet_lacks_is_written_otherwise(text: str, written: str) -> None:
    assert transliterated(text) == written


@pytest.mark.parametrize("text", ["Пожар", "火事", "حريق", "aжc", "٣"])
def test_letters_are_never_lost(text: str) -> None:
    assert transliterated(text) is None


@pytest.mark.parametrize("segments", [1, 2, 10])
@pytest.mark.parametrize(
    ("begins", "alphabet"),
    [("x" * 2_000, GSM7), ("[" * 2_000, GSM7), ("ж" * 2_000, UCS2), ("ж🚨" * 900, UCS2)],
)
def test_no_more_segments_are_taken(begins: str, alphabet: object, segments: int) -> None:
    assert isinstance(alphabet, type(GSM7))
    text = composed(begins, (" Answer: x", ""), segments)
    assert text.endswith(" Answer: x")
    assert alphabet.room(segments) - 1 <= alphabet.size(text) <= alphabet.room(segments)


def test_what_fits_is_told_in_full() -> None:
    assert composed("fire", (" Answer: x",), 1) == "fire Answer: x"


def test_a_long_ending_gives_way_to_a_shorter_one() -> None:
    assert composed("y" * 200, ("z" * 81, " (A)"), 1).endswith("... (A)")
    assert len(composed("y" * 200, ("z" * 80, " (A)"), 1)) == 160


def test_an_ending_that_fills_everything_is_cut_too() -> None:
    assert len(composed("y", ("z" * 500,), 1)) == 160
