"""Threads that perform effects, while the worker's own thread reads and writes the log."""

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from application.actions import Call
from application.working.performing import Effect, Outcome, Unknown

GRACE_SECONDS = 5.0
"""How long after its time an effect may still say what it came to."""


class Performer(Protocol):
    """Performs one effect; whatever happens is an outcome, never an exception."""

    def perform(self, effect: Effect, call: Call) -> Outcome:
        """Perform an effect."""
        ...

    def is_idempotent(self, effect: Effect) -> bool:
        """Say whether performing it again, under its key, is as good as once."""
        ...


@dataclass(frozen=True, slots=True)
class _Ended:
    number: int
    outcome: Outcome


class ThreadHands:
    """Performs effects, each in a thread of its own, at most so many at a time.

    A thread cannot be ended from outside. An effect that does not return in its time, and a
    little more, is let go: its outcome is unknown, and its thread counts no more.
    """

    def __init__(
        self,
        performer: Performer,
        count: int,
        clock: Callable[[], float] = time.monotonic,
        grace: float = GRACE_SECONDS,
    ) -> None:
        self._performer = performer
        self._count = count
        self._clock = clock
        self._grace = grace
        self._begun: dict[int, tuple[Effect, float]] = {}
        self._ended: queue.SimpleQueue[_Ended] = queue.SimpleQueue()
        self._kept: list[_Ended] = []
        self._number = 0

    @property
    def free(self) -> int:
        """How many more effects can begin now."""
        return self._count - len(self._begun)

    @property
    def busy(self) -> bool:
        """Whether an effect is being performed, or its outcome waits to be taken."""
        return bool(self._begun)

    def is_idempotent(self, effect: Effect) -> bool:
        """Say whether performing an effect again, under its key, is as good as once."""
        return self._performer.is_idempotent(effect)

    def begin(self, effect: Effect) -> None:
        """Begin to perform an effect."""
        self._number += 1
        until = self._clock() + effect.seconds
        self._begun[self._number] = (effect, until)
        thread = threading.Thread(
            target=self._perform,
            args=(self._number, effect, until),
            name=f"{effect.action} {effect.idempotency_key}",
            daemon=True,  # one that hangs must not keep the worker from ending
        )
        thread.start()

    def ended(self) -> list[tuple[Effect, Outcome]]:
        """Give the effects that ended since the last time."""
        found = [*self._kept]
        self._kept.clear()
        while not self._ended.empty():
            found.append(self._ended.get())
        taken = []
        for each in found:
            known = self._begun.pop(each.number, None)
            if known is not None:
                taken.append((known[0], each.outcome))
        return taken + self._let_go()

    def wait(self, seconds: float) -> None:
        """Wait until an effect ends, or for the time given."""
        try:
            self._kept.append(self._ended.get(timeout=seconds))
        except queue.Empty:
            return

    def _let_go(self) -> list[tuple[Effect, Outcome]]:
        now = self._clock()
        late = [n for n, (_, until) in self._begun.items() if now > until + self._grace]
        return [(effect, _overdue(effect)) for effect, _ in map(self._begun.pop, late)]

    def _perform(self, number: int, effect: Effect, until: float) -> None:
        call = Call(
            idempotency_key=effect.idempotency_key,
            incident_id=effect.incident_id,
            execution_id=effect.execution_id,
            step_id=effect.step_id,
            seconds_left=lambda: max(0.0, until - self._clock()),
            context=effect.scope,
        )
        self._ended.put(_Ended(number, self._performer.perform(effect, call)))


def _overdue(effect: Effect) -> Outcome:
    return Unknown(f"the action {effect.action} did not return within {effect.seconds:g} s")
