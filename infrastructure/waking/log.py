"""Having a bell ring when the log changes, whoever changes it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from infrastructure.store.store import sqlite_path
from infrastructure.waking.files import FileWatch


@contextmanager
def ringing_with_the_log(database: str, ring: Callable[[], None]) -> Iterator[None]:
    """Ring when events are stored, as long as this lasts."""
    if database.startswith("sqlite:"):
        with FileWatch(ring) as watch:
            # Whoever stores events sets them: see `JournalRecorder.insert_events`.
            watch.look_at_times(Path(sqlite_path(database)))
            yield
        return
    from infrastructure.waking.server import ServerWatch  # noqa: PLC0415 - an optional extra

    with ServerWatch(database, ring):
        yield
