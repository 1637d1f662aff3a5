"""Decoding one line as a JSON object, strictly, and saying what is wrong with it."""

import json
import re
from itertools import accumulate
from math import isfinite
from typing import Any, NoReturn

import msgspec

from infrastructure.sources.unreadable import UnreadableLineError

DEEPEST = 128

_decode = msgspec.json.Decoder().decode
# Possessive, and closed by the end of the line as well: linear in whatever is thrown at it.
_STRING = re.compile(rb'"[^"\\]*+(?:\\(?:.|\Z)[^"\\]*+)*+(?:"|\Z)', re.DOTALL)
_NO_BRACKET = bytes(byte for byte in range(256) if byte not in b"[]{}")
_STEP = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_BYTE = re.compile(r"\(byte ([0-9]+)\)")
_NOT_A_NUMBER = re.compile(rb"-?(NaN|Infinity)")


def decode_record(line: bytes) -> dict[str, Any]:
    """Decode a JSON object; raises UnreadableLineError with the reason.

    A number that no double can hold is kept as its text, so that nothing is lost or rounded to
    infinity.
    """
    if line.count(b"[") + line.count(b"{") > DEEPEST and nesting(line) > DEEPEST:
        msg = f"nested deeper than {DEEPEST}"
        raise UnreadableLineError(msg)
    try:
        record = _decode(line)
    except msgspec.ValidationError:
        record = _decode_with_huge_numbers(line)
    except msgspec.DecodeError as error:
        raise UnreadableLineError(_reason(line, str(error))) from None
    except UnicodeDecodeError:
        utf8(line)
        raise UnreadableLineError("not UTF-8") from None  # pragma: no cover - utf8 raises
    except RecursionError:  # pragma: no cover - the nesting was checked
        raise UnreadableLineError("nested too deeply") from None
    if not isinstance(record, dict):
        msg = f"not a JSON object but {_NAMES[type(record)]}"
        raise UnreadableLineError(msg)
    return record


def nesting(line: bytes) -> int:
    """Count how deep the arrays and objects of a JSON text lie in each other."""
    brackets = _STRING.sub(b"", line).translate(None, _NO_BRACKET)
    return max(accumulate(_STEP[bracket] for bracket in brackets), default=0)


def utf8(line: bytes) -> str:
    """Decode UTF-8; raises UnreadableLineError with the first byte that is none."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        msg = f"not UTF-8: byte 0x{line[error.start]:02x} (byte {error.start})"
        raise UnreadableLineError(msg) from None


_NAMES = {
    list: "an array",
    str: "a string",
    int: "a number",
    float: "a number",
    bool: "a boolean",
    type(None): "null",
}


def _reason(line: bytes, said: str) -> str:
    if "truncated" in said:
        return "not JSON: it ends in the middle"
    at = _BYTE.search(said)
    byte = int(at[1]) if at else 0
    # The decoder stops behind the sign of -Infinity.
    start = byte - 1 if line[byte - 1 : byte] == b"-" else byte
    if found := _NOT_A_NUMBER.match(line, start):
        return f"not JSON: {found[0].decode()} is not a JSON number (byte {start})"
    return f"not JSON: {said.removeprefix('JSON is malformed: ')}"


def _decode_with_huge_numbers(line: bytes) -> Any:
    try:
        record = json.loads(
            utf8(line), parse_int=_integer, parse_float=_float, parse_constant=_constant
        )
        # The standard library lets half of a surrogate pair through.
        json.dumps(record, ensure_ascii=False).encode("utf-8")
    except json.JSONDecodeError as error:
        byte = len(error.doc[: error.pos].encode("utf-8"))
        msg = f"not JSON: {error.msg[:1].lower()}{error.msg[1:]} (byte {byte})"
        raise UnreadableLineError(msg) from None
    except UnicodeEncodeError:
        msg = "not JSON: invalid utf-16 surrogate pair"
        raise UnreadableLineError(msg) from None
    return record


def _integer(text: str) -> int | str:
    try:
        return int(text)
    except ValueError:
        return text


def _float(text: str) -> float | str:
    amount = float(text)
    return amount if isfinite(amount) else text


def _constant(name: str) -> NoReturn:
    msg = f"not JSON: {name} is not a JSON number"
    raise UnreadableLineError(msg)
