"""Texts of several lines, made fit for a person to read, whoever had a part in writing them."""

import re
import unicodedata
from collections.abc import Iterator

from application.projections.texts import harmless

_LINE_ENDS = re.compile(r"\r\n|\r|\n")


def legible(text: str) -> Iterator[str]:
    """Give the lines of a text, with blanks of every script and nothing that cannot be seen.

    Tabs become blanks, other control characters are spelled out.
    """
    for line in _LINE_ENDS.split(text.expandtabs(4)):
        yield line if line.isprintable() else "".join(map(_spelled, line))


def _spelled(each: str) -> str:
    return each if unicodedata.category(each) == "Zs" else harmless(each)
