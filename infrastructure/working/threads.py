"""Threads that perform jobs, while the worker's own thread reads and writes the log."""

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

J = TypeVar("J")
R = TypeVar("R")

KEPT = 8
"""So many threads wait for the next job: to start one takes longer than many a message."""
GRACE_SECONDS = 5.0
"""How long after its time a job may still say what it came to."""


@dataclass(frozen=True, slots=True)
class Run(Generic[J, R]):
    """How a job is performed: within how many seconds, under which name, and by what.

    `perform` is told what the clock shows when the time is up.
    """

    job: J
    seconds: float
    name: str
    perform: Callable[[float], R]


_Numbered = tuple[int, Run[J, R], float]


class Threads(Generic[J, R]):
    """Performs jobs, as many at a time as there are.

    A thread cannot be ended from outside. A job that does not return in its time, and a little
    more, is let go: what it came to is what `overdue` says, and no other job waits for its thread.
    """

    def __init__(
        self,
        overdue: Callable[[J], R],
        ring: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
        grace: float = GRACE_SECONDS,
    ) -> None:
        self._overdue = overdue
        self._ring = ring
        self._clock = clock
        self._grace = grace
        self._begun: dict[int, tuple[J, float]] = {}
        self._ended: queue.SimpleQueue[tuple[int, R]] = queue.SimpleQueue()
        self._waiting: queue.SimpleQueue[_Numbered[J, R]] = queue.SimpleQueue()
        self._idle = 0
        self._counting = threading.Lock()
        self._number = 0

    def __len__(self) -> int:
        """How many jobs are being performed, or wait for what they came to to be taken."""
        return len(self._begun)

    def begin(self, run: Run[J, R]) -> None:
        """Begin to perform a job."""
        self._number += 1
        until = self._clock() + run.seconds
        self._begun[self._number] = (run.job, until)
        self._waiting.put((self._number, run, until))
        with self._counting:
            nobody_is_free = self._idle == 0
            self._idle -= not nobody_is_free
        if nobody_is_free:
            # A daemon: one that hangs must not keep the worker from ending.
            threading.Thread(target=self._work, daemon=True).start()

    def ended(self) -> list[tuple[J, R]]:
        """Give the jobs that ended since the last time, and what they came to."""
        taken = []
        while not self._ended.empty():
            number, result = self._ended.get()
            known = self._begun.pop(number, None)
            if known is not None:
                taken.append((known[0], result))
        return taken + self._let_go()

    def _let_go(self) -> list[tuple[J, R]]:
        now = self._clock()
        late = [n for n, (_, until) in self._begun.items() if now > until + self._grace]
        return [(job, self._overdue(job)) for job, _ in map(self._begun.pop, late)]

    def _work(self) -> None:
        while True:
            number, run, until = self._waiting.get()
            threading.current_thread().name = run.name
            self._ended.put((number, run.perform(until)))
            self._ring()
            with self._counting:
                if self._idle >= KEPT:
                    return
                self._idle += 1
