"""Lines are decoded all at once only where it is sure which record is which line's."""

import msgspec
import pytest

from infrastructure.lines import Lines
from infrastructure.matching.line_decoder import LineDecoder
from infrastructure.matching.raw_search import RawSearch


class Numbered(msgspec.Struct):
    """A record with a number."""

    n: int


def decoded(content: bytes, decoder: LineDecoder | None = None) -> list[int] | None:
    """Decode lines as a scanner does, which looks first for lines that hold two objects."""
    lines = Lines(content)
    _, apart = RawSearch([]).rows(lines)
    records = (decoder or LineDecoder(Numbered)).all(lines, apart=apart)
    return None if records is None else [record.n for record in records]


@pytest.mark.parametrize(
    "content",
    [
        b'{"n":1}\n{"n":2}\n',
        b' {"n":1}\r\n{"n":2} \t\n',
        b'{"n":1,"x":{"y":{}}}\n{"x":[{},{}],"n":2}\n',
    ],
)
def test_a_record_a_line_is_decoded(content: bytes) -> None:
    assert decoded(content) == [1, 2]


@pytest.mark.parametrize(
    "content",
    [
        b'{"n":1}\n\n',
        b'{"n":1}{"n":2}\n\n',
        b'{"n":1} \t\r{"n":2}\n\n',
        b'{"n":\n1}\n{"n":2}{"n":3}\n',
        b'{"n":1,"x":\n{}}{"n":2}\n',
        b'{\n"n":1}{"n":2}\n',
        b'{"n":1}\n{"n":2}, {"n":3}\n',
        b'{"n":1}\n{"n":"2"}\n',
        b'{"n":1}\n[]\n',
        b'{"n":1}\n{"n":2,"x":"\n"}\n{"n":3}\n',
    ],
)
def test_what_only_looks_like_a_record_a_line_is_not(content: bytes) -> None:
    assert decoded(content) is None


def test_lines_that_are_not_in_one_piece_are_decoded_one_by_one() -> None:
    assert LineDecoder(Numbered).all([b'{"n":1}'], apart=True) is None


def test_what_fails_again_and_again_is_tried_ever_more_seldom() -> None:
    decoder, good, bad = LineDecoder(Numbered), b'{"n":1}\n', b"{\n"
    assert decoded(bad, decoder) is None
    assert [decoded(good, decoder) for _ in range(2)] == [None, [1]]
    for pause in (1, 2, 4):
        assert decoded(bad, decoder) is None
        assert [decoded(bad, decoder) for _ in range(pause)] == [None] * pause
    assert decoded(good, decoder) == [1]
