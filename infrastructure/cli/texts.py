"""Foreign text made fit for a terminal: harmless, and as wide as it may be."""

from collections.abc import Iterator

ELLIPSIS = "…"


def safe(text: object) -> str:
    """Write what a terminal would obey, or could not show, as escapes, on one line.

    Logs are written by attackers, too: control characters move the cursor, and bidirectional
    ones turn the order of what is read around.
    """
    written = str(text)
    return written if written.isprintable() else "".join(map(_printable, written))


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
    if width(text) <= limit:
        return text
    if text.isascii():
        return text[: limit - 1] + ELLIPSIS
    kept, taken = "", 0
    for character in text:
        taken = width(kept + character)
        if taken > limit - 1:
            break
        kept += character
    return kept + ELLIPSIS


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
        rest = word
        while width(rest) > limit:
            piece = clipped(rest, limit).removesuffix(ELLIPSIS)
            yield piece
            rest = rest[len(piece) :]
        yield rest


def _printable(character: str) -> str:
    if character.isprintable():
        return character
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")
