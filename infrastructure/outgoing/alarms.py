"""Calls that are made at a time, by one thread for all: to start one for each takes longer."""

import heapq
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(order=True, slots=True)
class Alarm:
    """A call at a time of the monotonic clock, which must be short; None once it is called off."""

    at: float
    number: int
    call: Callable[[], None] | None = field(compare=False)


class Alarms:
    """Makes calls at their time, unless they are called off before."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: list[Alarm] = []
        self._number = 0
        self._called_off = 0
        self._thread: threading.Thread | None = None

    def set(self, seconds: float, call: Callable[[], None]) -> Alarm:
        """Make a call in so many seconds."""
        with self._changed:
            self._number += 1
            alarm = Alarm(time.monotonic() + seconds, self._number, call)
            heapq.heappush(self._waiting, alarm)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="alarms", daemon=True)
                self._thread.start()
            elif self._waiting[0] is alarm:
                self._changed.notify()
            return alarm

    def call_off(self, alarm: Alarm) -> None:
        """Do not make a call, if there is still time for that."""
        with self._changed:
            alarm.call = None
            self._called_off += 1
            if self._called_off > len(self._waiting) / 2 + 64:
                self._waiting = [each for each in self._waiting if each.call is not None]
                heapq.heapify(self._waiting)
                self._called_off = 0

    def _run(self) -> None:
        while True:
            if (call := self._next()) is not None:
                call()

    def _next(self) -> Callable[[], None] | None:
        with self._changed:
            if not self._waiting:
                self._changed.wait()
                return None
            left = self._waiting[0].at - time.monotonic()
            if left > 0:
                self._changed.wait(left)
                return None
            return heapq.heappop(self._waiting).call
