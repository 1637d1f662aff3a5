"""A desk: one kind of work that a worker does, beside others."""

from datetime import datetime
from typing import Protocol

from application.log import Headline


class Desk(Protocol):
    """Keeps in mind what has to be done, and does what is due when it is its turn."""

    def settle(self) -> bool:
        """Record what came of effects that have ended; say whether there was any."""
        ...

    def notice(self, headline: Headline) -> None:
        """Learn that an event was stored."""
        ...

    def work(self) -> bool:
        """Do what is due, for a short time at most; say whether anything changed."""
        ...

    @property
    def busy(self) -> bool:
        """Whether an effect is being performed."""
        ...

    @property
    def next_at(self) -> datetime | None:
        """When something is due next; None if nothing is."""
        ...


class Bell(Protocol):
    """Rings when there may be something to do."""

    def wait(self, timeout: float) -> None:
        """Wait until it rings, or for the time given, in seconds."""
        ...
