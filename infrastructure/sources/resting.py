"""How a file is followed between two looks at it: until when is rested, and what ends a rest."""

from pathlib import Path
from typing import Protocol, Self


class Stop(Protocol):
    """How following is ended, and what is rested on meanwhile: a `threading.Event` is one."""

    def is_set(self) -> bool:
        """Say whether to stop."""
        ...

    def wait(self, timeout: float) -> bool:
        """Wait for the time given; say whether something ended that early."""
        ...


class Watch(Protocol):
    """Ends a rest when a file changes. It may do so in vain, and it may miss a change."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *ended: object) -> None: ...

    def look_at(self, path: Path) -> int | None:
        """Look at what a file holds; give the number of the look."""
        ...

    def look_at_name(self, path: Path) -> int | None:
        """Look at which file has a name; give the number of the look."""
        ...

    def look_away(self, number: int | None) -> None:
        """Look at something no more."""
        ...


class NoWatch:
    """Every rest lasts for its whole time."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *ended: object) -> None:
        pass

    def look_at(self, path: Path) -> None:
        """See nothing."""

    def look_at_name(self, path: Path) -> None:
        """See nothing."""

    def look_away(self, number: int | None) -> None:
        """See nothing as before."""
