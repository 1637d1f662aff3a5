"""What files need that several processes write, and that have to survive a power cut."""

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path

_PAUSE = 0.02


def lock_in_time(descriptor: int, seconds_left: Callable[[], float]) -> bool:
    """Wait for the lock of an open file; False if somebody else holds it until the time is up.

    The lock ends when every process that has the file open has closed it or has ended, so a
    killed one leaves none behind. Unlike that of lockf, it also keeps out another thread.
    """
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if seconds_left() <= 0:
                return False
            time.sleep(_PAUSE)
        else:
            return True


def sync_folder(folder: Path) -> None:
    """Have the names of a folder's files on the disk when this returns."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
