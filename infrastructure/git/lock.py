"""A lock between workers on one machine, held by an open file."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from infrastructure.git.process import OutOfTimeError

_PAUSE = 0.05


@contextmanager
def locked(path: Path, seconds_left: Callable[[], float]) -> Iterator[int]:
    """Wait until no other worker holds the lock, and give the open file that holds it.

    The lock ends when every process that has the file open has closed it or has ended, so a
    killed worker leaves none behind. Raises OutOfTimeError.
    """
    held = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        while not _taken(held):
            if seconds_left() <= 0:
                during = f"waiting for another worker that holds {path}"
                raise OutOfTimeError(during)
            time.sleep(_PAUSE)
        yield held
    finally:
        os.close(held)


def _taken(held: int) -> bool:
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
