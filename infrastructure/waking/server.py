"""Having PostgreSQL tell when the log has changed."""

import threading
from collections.abc import Callable
from typing import Self

import psycopg
from psycopg.sql import SQL, Identifier

from infrastructure.store.postgres import CHANNEL
from infrastructure.waking.files import GAP

_LOOK_UP = 0.5
_PAUSE = 5.0


class ServerWatch:
    """Rings when events are stored. While the server cannot be reached it does not."""

    def __init__(self, url: str, ring: Callable[[], None]) -> None:
        self._url = url
        self._ring = ring
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="changes", daemon=True)

    def __enter__(self) -> Self:
        """Begin to listen."""
        self._thread.start()
        return self

    def __exit__(self, *ended: object) -> None:
        """Listen no more: the thread ends by itself, soon."""
        self._closed.set()

    def _listen(self) -> None:
        while not self._closed.is_set():
            try:
                self._hear()
            except psycopg.Error:
                # Whoever waits for the bell polls until there is a server again.
                self._closed.wait(_PAUSE)

    def _hear(self) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(SQL("LISTEN {}").format(Identifier(CHANNEL)))
            # What was stored while nobody listened.
            self._ring()
            while not self._closed.is_set():
                for _ in connection.notifies(timeout=_LOOK_UP, stop_after=1):
                    self._ring()
                self._closed.wait(GAP)
