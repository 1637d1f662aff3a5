"""An audit log of JSON Lines on disk: a record is in it once, whole, and survives a power cut."""

import json
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from application.actions import ActionFailedError
from infrastructure.durable import lock_in_time, sync_folder

# How far back a record that was written before a crash is looked for: 16 of the longest.
_LOOKED_BACK = 16 * 1024 * 1024
_MODE = 0o640


def append_record(
    path: Path, record_id: str, line: bytes, seconds_left: Callable[[], float]
) -> bool:
    """Append a line that ends with a newline; False if a record with that id is there already.

    The line is on the disk when this returns. Raises ActionFailedError, and then nothing is left
    of it, as far as the disk allows.
    """
    try:
        with _locked(path, seconds_left) as descriptor:
            end = _end_of_the_last_record(descriptor)
            is_new = not _holds(descriptor, record_id, end)
            if is_new:
                _write(descriptor, line, end)
            # Also when it is there: whoever wrote it may have crashed before this.
            os.fsync(descriptor)
            sync_folder(path.parent)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise ActionFailedError(
            f"cannot write to the audit log {path}: {why}", passing=True
        ) from None
    return is_new


@contextmanager
def _locked(path: Path, seconds_left: Callable[[], float]) -> Iterator[int]:
    while True:
        descriptor = _opened(path)
        try:
            if not lock_in_time(descriptor, seconds_left):
                msg = f"the audit log {path} is locked by another process"
                raise ActionFailedError(msg, passing=True)
            if not _is_still(path, descriptor):
                continue  # rotated away while we waited
            yield descriptor
            return
        finally:
            os.close(descriptor)


def _opened(path: Path) -> int:
    # Without waiting for a reader, should it be a pipe.
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK
    descriptor = os.open(path, flags, _MODE)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise ActionFailedError(f"the audit log {path} is not a file")
    return descriptor


def _is_still(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _end_of_the_last_record(descriptor: int) -> bytes:
    """Give what has to come before another line: nothing, or the newline that a crash left out."""
    size = os.fstat(descriptor).st_size
    return b"\n" if size and os.pread(descriptor, 1, size - 1) != b"\n" else b""


def _holds(descriptor: int, record_id: str, end: bytes) -> bool:
    size = os.fstat(descriptor).st_size
    start = max(0, size - _LOOKED_BACK)
    tail = _read(descriptor, start, size - start) + end
    sought = record_id.encode()
    return any(_id_of(line) == record_id for line in tail.split(b"\n") if sought in line)


def _read(descriptor: int, start: int, length: int) -> bytes:
    pieces = []
    while length and (piece := os.pread(descriptor, length, start)):
        pieces.append(piece)
        start, length = start + len(piece), length - len(piece)
    return b"".join(pieces)


def _id_of(line: bytes) -> object:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return record.get("id") if isinstance(record, dict) else None


def _write(descriptor: int, line: bytes, end: bytes) -> None:
    size = os.fstat(descriptor).st_size
    whole = end + line
    if os.write(descriptor, whole) == len(whole):
        return
    # The disk is full. A file that may only be appended to keeps the piece; the next record
    # begins a line of its own.
    with suppress(OSError):
        os.ftruncate(descriptor, size)
    raise OSError(0, "it was only written in part: is the disk full?")
