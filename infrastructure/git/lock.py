"""A lock between workers on one machine, held by an open file."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from infrastructure.durable import lock_in_time
from infrastructure.git.process import OutOfTimeError


@contextmanager
def locked(path: Path, seconds_left: Callable[[], float]) -> Iterator[int]:
    """Wait until no other worker holds the lock, and give the open file that holds it.

    The lock ends when every process that has the file open has closed it or has ended, so a
    killed worker leaves none behind. Raises OutOfTimeError.
    """
    held = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if not lock_in_time(held, seconds_left):
            during = f"waiting for another worker that holds {path}"
            raise OutOfTimeError(during)
        yield held
    finally:
        os.close(held)
