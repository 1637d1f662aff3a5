"""Foreign text made harmless for whoever shows it."""


def printable(text: str) -> str:
    """Write what a terminal would obey, or could not show, as escapes, on one line."""
    return text if text.isprintable() else "".join(map(_printable, text))


def _printable(character: str) -> str:
    if character.isprintable():
        return character
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")
