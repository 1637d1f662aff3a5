"""Ending what would go on for ever, cleanly, when the terminal or the system says so."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

from infrastructure.working.bell import StopSign


@contextmanager
def stopped_by_signals() -> Iterator[Event]:
    """Give what is set by SIGINT or SIGTERM; told twice, the program ends at once."""
    stop = StopSign()

    def end(number: int, frame: object) -> None:
        del frame
        stop.set()
        signal.signal(number, signal.default_int_handler)

    before = {each: signal.signal(each, end) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
