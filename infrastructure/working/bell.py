"""A bell that wakes a worker: when an effect ends, when something is stored, when it is to stop."""

import threading


class Bell:
    """Rings across threads. A ring while nobody waits is heard by the next one who does."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def ring(self) -> None:
        """Wake whoever waits."""
        self._event.set()

    def wait(self, timeout: float) -> None:
        """Wait until it rings, or for the time given, in seconds."""
        self._event.wait(timeout)
        self._event.clear()


class WakingStop:
    """The sign to stop, on which a worker rests: the bell wakes it from that, too."""

    def __init__(self, stop: threading.Event, bell: Bell) -> None:
        self._stop = stop
        self._bell = bell

    def is_set(self) -> bool:
        """Say whether to stop."""
        return self._stop.is_set()

    def wait(self, timeout: float) -> bool:
        """Wait for the time given, until the bell rings, or until it is to stop."""
        self._bell.wait(timeout)
        return self._stop.is_set()
