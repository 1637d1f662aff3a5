"""What is wrong with a line, and with a source as a whole."""

from application.projections.texts import harmless

LONGEST_EXCERPT = 200


class UnreadableLineError(ValueError):
    """A line cannot be read as its source's format says; the message is the reason."""


class SourceUnavailableError(Exception):
    """A source cannot be opened or read at all; the message says which and why."""

    @classmethod
    def because(cls, path: str, error: Exception) -> "SourceUnavailableError":
        """State what the operating system, or the decompressor, said about a path."""
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        kind = SourceMissingError if isinstance(error, FileNotFoundError) else cls
        if reason[1:2].islower():
            reason = f"{reason[0].lower()}{reason[1:]}"
        return kind(f"cannot read {path}: {reason}")


class SourceMissingError(SourceUnavailableError):
    """There is no such file."""


def excerpt(line: bytes) -> str:
    """Show a line's beginning, with what a terminal must not be sent written as escapes."""
    shown = line[: 4 * LONGEST_EXCERPT + 4].decode("utf-8", "backslashreplace")
    if len(shown) > LONGEST_EXCERPT:
        shown = shown[:LONGEST_EXCERPT] + "…"
    return harmless(shown)
