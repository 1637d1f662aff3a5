"""What a line of JSON may be, and what is said of one that is none."""

import pytest

from infrastructure.sources.json_record import DEEPEST, decode_record, nesting
from infrastructure.sources.unreadable import UnreadableLineError, excerpt


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"a":NaN}', "not JSON: NaN is not a JSON number (byte 5)"),
        (b'{"a":-Infinity}', "not JSON: -Infinity is not a JSON number (byte 5)"),
        (b'{"a":Infinity}', "not JSON: Infinity is not a JSON number (byte 5)"),
        (b'{"a":1', "not JSON: it ends in the middle"),
        (b'{"a":1}}', "not JSON: trailing characters (byte 8)"),
        (b'{"a":01}', "not JSON: invalid number (byte 6)"),
        (b"[1]", "not a JSON object but an array"),
        (b"null", "not a JSON object but null"),
        (b"true", "not a JSON object but a boolean"),
        (b'"text"', "not a JSON object but a string"),
        (b"1", "not a JSON object but a number"),
        (b'{"a":"b\xff"}', "not UTF-8: byte 0xff (byte 7)"),
        (b'{"\xed\xa0\x80":1}', "not UTF-8: byte 0xed (byte 2)"),
        (b'{"a":1e400,"b":NaN}', "not JSON: NaN is not a JSON number"),
        (b'{"a":1e400,"b":}', "not JSON: expecting value (byte 15)"),
        (b'{"a":1e400,"b":"\xff"}', "not UTF-8: byte 0xff (byte 16)"),
        (b'{"a":1e400,"b":"\\ud800"}', "not JSON: invalid utf-16 surrogate pair"),
        (b'{"a":"\\udc00"}', "not JSON: invalid utf-16 surrogate pair (byte 12)"),
        (b'{"a":' + b"[" * 10_000, "nested deeper than 128"),
        (b'{"a":' + b'{"a":' * 10_000 + b"1" + b"}" * 10_001, "nested deeper than 128"),
    ],
)
def test_what_is_wrong_is_said(line: bytes, reason: str) -> None:
    with pytest.raises(UnreadableLineError) as error:
        decode_record(line)

    assert str(error.value) == reason


@pytest.mark.parametrize(
    "text", ["1e400", "-1e400", "1E+999999999", "9" * 5000, "1" + "0" * 999 + ".5"]
)
def test_a_number_that_no_double_holds_is_kept_as_text(text: str) -> None:
    assert decode_record(b'{"a":[%s],"b":0.5}' % text.encode()) == {"a": [text], "b": 0.5}


def test_whole_numbers_are_exact() -> None:
    assert (
        decode_record(b'{"a":123456789012345678901234567890}')["a"]
        == 123456789012345678901234567890
    )


def test_nesting_to_the_limit_is_read() -> None:
    lists = b"[" * (DEEPEST - 1) + b"]" * (DEEPEST - 1)

    value = decode_record(b'{"a":' + lists + b"}")["a"]

    depth = 0
    while value:
        value, depth = value[0], depth + 1
    assert depth + 1 == nesting(lists) == DEEPEST - 1


def test_brackets_in_text_are_not_nesting() -> None:
    text = '[{\\"' * 500 + "\\\\"
    line = f'{{"a":"{text}","b":[1]}}'.encode()

    assert nesting(line) == 2
    assert decode_record(line)["b"] == [1]


@pytest.mark.parametrize(
    "line", [b'"' + b'\\"' * 300_000, b'"[' * 300_000, b'\\"[' * 300_000 + b"\\"]
)
def test_counting_nesting_takes_linear_time(line: bytes) -> None:
    with pytest.raises(UnreadableLineError):
        decode_record(line)


def test_control_characters_and_every_plane_of_unicode_go_through() -> None:
    record = decode_record('{"a":"\\u0000\\u001f\x7f\U0010ffff\u2028"}'.encode())

    assert record == {"a": "\x00\x1f\x7f\U0010ffff\u2028"}


def test_the_last_of_two_equal_keys_holds() -> None:
    assert decode_record(b'{"a":1,"a":2}') == {"a": 2}


def test_an_excerpt_is_short_and_harmless() -> None:
    assert excerpt(b"plain \xc3\xa9") == "plain é"
    assert excerpt(b"\x1b[31m\xff\x00") == "\\x1b[31m\\xff\\x00"
    assert excerpt("é".encode() * 300) == "é" * 200 + "…"
    assert excerpt(b"a" * 200) == "a" * 200
