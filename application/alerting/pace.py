"""How fast messages may go to one channel: a limit, a circuit breaker, and what is gathered."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from domain.alerting.channel import Digest, Grouping, Limit
from domain.alerting.digest import digest_after

_FAILURES_TO_OPEN = 5
_FIRST_PAUSE = timedelta(seconds=15)
_LONGEST_PAUSE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A delivery that waits. Those of one `key`, which is its incident, go one after the other.

    `is_new`: it tells of an incident for the first time, and may go out in a summary; `is_alone`:
    it is never part of another message.
    """

    id: str
    key: str
    planned_at: datetime
    is_new: bool = False
    is_alone: bool = False


@dataclass(slots=True)
class Breaker:
    """A circuit breaker: after some failures in a row nothing is sent for a while, but one try."""

    failures: int = 0
    since: datetime | None = None
    open_until: datetime | None = None

    def note(self, *, success: bool, now: datetime) -> None:
        """Learn how a try ended."""
        if success:
            self.failures, self.since, self.open_until = 0, None, None
            return
        self.failures += 1
        self.since = self.since or now
        if self.failures >= _FAILURES_TO_OPEN:
            doublings = min(self.failures - _FAILURES_TO_OPEN, 10)
            self.open_until = now + min(_FIRST_PAUSE * 2**doublings, _LONGEST_PAUSE)

    def blocks(self, now: datetime) -> bool:
        """Say whether nothing may be tried now."""
        return self.open_until is not None and now < self.open_until


@dataclass(slots=True)
class Pace:
    """When messages were sent lately, to keep to a limit."""

    limit: Limit | None
    _sent: deque[datetime] = field(default_factory=deque)

    def note(self, now: datetime) -> None:
        """Learn that a message is being sent."""
        if self.limit is not None:
            self._sent.append(now)
            while len(self._sent) > self.limit.messages:
                self._sent.popleft()

    def free_at(self) -> datetime | None:
        """Say when the next message may go; None for at once."""
        if self.limit is None or len(self._sent) < self.limit.messages:
            return None
        return self._sent[0] + self.limit.length


class Basket(Protocol):
    """Where messages are put that go out together."""

    def takes(self, waiting: Waiting, now: datetime) -> bool:
        """Say whether a message that could go now is to be put here instead."""
        ...

    def put(self, waiting: Waiting, now: datetime) -> None:
        """Put a message here."""
        ...

    def forget(self, waiting: Waiting) -> None:
        """Take a message out that needs no sending any more."""
        ...

    def sent(self, waiting: Waiting, now: datetime) -> None:
        """Learn that a message goes out by itself."""
        ...

    def empty(self, now: datetime) -> list[Waiting]:
        """Give what goes out together now, if it is time."""
        ...

    @property
    def due_at(self) -> datetime | None:
        """When it is emptied next; None while it is empty."""
        ...


class StormBasket:
    """New incidents beyond a rate: the first summary comes soon, each further one a while later."""

    def __init__(self, grouping: Grouping) -> None:
        self._grouping = grouping
        self._lately: deque[datetime] = deque()
        self._aside: dict[str, Waiting] = {}
        self._since: datetime | None = None
        self._last: datetime | None = None

    def takes(self, waiting: Waiting, now: datetime) -> bool:
        """Take new incidents above the rate, and all that come until the summary goes out."""
        while self._lately and self._lately[0] <= now - self._grouping.length:
            self._lately.popleft()
        return waiting.is_new and (bool(self._aside) or len(self._lately) >= self._grouping.above)

    def put(self, waiting: Waiting, now: datetime) -> None:
        """Put a message aside for the next summary."""
        self._since = self._since or now
        self._aside[waiting.id] = waiting

    def forget(self, waiting: Waiting) -> None:
        """Take a message out."""
        self._aside.pop(waiting.id, None)

    def sent(self, waiting: Waiting, now: datetime) -> None:
        """Count a new incident that is told by itself."""
        if waiting.is_new:
            self._lately.append(now)

    def empty(self, now: datetime) -> list[Waiting]:
        """Give the incidents of the next summary, if it is time."""
        if self.due_at is None or self.due_at > now:
            return []
        found, self._aside = list(self._aside.values()), {}
        self._since, self._last = None, now
        return found

    @property
    def due_at(self) -> datetime | None:
        """When the next summary goes out."""
        if not self._aside or self._since is None:
            return None
        soon = self._since + self._grouping.length / 10
        return max(soon, self._last + self._grouping.length) if self._last else soon


class DigestBasket:
    """All messages until the time of day at which the digest goes out."""

    def __init__(self, digest: Digest) -> None:
        self._digest = digest
        self._aside: dict[str, Waiting] = {}

    def takes(self, waiting: Waiting, now: datetime) -> bool:
        """Take everything but digests themselves, tests, and what was written to somebody."""
        del now
        return not waiting.is_alone

    def put(self, waiting: Waiting, now: datetime) -> None:
        """Put a message aside for the digest."""
        del now
        self._aside[waiting.id] = waiting

    def forget(self, waiting: Waiting) -> None:
        """Take a message out."""
        self._aside.pop(waiting.id, None)

    def sent(self, waiting: Waiting, now: datetime) -> None:
        """Nothing depends on what goes out by itself."""

    def empty(self, now: datetime) -> list[Waiting]:
        """Give the messages of the next digest, if it is time."""
        if self.due_at is None or self.due_at > now:
            return []
        found, self._aside = list(self._aside.values()), {}
        return found

    @property
    def due_at(self) -> datetime | None:
        """When the next digest goes out: it is of the first message after the last one."""
        first = min((each.planned_at for each in self._aside.values()), default=None)
        return digest_after(self._digest, first) if first else None
