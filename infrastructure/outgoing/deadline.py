"""A time limit on everything: on looking up a name, on connecting, and on a slow drip of bytes."""

import queue
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import TypeVar

from infrastructure.outgoing.alarms import Alarm, Alarms

_T = TypeVar("_T")
_ALARMS = Alarms()


class Deadline:
    """The moment by which everything has to be over, so many seconds from now."""

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    def left(self) -> float:
        """Say how many seconds are left; 0 when it is over."""
        return max(0.0, self._at - time.monotonic())


def within(seconds: float, call: Callable[[], _T]) -> _T:
    """Give what a call gives, or raise TimeoutError and leave it behind.

    For calls that know no time limit of their own. What it raises is raised.
    """
    done: queue.SimpleQueue[tuple[_T | None, BaseException | None]] = queue.SimpleQueue()

    def perform() -> None:
        try:
            done.put((call(), None))
        except BaseException as error:  # whoever waits for it gets it
            done.put((None, error))

    threading.Thread(target=perform, daemon=True).start()
    try:
        result, error = done.get(timeout=max(0.0, seconds))
    except queue.Empty:
        raise TimeoutError from None
    if error is not None:
        raise error
    return result  # type: ignore[return-value] # without an error, it is what the call gave


class Cutoff:
    """Ends a connection when its time is up, whatever it is doing.

    A socket's own timeout begins again with every byte; this one does not.
    """

    def __init__(self, seconds: float) -> None:
        self.fired = False
        self._watched: socket.socket | None = None
        self._lock = threading.Lock()
        self._seconds = seconds
        self._alarm: Alarm | None = None

    def __enter__(self) -> "Cutoff":
        self._alarm = _ALARMS.set(self._seconds, self._cut)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._alarm is not None:
            _ALARMS.call_off(self._alarm)
        self._watch_nothing()

    def watch(self, connected: socket.socket) -> socket.socket:
        """Watch over a connection instead of the one before, and give it back."""
        self._watch_nothing()
        with self._lock:
            # A duplicate: TLS takes the socket itself apart.
            self._watched = connected.dup()
            if self.fired:
                _shut(self._watched)
        return connected

    def _cut(self) -> None:
        with self._lock:
            self.fired = True
            if self._watched:
                _shut(self._watched)

    def _watch_nothing(self) -> None:
        with self._lock:
            if self._watched:
                self._watched.close()
            self._watched = None


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
