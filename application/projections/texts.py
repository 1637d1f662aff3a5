"""How values and foreign texts are written where a person reads them."""

import json
from typing import Any

SHORT = 120


def as_text(value: Any) -> str:
    """Write a JSON value the way it is typed in a filter: text as it is, the rest as JSON."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def harmless(line: str) -> str:
    """Spell out control characters, with which a log could move the cursor of who reads it."""
    if line.isprintable():
        return line
    return "".join(map(_spelt, line))


def _spelt(character: str) -> str:
    if character.isprintable():
        return character
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def shown(text: str) -> str:
    """Make a foreign text fit to be part of a sentence: one line, harmless, and not too long."""
    if len(text) <= SHORT and text.isprintable():
        return text
    text = harmless(text)
    return text if len(text) <= SHORT else f"{text[: SHORT - 1]}…"


def shown_key(key: str) -> str:
    """Write a correlation key, stored as JSON, for a sentence; empty for none."""
    if not key:
        return ""
    if key[0] == '"' and "\\" not in key:
        return shown(key[1:-1])
    value = json.loads(key)
    if isinstance(value, list):
        return shown(", ".join(as_text(item) for item in value))
    return shown(as_text(value))


def counted(count: int, noun: str) -> str:
    """Write a count with its noun: `1 signal`, `1,204 signals`."""
    return f"1 {noun}" if count == 1 else f"{count:,} {noun}s"
