"""Hands: threads that perform the effects of runbooks."""

import time
from collections.abc import Callable
from functools import partial
from typing import Protocol

from application.actions import Call
from application.working.performing import Effect, Outcome, Unknown
from infrastructure.working.bell import Bell
from infrastructure.working.threads import GRACE_SECONDS, Run, Threads


class Performer(Protocol):
    """Performs one effect; whatever happens is an outcome, never an exception."""

    def perform(self, effect: Effect, call: Call) -> Outcome:
        """Perform an effect."""
        ...

    def is_idempotent(self, effect: Effect) -> bool:
        """Say whether performing it again, under its key, is as good as once."""
        ...


class ThreadHands:
    """Performs effects, at most so many at a time; of one that is let go the outcome is unknown."""

    def __init__(
        self,
        performer: Performer,
        count: int,
        bell: Bell,
        clock: Callable[[], float] = time.monotonic,
        grace: float = GRACE_SECONDS,
    ) -> None:
        self._performer = performer
        self._count = count
        self._clock = clock
        self._threads: Threads[Effect, Outcome] = Threads(_overdue, bell.ring, clock, grace)

    @property
    def free(self) -> int:
        """How many more effects can begin now."""
        return self._count - len(self._threads)

    @property
    def busy(self) -> bool:
        """Whether an effect is being performed, or its outcome waits to be taken."""
        return bool(self._threads)

    def is_idempotent(self, effect: Effect) -> bool:
        """Say whether performing an effect again, under its key, is as good as once."""
        return self._performer.is_idempotent(effect)

    def begin(self, effect: Effect) -> None:
        """Begin to perform an effect."""
        name = f"{effect.action} {effect.idempotency_key}"
        self._threads.begin(Run(effect, effect.seconds, name, partial(self._perform, effect)))

    def ended(self) -> list[tuple[Effect, Outcome]]:
        """Give the effects that ended since the last time."""
        return self._threads.ended()

    def _perform(self, effect: Effect, until: float) -> Outcome:
        call = Call(
            idempotency_key=effect.idempotency_key,
            incident_id=effect.incident_id,
            execution_id=effect.execution_id,
            step_id=effect.step_id,
            seconds_left=lambda: max(0.0, until - self._clock()),
            context=effect.scope,
        )
        return self._performer.perform(effect, call)


def _overdue(effect: Effect) -> Outcome:
    return Unknown(f"the action {effect.action} did not return within {effect.seconds:g} s")
