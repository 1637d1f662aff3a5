"""Following the log with processes, each from its own bookmark on."""

from collections.abc import Sequence
from typing import Protocol

from application.log import Headline, Headlines
from application.ports import Bookmarks

_BATCH = 1000
# Between them the desks have their turn: what many events lead to must not hold up what is due.
_AT_ONCE = 100


class Process(Protocol):
    """Reacts to events of some topics. To handle one twice is as good as once."""

    @property
    def name(self) -> str: ...

    @property
    def topics(self) -> frozenset[str]: ...

    def handle(self, originator_id: str, version: int) -> None:
        """React to an event."""
        ...


class Following:
    """Reads what is new in the log and has every process react to it.

    Bookmarks move only now and then, after their events are handled: to move one takes as long as
    to save an event, and after a crash it costs no more than that some are handled again.

    `known` is how far the log was when those who are given the events last looked at everything:
    what came since is given to them, even if other workers have moved the bookmarks past it.
    """

    def __init__(
        self,
        log: Headlines,
        bookmarks: Bookmarks,
        processes: Sequence[Process],
        known: int | None = None,
    ) -> None:
        self._log = log
        self._bookmarks = bookmarks
        self._processes = processes
        self._at = {each.name: bookmarks.position(each.name) for each in processes}
        self._kept = dict(self._at)
        known = log.head() if known is None else known
        self._read_to = min([*self._at.values(), known])

    def read(self) -> Sequence[Headline]:
        """Handle the next events, and give them; none if there are none for now."""
        found = self._log.headlines(self._read_to, _AT_ONCE)
        for process in self._processes:
            self._handle(process, found)
        if found:
            self._read_to = found[-1].position
        if any(self._at[name] - kept >= _BATCH for name, kept in self._kept.items()):
            self.keep()
        return found

    def keep(self) -> None:
        """Move the bookmarks to where the processes are."""
        for name, at in self._at.items():
            if at > self._kept[name]:
                self._bookmarks.move(name, at)
        self._kept = dict(self._at)

    def _handle(self, process: Process, found: Sequence[Headline]) -> None:
        for headline in found:
            if headline.position <= self._at[process.name]:
                continue
            if headline.topic in process.topics:
                process.handle(headline.originator_id, headline.version)
            self._at[process.name] = headline.position
