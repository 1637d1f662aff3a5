"""Lines in one piece of memory are the lines that were laid there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infrastructure.lines import Lines

a_line = st.binary(max_size=4).map(lambda line: line.replace(b"\n", b"x"))


@given(st.lists(a_line, max_size=8))
def test_they_are_the_same_whether_laid_down_or_found(each: list[bytes]) -> None:
    laid = Lines.of(each)
    found = Lines(b"".join(line + b"\n" for line in each))
    assert list(laid) == list(found) == each
    assert (laid.content, laid.ends) == (found.content, found.ends)
    assert Lines.of(laid) is laid


def test_each_is_cut_out_by_its_number() -> None:
    lines = Lines(b"one\n\nthree\n")
    assert (len(lines), lines[0], lines[1], lines[-1]) == (3, b"one", b"", b"three")
    assert lines[1:] == [b"", b"three"]
    with pytest.raises(IndexError):
        lines[3]


def test_a_part_has_places_of_its_own() -> None:
    part = Lines(b"one\n\nthree\nfour\n").part(1, 2)
    assert (list(part), part.content, part.ends) == ([b"", b"three"], b"\nthree\n", [0, 6])


def test_a_part_ends_where_the_lines_do() -> None:
    lines = Lines(b"one\ntwo\n")
    assert list(lines.part(1, 9)) == [b"two"]
    assert lines.part(0, 2) is lines


def test_the_line_of_a_place_is_known_and_a_newline_is_in_the_line_that_it_ends() -> None:
    lines = Lines(b"ab\n\nc\n")
    assert [lines.row_of(place) for place in range(6)] == [0, 0, 0, 1, 2, 2]
    assert [lines.begin(row) for row in range(4)] == [0, 3, 4, 6]


def test_lines_with_a_byte_are_each_given_once() -> None:
    assert list(Lines(b"xx\ny\nyx\n").rows_with(b"x")) == [0, 2]
    assert list(Lines(b"").rows_with(b"x")) == []
