"""What an unquoted word means: the YAML 1.2 core schema (YAML 1.2.2, section 10.3.2).

PyYAML resolves words by YAML 1.1, where `no`, `on` and `off` are booleans, `010` is eight and
`12:30:00` is a number. People do not mean that. Here only `true` and `false` are booleans,
`010` is ten, and a date or a time stays text. Departing from the core schema, `.inf` and
`.nan` are refused: no setting means them, and JSON cannot store them.
"""

import math
import re
from collections.abc import Callable
from typing import TypeAlias

from infrastructure.configuration.mistakes import quoted
from infrastructure.configuration.refusals import RefusedError

Scalar: TypeAlias = str | int | float | bool | None

_CORE = "tag:yaml.org,2002:"
STR, INT, FLOAT, BOOL, NULL, SEQ, MAP = (
    _CORE + name for name in ("str", "int", "float", "bool", "null", "seq", "map")
)
NOT_SPECIFIC = "!"

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_DECIMAL = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_NUMBERS = (_DECIMAL, _FLOAT, _OCTAL, _HEXADECIMAL, _NOT_FINITE)

# Beyond this a "number" is text that somebody forgot to quote.
_LONGEST_NUMBER = 100
_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")


def plain_scalar(text: str) -> Scalar:
    """Read an unquoted scalar without a tag."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] in "+-.0123456789" and any(form.fullmatch(text) for form in _NUMBERS):
        return _number(text)
    return text_scalar(text)


def text_scalar(text: str) -> str:
    """Read a quoted scalar; its escapes may stand for characters that no database stores."""
    if refused := _NOT_STORABLE.search(text):
        code = f"U+{ord(refused.group()):04X}"
        raise RefusedError(f"the character {code} cannot be stored", "text without it")
    return text


def tagged_scalar(tag: str, text: str) -> Scalar:
    """Read a scalar that has a tag; only the core schema's tags are known."""
    if tag in (STR, NOT_SPECIFIC):
        return text_scalar(text)
    if tag not in _TAGGED:
        raise unknown_tag(tag)
    kind, accepts = _TAGGED[tag]
    value = plain_scalar(text)
    if not accepts(value):
        raise RefusedError(f"{quoted(text)} is not {kind}")
    return float(value) if tag == FLOAT and isinstance(value, int) else value


def unknown_tag(tag: str) -> RefusedError:
    """Refuse a tag outside of the core schema, which may ask a parser to run code."""
    written = "!!" + tag.removeprefix(_CORE) if tag.startswith(_CORE) else tag
    return RefusedError(
        f"the tag {quoted(written)} is not allowed",
        "a plain value: text, a number, true, false, null, a list or a mapping",
    )


def _number(text: str) -> int | float:
    if len(text) > _LONGEST_NUMBER:
        raise RefusedError("the number is too long", "quotes around it, if it is text")
    if _OCTAL.fullmatch(text):
        return int(text[2:], 8)
    if _HEXADECIMAL.fullmatch(text):
        return int(text[2:], 16)
    if _DECIMAL.fullmatch(text):
        return int(text)
    if _NOT_FINITE.fullmatch(text) or not math.isfinite(float(text)):
        raise RefusedError(f"{quoted(text)} is not a finite number", "a finite number, or quotes")
    return float(text)


def _is_int(value: Scalar) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_TAGGED: dict[str, tuple[str, Callable[[Scalar], bool]]] = {
    INT: ("a whole number", _is_int),
    FLOAT: ("a number", lambda value: _is_int(value) or isinstance(value, float)),
    BOOL: ("true or false", lambda value: isinstance(value, bool)),
    NULL: ("null", lambda value: value is None),
}
