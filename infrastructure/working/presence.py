"""A sign that a worker is there, which the operating system takes away when it ends.

Each worker holds a lock on a file of its own. Where the lock is free, the worker has ended,
however that was; so what it left undone is found at once, and not only after its time is up. It
says so of workers of this machine alone, and nothing rests on it but promptness: see record 15.
"""

import fcntl
import os
import socket
import time
from pathlib import Path
from typing import IO, Self
from uuid import uuid4

_SUFFIX = ".worker"
_STALE = 7 * 86_400


class LockPresence:
    """This worker's sign, and a look at those of others."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._host = socket.gethostname().split(".")[0] or "host"
        self.name = f"{self._host}-{os.getpid()}-{uuid4().hex[:8]}"
        self._lock: IO[str] | None = None

    def __enter__(self) -> Self:
        """Show the sign; where the folder cannot be written, do without."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._sweep()
            self._lock = self._path(self.name).open("w")
            fcntl.flock(self._lock, fcntl.LOCK_EX)
        except OSError:
            self._lock = None
        return self

    def __exit__(self, *ended: object) -> None:
        """Take the sign away. The file stays a while, so that others can see that it is free."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def is_gone(self, worker: str) -> bool:
        """Say whether a worker has certainly ended; False where nobody can tell."""
        if worker == self.name or "/" in worker or not worker.startswith(f"{self._host}-"):
            return False
        return _is_free(self._path(worker))

    def _path(self, worker: str) -> Path:
        return self._folder / f"{worker}{_SUFFIX}"

    def _sweep(self) -> None:
        """Remove old signs of workers that have ended."""
        for path in self._folder.glob(f"*{_SUFFIX}"):
            if time.time() - path.stat().st_mtime > _STALE and _is_free(path):
                path.unlink(missing_ok=True)


def _is_free(path: Path) -> bool:
    try:
        with path.open() as other:
            fcntl.flock(other, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        # It is held, or it was never here: then nobody can tell.
        return False
    return True
