"""Deciding again when somebody else was faster."""

from collections.abc import Callable
from typing import TypeVar

from eventsourcing.persistence import RecordConflictError

_ATTEMPTS = 100
_T = TypeVar("_T")


def unopposed(attempt: Callable[[], _T]) -> _T:
    """Load, decide and save until nobody has changed the same aggregate in between.

    Raises RecordConflictError if that did not happen in a hundred attempts.
    """
    for _ in range(_ATTEMPTS - 1):
        try:
            return attempt()
        except RecordConflictError:
            # Somebody was faster: decide again on what is true now.
            continue
    return attempt()
