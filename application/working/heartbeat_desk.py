"""The desk that shows the outside, regularly, that this worker works."""

from datetime import datetime
from typing import Protocol

from application.log import Headline
from application.ports import Clock
from domain.alerting.settings import Heartbeat
from domain.duration import parse_duration


class Pulse(Protocol):
    """Asks for the URL of a heartbeat, without making anybody wait."""

    def beat(self) -> None:
        """Ask for it, unless the last time has not come back yet."""
        ...


class HeartbeatDesk:
    """Lets the pulse beat as long as the worker comes round: one that hangs falls silent."""

    def __init__(self, clock: Clock, heartbeat: Heartbeat, pulse: Pulse) -> None:
        self._clock = clock
        self._every = parse_duration(heartbeat.every)
        self._pulse = pulse
        self._next_at = clock.now()

    def settle(self) -> bool:
        """Nobody waits for an answer to a heartbeat."""
        return False

    def notice(self, headline: Headline) -> None:
        """Nothing that is stored changes a heartbeat."""

    def work(self) -> bool:
        """Beat, if it is time."""
        now = self._clock.now()
        if now >= self._next_at:
            self._pulse.beat()
            self._next_at = now + self._every
        return False

    @property
    def busy(self) -> bool:
        """A heartbeat keeps nobody from stopping."""
        return False

    @property
    def next_at(self) -> datetime | None:
        """When it beats next."""
        return self._next_at
