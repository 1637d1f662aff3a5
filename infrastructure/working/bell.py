"""A bell that wakes who rests: when an effect ends, when something changes, when it is to stop."""

import threading
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue


class Bell:
    """Rings across threads. A ring while nobody waits is heard by the next one who does."""

    def __init__(self) -> None:
        # Not an event: only this may ring in a signal's handler while its own thread waits.
        self._rings: SimpleQueue[None] = SimpleQueue()

    def ring(self) -> None:
        """Wake whoever waits."""
        if self._rings.empty():
            self._rings.put(None)

    def wait(self, timeout: float) -> None:
        """Wait until it rings, or for the time given, in seconds."""
        self.rings(timeout)

    def rings(self, timeout: float) -> bool:
        """Wait as well, and say whether it rang."""
        try:
            self._rings.get(timeout=max(0.0, timeout))
        except Empty:
            return False
        with suppress(Empty):
            while True:
                self._rings.get_nowait()
        return True


class StopSign(threading.Event):
    """A sign to stop that wakes those who rest."""

    def __init__(self) -> None:
        super().__init__()
        self.wakes: list[Callable[[], None]] = []

    def set(self) -> None:
        """Show it."""
        super().set()
        for wake in self.wakes:
            wake()


class WakingStop:
    """The sign to stop, on which somebody rests: the bell wakes from that, too."""

    def __init__(self, stop: threading.Event, bell: Bell) -> None:
        self._stop = stop
        self._bell = bell
        if isinstance(stop, StopSign):
            stop.wakes.append(bell.ring)

    def is_set(self) -> bool:
        """Say whether to stop."""
        return self._stop.is_set()

    def wait(self, timeout: float) -> bool:
        """Wait for the time given; say whether the bell, or the sign to stop, ended that early."""
        return self._bell.rings(timeout) or self._stop.is_set()
