"""The worker: does what has to be done, desk after desk, until it is told to stop."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from application.ports import Clock
from application.processes.following import Following
from application.working.courtesy import LONGEST
from application.working.desk import Bell, Desk

_KEEPING = timedelta(seconds=2)


class Stop(Protocol):
    """How working is ended, and what is waited on: a `threading.Event` is one."""

    def is_set(self) -> bool:
        """Say whether to stop."""
        ...

    def wait(self, timeout: float) -> bool:
        """Wait for the time given, or until it is to stop."""
        ...


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How a worker divides its time.

    `look` is how long it rests at most before it looks what is new. `grace` is how long effects
    may go on once it was told to stop.
    """

    look: timedelta = timedelta(seconds=0.25)
    grace: timedelta = timedelta(seconds=10)


class Worker:
    """Reads what is new in the log, and lets each desk do what is due.

    `bell` rings when an effect ends, or something was stored.
    """

    def __init__(
        self, clock: Clock, following: Following, desks: Sequence[Desk], bell: Bell, rhythm: Rhythm
    ) -> None:
        self._clock = clock
        self._following = following
        self._desks = desks
        self._bell = bell
        self._rhythm = rhythm
        self._kept_until = clock.now() + _KEEPING

    def run(self, stop: Stop, *, once: bool = False) -> None:
        """Work until told to stop; `once`: until there is nothing left that can be done now."""
        while not stop.is_set():
            if self._round():
                continue
            self._keep()
            if once and not self._busy and not self._is_anything_due():
                break
            self._rest(stop)
        self._finish()

    def _round(self) -> bool:
        settled = [desk.settle() for desk in self._desks]
        headlines = self._following.read()
        for headline in headlines:
            for desk in self._desks:
                desk.notice(headline)
        took = [desk.work() for desk in self._desks]
        return any(settled) or bool(headlines) or any(took)

    def _keep(self) -> None:
        """Move the bookmarks when there is time for that, and not often."""
        now = self._clock.now()
        if now >= self._kept_until:
            self._following.keep()
            self._kept_until = now + _KEEPING

    @property
    def _busy(self) -> bool:
        return any(desk.busy for desk in self._desks)

    @property
    def _next_at(self) -> datetime | None:
        return min(filter(None, (desk.next_at for desk in self._desks)), default=None)

    def _is_anything_due(self) -> bool:
        at = self._next_at
        # What another worker is left to take on is due for this one in a moment.
        return at is not None and at <= self._clock.now() + LONGEST

    def _rest(self, stop: Stop) -> None:
        longest = self._rhythm.look.total_seconds()
        at = self._next_at
        left = (at - self._clock.now()).total_seconds() if at else longest
        rest = min(longest, max(0.0, left))
        if self._busy:
            self._bell.wait(rest)
        else:
            stop.wait(rest)

    def _finish(self) -> None:
        """Let effects end that have begun; what does not end in time another worker finds."""
        self._following.keep()
        until = self._clock.now() + self._rhythm.grace
        while self._busy and self._clock.now() < until:
            self._bell.wait(self._rhythm.look.total_seconds())
            for desk in self._desks:
                desk.settle()
        for desk in self._desks:
            desk.settle()
