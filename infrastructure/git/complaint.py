"""What git printed, made fit to be told: the lines that say why, on one line, harmless."""

_LONGEST = 500
_REASONS = ("fatal:", "error:", "remote:")
_REMOTE = "remote:"


def complaint(printed: str, *, remote: bool = False) -> str:
    """Give git's reasons, or only what the remote said; all of it if git names none."""
    lines = [line.strip() for line in printed.splitlines()]
    if remote:
        told = [line.removeprefix(_REMOTE).strip() for line in lines if line.startswith(_REMOTE)]
    else:
        told = [line for line in lines if line.startswith(_REASONS)] or lines
    return shown("; ".join(filter(None, told)))


def shown(text: str, longest: int = _LONGEST) -> str:
    """Put a foreign text on one line, without what a terminal would obey, and cut it."""
    harmless = "".join(each if each.isprintable() else " " for each in text)
    return harmless if len(harmless) <= longest else harmless[: longest - 1] + "…"
