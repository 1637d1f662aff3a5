"""The desk at which runbooks are carried out, one execution after the other."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from application.log import Headline
from application.ports import Clock
from application.working.agenda import Agenda
from application.working.courtesy import courtesy
from application.working.performing import Effect, Hands, Outcome
from application.working.settling import Settling
from application.working.stepping import Stepping

_EXECUTION = "execution."
_CLOSED = "incident.closed"
_TURN = timedelta(seconds=0.25)


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of an effect: that it begins, or what it came to.

    `counts` is False if somebody took this worker for gone, and decided otherwise.
    """

    effect: Effect
    outcome: Outcome | None = None
    counts: bool = True


def _untold(told: Told) -> None:
    del told


@dataclass(frozen=True, slots=True)
class Active:
    """An execution that is not over, and its incident."""

    execution_id: str
    incident_id: str


@dataclass(frozen=True, slots=True)
class Tools:
    """What the desk works with."""

    stepping: Stepping
    settling: Settling
    hands: Hands
    told: Callable[[Told], None] = _untold


class ExecutionDesk:
    """Takes executions on; several workers share them by the log alone.

    What is new is left alone for a moment, at most 0.3 s, if another worker may be about to take
    it on.
    """

    def __init__(self, name: str, clock: Clock, tools: Tools, active: Iterable[Active]) -> None:
        self._name = name
        self._clock = clock
        self._tools = tools
        self._agenda = Agenda()
        self._seen: dict[str, int] = {}
        self._of_incident: dict[str, set[str]] = {}
        for each in active:
            self._of_incident.setdefault(each.incident_id, set()).add(each.execution_id)
            self._agenda.put(each.execution_id, clock.now())

    def settle(self) -> bool:
        """Record what effects came to."""
        ended = self._tools.hands.ended()
        for effect, outcome in ended:
            counts = self._tools.settling.settle(effect, outcome)
            self._tools.told(Told(effect, outcome, counts))
            self._agenda.put(effect.execution_id, self._clock.now())
        return bool(ended)

    def notice(self, headline: Headline) -> None:
        """Look at an execution to which something happened, or to its incident."""
        now = self._clock.now()
        if headline.topic == _CLOSED:
            self._agenda.put_all(self._of_incident.get(headline.originator_id, ()), now)
        elif headline.topic.startswith(_EXECUTION):
            of = headline.originator_id
            if headline.version > self._seen.get(of, 0):
                self._agenda.put(of, now + courtesy(self._name, of))

    def work(self) -> bool:
        """Take on what is due, but look up every now and then to see what else there is."""
        took = False
        until = self._clock.now() + _TURN
        while (now := self._clock.now()) < until and (of := self._agenda.take(now)):
            took = self._take_on_one(of) or took
        return took

    @property
    def busy(self) -> bool:
        """Whether an effect is being performed."""
        return self._tools.hands.busy

    @property
    def next_at(self) -> datetime | None:
        """When an execution has to be looked at next."""
        return self._agenda.next_at

    def _take_on_one(self, of: str) -> bool:
        may_begin = self._tools.hands.free > 0
        standing = self._tools.stepping.take_on(of, may_begin=may_begin)
        moved = standing.version > self._seen.get(of, 0)
        self._seen[of] = standing.version
        if standing.over:
            self._seen.pop(of)
            self._of_incident.get(standing.incident_id, set()).discard(of)
            return moved
        self._of_incident.setdefault(standing.incident_id, set()).add(of)
        if standing.effect is not None:
            self._tools.told(Told(standing.effect))
            self._tools.hands.begin(standing.effect)
        if standing.look_again is not None:
            self._agenda.put(of, max(standing.look_again, self._clock.now() + _TURN))
        return moved
