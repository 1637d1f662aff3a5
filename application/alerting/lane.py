"""A lane: the messages that wait for one channel, in their order, and how fast they may go."""

from collections import deque
from dataclasses import replace
from datetime import datetime

from application.alerting.pace import Basket, Breaker, DigestBasket, Pace, StormBasket, Waiting
from application.working.agenda import Agenda
from domain.alerting.channel import ChannelDefinition
from domain.duration import parse_duration


class Lane:
    """What waits for one channel. It says when something may go, and knows nothing of messages."""

    def __init__(self, channel: ChannelDefinition, at_once: int = 4) -> None:
        self.channel = channel
        self.breaker = Breaker()
        self._pace = Pace(channel.limit)
        self._basket = _basket(channel)
        self._at_once = at_once
        self._in_flight: set[str] = set()
        self._paused_until: datetime | None = None
        self._heads = Agenda()
        self._queues: dict[str, deque[Waiting]] = {}
        self._known: dict[str, Waiting] = {}

    def add(self, waiting: Waiting, at: datetime | None) -> None:
        """Let a delivery wait, not to be looked at before a time; one that is here stays.

        None for one that is being sent already.
        """
        if waiting.id in self._known:
            return
        self._known[waiting.id] = waiting
        queue = self._queues.setdefault(waiting.key, deque())
        queue.append(waiting)
        if len(queue) == 1 and at is not None:
            self._heads.put(waiting.key, at)

    def take(self, now: datetime) -> Waiting | None:
        """Give a delivery that may go now; say `later` or `finish` of it afterwards."""
        while (at := self._head_at()) is not None and at <= now:
            key = self._heads.take(now)
            if key is None:
                return None
            waiting = self._queues[key][0]
            if self._basket is None or not self._basket.takes(waiting, now):
                return waiting
            self._basket.put(waiting, now)
        return None

    def is_free_for(self, waiting: Waiting, now: datetime) -> bool:
        """Say whether a delivery that is not here yet may go at once, and nothing is before it."""
        others = self._heads.next_at
        if waiting.key in self._queues or (others is not None and others <= now):
            return False
        at = self._when_free(now)
        return at == now and not (self._basket and self._basket.takes(waiting, now))

    def together(self, now: datetime) -> list[Waiting]:
        """Give the deliveries that go out in one message now."""
        return self._basket.empty(now) if self._basket else []

    def began(self, waiting: Waiting, now: datetime) -> None:
        """Learn that a delivery is being sent."""
        self._in_flight.add(waiting.id)
        self._pace.note(now)
        if self._basket is not None:
            self._basket.sent(waiting, now)

    def ended(self, delivery_id: str, now: datetime, *, success: bool | None) -> None:
        """Learn that a try has ended; None if that says nothing about the channel."""
        self._in_flight.discard(delivery_id)
        if success is not None:
            self.breaker.note(success=success, now=now)

    def pause(self, until: datetime) -> None:
        """Send nothing before a time, because the other side asked for that."""
        self._paused_until = until

    def later(self, delivery_id: str, at: datetime) -> None:
        """Look at a delivery again, not before a time, or earlier if that was planned."""
        waiting = self._known.get(delivery_id)
        if waiting is None or delivery_id in self._in_flight:
            return
        if self._queues[waiting.key][0] is waiting:
            self._heads.put(waiting.key, at)

    def aside(self, delivery_id: str, at: datetime, now: datetime) -> None:
        """Look at a delivery again, and let those with its key pass it."""
        waiting = self._known.get(delivery_id)
        if waiting is not None and waiting.key != delivery_id:
            self.finish(delivery_id, now)
            self.add(replace(waiting, key=delivery_id), at)
        else:
            self.later(delivery_id, at)

    def behind(self, delivery_id: str, first: str, at: datetime, now: datetime) -> None:
        """Let another delivery go first; if it is not here yet, look again at a time."""
        waiting, other = self._known.get(delivery_id), self._known.get(first)
        if waiting is None or other is None or other.key != waiting.key:
            self.later(delivery_id, at)
            return
        queue = self._queues[waiting.key]
        queue.remove(waiting)
        queue.insert(queue.index(other) + 1, waiting)
        self._heads.put(waiting.key, now)

    def alone(self, delivery_id: str, at: datetime) -> None:
        """Let a delivery go by itself, whatever goes out together."""
        waiting = self._known.get(delivery_id)
        if waiting is None:
            return
        alone = replace(waiting, is_new=False, is_alone=True)
        queue = self._queues[waiting.key]
        queue[queue.index(waiting)] = self._known[delivery_id] = alone
        self.later(delivery_id, at)

    def finish(self, delivery_id: str, now: datetime) -> None:
        """Forget a delivery, and turn to the next one with its key."""
        waiting = self._known.pop(delivery_id, None)
        if waiting is None:
            return
        if self._basket is not None:
            self._basket.forget(waiting)
        queue = self._queues[waiting.key]
        was_first = queue[0] is waiting
        queue.remove(waiting)
        if not queue:
            del self._queues[waiting.key]
            self._heads.drop(waiting.key)
        elif was_first:
            self._heads.put(waiting.key, now)

    def knows(self, delivery_id: str) -> bool:
        """Say whether a delivery waits here."""
        return delivery_id in self._known

    def stir(self, now: datetime) -> None:
        """Look at everything again."""
        for key, queue in self._queues.items():
            if queue[0].id not in self._in_flight:
                self._heads.put(key, now)

    def failing_since(self, now: datetime) -> datetime | None:
        """Say since when the channel has failed, if by now nothing is tried any more."""
        return self.breaker.since if self.breaker.blocks(now) else None

    @property
    def next_at(self) -> datetime | None:
        """When something may go next; None while nothing waits, or all that may be is under way."""
        together = self._basket.due_at if self._basket else None
        return min(filter(None, (self._head_at(), together)), default=None)

    def _head_at(self) -> datetime | None:
        at = self._heads.next_at
        return None if at is None else self._when_free(at)

    def _when_free(self, at: datetime) -> datetime | None:
        """Say when what may go at a time really may; None while all that may be is under way."""
        if len(self._in_flight) >= (1 if self.breaker.since else self._at_once):
            return None
        paces = (at, self._reopens_at(), self._pace.free_at(), self._paused_until)
        return max(filter(None, paces))

    def _reopens_at(self) -> datetime | None:
        """Say when the channel is tried again, or when what waits for it is given up."""
        breaker = self.breaker
        if breaker.open_until is None or breaker.since is None:
            return None
        gives_up_at = breaker.since + parse_duration(self.channel.retry.give_up_after)
        return min(breaker.open_until, gives_up_at)


def _basket(channel: ChannelDefinition) -> Basket | None:
    if channel.digest is not None:
        return DigestBasket(channel.digest)
    return StormBasket(channel.group) if channel.group is not None else None
