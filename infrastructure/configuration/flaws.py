"""Finds what else is wrong in a document of which some values could not be read."""

from collections.abc import Callable, Iterable

from infrastructure.configuration.document import Document
from infrastructure.configuration.mistakes import ConfigurationError, Mistake


def with_all_others(
    error: ConfigurationError, check: Callable[[Document], Iterable[Mistake]]
) -> list[Mistake]:
    """Give the mistakes of an error, and those that a check finds in what was read nevertheless.

    What the check says of a field that could not be read, or of what holds it, is left out: it
    was not written that way.
    """
    if error.document is None:
        return [*error.mistakes]
    unread = [mistake.field for mistake in error.mistakes]
    others = check(error.document)
    return [
        *error.mistakes,
        *(other for other in others if not any(_holds(other.field, field) for field in unread)),
    ]


def _holds(outer: str, inner: str) -> bool:
    return inner == outer or inner.startswith((f"{outer}.", f"{outer}["))
