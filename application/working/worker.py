"""The worker: takes on what has to be done until it is told to stop."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Protocol

from application.log import Headline
from application.ports import Clock
from application.processes.following import Following
from application.working.agenda import Agenda
from application.working.performing import Effect, Hands, Outcome
from application.working.settling import Settling
from application.working.stepping import Stepping

_EXECUTION = "execution."
_CLOSED = "incident.closed"


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

    `look` is how long it rests when nothing is due. `courtesy` is how long, at most, it leaves
    alone what another worker may be about to do. `grace` is how long effects may go on once it
    was told to stop.
    """

    look: timedelta = timedelta(seconds=0.25)
    courtesy: timedelta = timedelta(seconds=0.3)
    grace: timedelta = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Told:
    """What a worker tells of its work: an effect that begins, or what it came to.

    `counts` is False if somebody took this worker for gone, and decided otherwise.
    """

    effect: Effect
    outcome: Outcome | None = None
    counts: bool = True


def untold(told: Told) -> None:
    """Tell nobody."""
    del told


@dataclass(frozen=True, slots=True)
class Active:
    """An execution that is not over, and its incident."""

    execution_id: str
    incident_id: str


class Worker:
    """Takes executions on, one after the other; several workers share them by the log alone."""

    def __init__(
        self, name: str, clock: Clock, parts: "Parts", rhythm: Rhythm, active: Iterable[Active]
    ) -> None:
        self._name = name
        self._clock = clock
        self._parts = parts
        self._told = parts.told
        self._rhythm = rhythm
        self._agenda = Agenda()
        self._seen: dict[str, int] = {}
        self._of_incident: dict[str, set[str]] = {}
        for each in active:
            self._of_incident.setdefault(each.incident_id, set()).add(each.execution_id)
            self._agenda.put(each.execution_id, clock.now())

    def run(self, stop: Stop, *, once: bool = False) -> None:
        """Work until told to stop; `once`: until there is nothing left that can be done now."""
        while not stop.is_set():
            did_something = self._round()
            if did_something:
                continue
            if once and not self._parts.hands.busy and not self._is_anything_due():
                return
            self._rest(stop)
        self._finish()

    def _round(self) -> bool:
        settled = self._settle()
        headlines = self._parts.following.read()
        for headline in headlines:
            self._notice(headline)
        took = self._take_on()
        return bool(settled or headlines or took)

    def _settle(self) -> bool:
        ended = self._parts.hands.ended()
        for effect, outcome in ended:
            counts = self._parts.settling.settle(effect, outcome)
            self._told(Told(effect, outcome, counts))
            self._agenda.put(effect.execution_id, self._clock.now())
        return bool(ended)

    def _notice(self, headline: Headline) -> None:
        now = self._clock.now()
        if headline.topic == _CLOSED:
            self._agenda.put_all(self._of_incident.get(headline.originator_id, ()), now)
        elif headline.topic.startswith(_EXECUTION):
            of = headline.originator_id
            if headline.version > self._seen.get(of, 0):
                self._agenda.put(of, now + self._courtesy(of))

    def _take_on(self) -> bool:
        """Take on what is due, but look up every now and then to see what else there is."""
        took = False
        until = self._clock.now() + self._rhythm.look
        while (now := self._clock.now()) < until and (of := self._agenda.take(now)):
            took = self._take_on_one(of) or took
        return took

    def _take_on_one(self, of: str) -> bool:
        may_begin = self._parts.hands.free > 0
        standing = self._parts.stepping.take_on(of, may_begin=may_begin)
        moved = standing.version > self._seen.get(of, 0)
        self._seen[of] = standing.version
        if standing.over:
            self._seen.pop(of)
            self._of_incident.get(standing.incident_id, set()).discard(of)
            return moved
        self._of_incident.setdefault(standing.incident_id, set()).add(of)
        if standing.effect is not None:
            self._told(Told(standing.effect))
            self._parts.hands.begin(standing.effect)
        if standing.look_again is not None:
            later = self._clock.now() + self._rhythm.look
            self._agenda.put(of, max(standing.look_again, later))
        return moved

    def _courtesy(self, of: str) -> timedelta:
        """Give each worker another order of what is new, so that they seldom meet."""
        share = sha256(f"{self._name}\n{of}".encode()).digest()[0] / 256
        return self._rhythm.courtesy * share

    def _is_anything_due(self) -> bool:
        at = self._agenda.next_at
        return at is not None and at <= self._clock.now() + self._rhythm.courtesy

    def _rest(self, stop: Stop) -> None:
        longest = self._rhythm.look.total_seconds()
        if self._parts.hands.busy:
            self._parts.hands.wait(longest)
            return
        at = self._agenda.next_at
        left = (at - self._clock.now()).total_seconds() if at else longest
        stop.wait(min(longest, max(0.0, left)))

    def _finish(self) -> None:
        """Let effects end that have begun; what does not end in time another worker finds."""
        until = self._clock.now() + self._rhythm.grace
        while self._parts.hands.busy and self._clock.now() < until:
            self._parts.hands.wait(self._rhythm.look.total_seconds())
            self._settle()
        self._settle()


@dataclass(frozen=True, slots=True)
class Parts:
    """What a worker works with."""

    following: Following
    stepping: Stepping
    settling: Settling
    hands: Hands
    told: Callable[[Told], None] = untold
