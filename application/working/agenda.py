"""Which executions a worker has to look at, and when."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heapify, heappop, heappush


@dataclass(slots=True)
class Agenda:
    """Executions by the time at which they are looked at next; of two times the earlier counts."""

    _due: dict[str, datetime] = field(default_factory=dict)
    _heap: list[tuple[datetime, str]] = field(default_factory=list)

    def put(self, of: str, at: datetime) -> None:
        """Look at an execution then, or earlier if that was planned."""
        if of not in self._due or at < self._due[of]:
            self._due[of] = at
            heappush(self._heap, (at, of))

    def put_all(self, of_all: Iterable[str], at: datetime) -> None:
        """Look at several executions at one time."""
        for of in of_all:
            self.put(of, at)

    def drop(self, of: str) -> None:
        """Forget about one."""
        self._due.pop(of, None)

    def take(self, now: datetime) -> str | None:
        """Give an execution that is due, and forget it until it is put again."""
        self._drop_outdated()
        if not self._heap or self._heap[0][0] > now:
            return None
        _, of = heappop(self._heap)
        del self._due[of]
        return of

    @property
    def next_at(self) -> datetime | None:
        """When something is due next."""
        self._drop_outdated()
        return self._heap[0][0] if self._heap else None

    def _drop_outdated(self) -> None:
        while self._heap and self._due.get(self._heap[0][1]) != self._heap[0][0]:
            heappop(self._heap)
        if len(self._heap) > 2 * len(self._due) + 64:
            self._heap = [(at, of) for of, at in self._due.items()]
            heapify(self._heap)
