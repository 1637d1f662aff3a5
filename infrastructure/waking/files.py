"""Having the system tell when a file changes, where it can; elsewhere nobody is told."""

import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

GAP = 0.005
"""In seconds. The first change is told at once, and what follows it so closely together."""


class FileWatch:
    """Rings when something that is looked at changes. It may ring in vain, and it may not ring.

    What is looked at is named by a number, or by None if the system cannot tell of it.
    """

    def __init__(self, ring: Callable[[], None]) -> None:
        self._ring = ring
        self._system = _system()
        self._inotify: Any = None
        self._thread: threading.Thread | None = None
        self._own: int | None = None
        self._names: dict[int, str] = {}
        self._closed = False

    def __enter__(self) -> Self:
        """Begin to listen, if the system has ears left."""
        if self._system is not None:
            with suppress(OSError):
                self._inotify = self._system.INotify()
        # To look away from it wakes the thread: that is told, too.
        self._own = self._look("/", "DELETE_SELF")
        if self._own is not None:
            self._thread = threading.Thread(target=self._listen, name="changes", daemon=True)
            self._thread.start()
        return self

    def __exit__(self, *ended: object) -> None:
        """Listen no more."""
        self._closed = True
        if self._thread is not None:
            self.look_away(self._own)
            self._thread.join()
        if self._inotify is not None:
            self._inotify.close()

    def look_at(self, path: Path) -> int | None:
        """Look at what a file holds."""
        return self._look(path, "MODIFY")

    def look_at_times(self, path: Path) -> int | None:
        """Look at when a file is said to have changed."""
        return self._look(path, "ATTRIB")

    def look_at_name(self, path: Path) -> int | None:
        """Look at which file has a name."""
        number = self._look(path.parent, "CREATE", "DELETE", "MOVED_FROM", "MOVED_TO")
        if number is not None:
            self._names[number] = path.name
        return number

    def look_away(self, number: int | None) -> None:
        """Look at something no more."""
        if number is not None:
            # From what is gone the system has looked away by itself.
            with suppress(OSError):
                self._inotify.rm_watch(number)

    def _look(self, path: Path | str, *changes: str) -> int | None:
        if self._system is None or self._inotify is None:
            return None
        mask = sum(self._system.flags[change] for change in changes)
        try:
            return int(self._inotify.add_watch(path, mask))
        except OSError:
            return None

    def _listen(self) -> None:
        while not self._closed:
            if any(self._matters(event) for event in self._inotify.read()):
                self._ring()
                time.sleep(GAP)

    def _matters(self, event: Any) -> bool:
        if event.name:
            return bool(event.name == self._names.get(event.wd))
        return not event.mask & self._system.flags.IGNORED


def _system() -> Any:
    if sys.platform != "linux":
        return None
    import inotify_simple  # noqa: PLC0415 - nobody else has it

    return inotify_simple
