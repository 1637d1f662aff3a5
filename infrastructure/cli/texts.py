"""Foreign text made fit for a terminal: harmless, and as wide as it may be."""

from collections.abc import Iterator

from application.projections.texts import harmless

ELLIPSIS = "…"
# So many characters a column are looked at: some take no column, and a text may be full of them.
_DENSEST = 4


def safe(text: object) -> str:
    """Write what a terminal would obey, or could not show, as escapes, on one line.

    Logs are written by attackers, too: control characters move the cursor, and bidirectional
    ones turn the order of what is read around.
    """
    return harmless(str(text))


def safe_lines(text: object) -> str:
    """Make a text of several lines harmless."""
    return "\n".join(map(safe, str(text).splitlines()))


def width(text: str) -> int:
    """Say how many columns a harmless text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def clipped(text: str, limit: int) -> str:
    """Cut a harmless text to a width, with an ellipsis where something is missing."""
    if len(text) <= _DENSEST * limit and width(text) <= limit:
        return text
    return _beginning(text, limit - 1) + ELLIPSIS


def padded(text: str, to: int, *, right: bool = False) -> str:
    """Fill a text up to a width."""
    space = " " * max(0, to - width(text))
    return space + text if right else text + space


def wrapped(text: str, limit: int, indent: str = "") -> Iterator[str]:
    """Break a harmless text into indented lines, between words where that is possible."""
    line = ""
    for word in _pieces(text, limit - len(indent)):
        if line and width(indent) + width(line) + 1 + width(word) > limit:
            yield indent + line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield indent + line


def _pieces(text: str, limit: int) -> Iterator[str]:
    for word in text.split(" "):
        at = 0
        while at < len(word):
            piece = _beginning(word[at : at + _DENSEST * limit], limit) or word[at]
            yield piece
            at += len(piece)
        if not word:
            yield word


def _beginning(text: str, limit: int) -> str:
    """Give as much of the beginning of a text as is sure to fit into a width."""
    text = text[: _DENSEST * limit]
    if text.isascii():
        return text[:limit]
    kept = ""
    for character in text:
        if width(kept + character) > limit:
            break
        kept += character
    return kept
