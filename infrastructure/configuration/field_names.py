"""What to say about a field that is not known: which one was probably meant."""

from difflib import get_close_matches

from infrastructure.configuration.document import Document
from infrastructure.configuration.mistakes import KeyPath, Mistake, quoted, shorten
from infrastructure.configuration.model_fields import Fields

_LONGEST_LIST = 200


def unknown_field(document: Document, path: KeyPath, fields: Fields) -> Mistake:
    """State that the key at a path is unknown, or is a known field given a second time."""
    key = str(path[-1])
    parent = document.node(path[:-1]) or document.root
    given = {name for name in _spellings(fields) if name != key and parent.child(name)}
    twins = next((field for field in fields if key in field), ())
    if twin := next((name for name in twins if name in given), None):
        return document.mistake(path, f"the same field as {quoted(twin)}, given twice")
    free = [field for field in fields if not given.intersection(field)]
    if meant := _meant(key, free):
        return document.mistake(path, f"unknown field, did you mean {quoted(meant)}?")
    names = ", ".join(field[0] for field in free)
    expected = shorten(f"one of {names}", _LONGEST_LIST) if names else ""
    return document.mistake(path, "unknown field", expected)


def _meant(key: str, fields: Fields) -> str | None:
    lowered = {name.lower(): name for name in reversed(_spellings(fields))}
    close = get_close_matches(shorten(key).lower(), lowered, n=1)
    return lowered[close[0]] if close else None


def _spellings(fields: Fields) -> list[str]:
    return [name for field in fields for name in field]
