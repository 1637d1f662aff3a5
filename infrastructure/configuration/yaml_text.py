"""Turns the bytes of a file into text that is worth parsing, or says why it is not."""

import re
from collections.abc import Iterator
from itertools import islice

from infrastructure.configuration.mistakes import ConfigurationError, Mistake, Position

LARGEST_FILE = 10_000_000
_MOST_REPORTED = 10
_BYTE_ORDER_MARK = "\ufeff"

# What YAML calls printable (1.2.2, section 5.1), without NEL, LS and PS: YAML 1.1 parsers such as
# libyaml end a line there and editors do not, so a comment could hide a setting.
_FORBIDDEN = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)


def readable_text(source: str | bytes, file: str) -> str:
    """Return the text without a byte order mark; raise if it is not plain, moderate UTF-8."""
    raw = source.encode("utf-8", "surrogatepass") if isinstance(source, str) else source
    if len(raw) > LARGEST_FILE:
        problem = f"the file has {len(raw):,} bytes"
        raise ConfigurationError(
            [Mistake(file, 1, 1, "", problem, f"at most {LARGEST_FILE:,} bytes")]
        )
    text = _decoded(raw, file).removeprefix(_BYTE_ORDER_MARK)
    if mistakes := list(islice(_forbidden_characters(text, file), _MOST_REPORTED)):
        raise ConfigurationError(mistakes)
    return text


def _decoded(raw: bytes, file: str) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line, column = _position(raw[: error.start].decode("utf-8"))
        problem = f"the byte 0x{raw[error.start]:02x} is not UTF-8 text"
        expected = "a file saved as UTF-8"
        raise ConfigurationError([Mistake(file, line, column, "", problem, expected)]) from None


def _forbidden_characters(text: str, file: str) -> Iterator[Mistake]:
    for found in _FORBIDDEN.finditer(text):
        line, column = _position(text[: found.start()])
        code = f"U+{ord(found.group()):04X}"
        expected = "printable text; inside double quotes an escape such as \\x1b may stand for it"
        problem = f"the character {code} is not allowed"
        yield Mistake(file, line, column, "", problem, expected)


def _position(before: str) -> Position:
    lines = re.split("\r\n|\r|\n", before)
    return len(lines), len(lines[-1]) + 1
