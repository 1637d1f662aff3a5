"""What is wrong in a configuration file, where it stands, and what was expected instead."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from infrastructure.configuration.document import Document

KeyPath: TypeAlias = tuple[str | int, ...]
Position: TypeAlias = tuple[int, int]
Severity: TypeAlias = Literal["error", "warning"]

_LONGEST_FIELD = 200
_PLAIN_KEY = re.compile(r"[\w$-]+")


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing a person has to correct; lines and columns count from 1."""

    file: str
    line: int
    column: int
    field: str
    problem: str
    expected: str = ""
    severity: Severity = "error"

    def __str__(self) -> str:
        field = f"{self.field}: " if self.field else ""
        expected = f" (expected {self.expected})" if self.expected else ""
        return f"{self.file}:{self.line}:{self.column}: {field}{self.problem}{expected}"


class ConfigurationError(Exception):
    """The configuration cannot be used; carries every mistake, in reading order.

    `document` is what could be read in spite of them, if that is anything.
    """

    def __init__(self, mistakes: Iterable[Mistake], document: "Document | None" = None) -> None:
        self.mistakes = in_reading_order(mistakes)
        self.document = document
        super().__init__(self.mistakes)

    def __str__(self) -> str:
        return "\n".join(map(str, self.mistakes))


def in_reading_order(mistakes: Iterable[Mistake]) -> tuple[Mistake, ...]:
    """Sort by file and place."""
    return tuple(sorted(mistakes, key=lambda each: (each.file, each.line, each.column)))


def dotted(path: KeyPath) -> str:
    """Write a path as people do: `rules[2].detection.threshold.window`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _PLAIN_KEY.fullmatch(step):
            text += f".{shorten(step)}"
        else:
            text += f"[{quoted(step)}]"
    return shorten(text.removeprefix("."), _LONGEST_FIELD)


def quoted(text: str, limit: int = 60) -> str:
    """Show text on one line in double quotes, never longer than the limit."""
    shown = shorten(text, limit - 2)
    return f'"{shown}"' if shown.isprintable() else shorten(ascii(shown), limit)


def shorten(text: str, limit: int = 60) -> str:
    """Cut text to a length, with an ellipsis where something is missing."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
