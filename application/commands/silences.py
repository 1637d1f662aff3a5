"""What people do with silences and maintenance windows."""

from base64 import b32encode
from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import sha256

from application.commands.deciding import unopposed
from application.commands.incidents import Order, provenance_of
from application.journal import Journal
from application.ports import Clock
from domain.alerting.errors import UnknownSilenceError
from domain.alerting.silence import Silence
from domain.alerting.silence_definition import SilenceDefinition
from domain.provenance import Act

_Decision = Callable[[Silence, Act], None]
_SHORTEST = 8


class SilenceCommands:
    """The commands on silences. Each raises AlertingError with the reason when it is refused."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self._journal = journal
        self._clock = clock

    def create(self, definition: SilenceDefinition, order: Order) -> Silence:
        """Hold alerts back, once for one order: given again, it gives what it led to before."""

        def attempt() -> Silence:
            silence_id, known = self._place_of(order.id)
            if known is not None:
                return known
            act = Act(provenance_of(order, silence_id), self._clock.now())
            silence = Silence.create(silence_id, definition, act)
            self._journal.commit([silence])
            return silence

        return unopposed(attempt)

    def extend(self, silence_id: str, until: datetime, order: Order) -> Silence:
        """Move the end of a silence, later or earlier."""
        return self._decide(silence_id, order, lambda each, act: each.extend(until, act))

    def end(self, silence_id: str, order: Order) -> Silence:
        """End a silence before its time."""
        return self._decide(silence_id, order, Silence.end)

    def _place_of(self, command_id: str) -> tuple[str, Silence | None]:
        """Give the id of a command's silence, and the silence itself if there is one already."""
        for silence_id in silence_ids_of(command_id):
            known = self._journal.load(Silence, silence_id)
            if known is None or known.command_id == command_id:
                return silence_id, known
        msg = f"two commands with one SHA-256: {command_id}"
        raise AssertionError(msg)

    def _decide(self, silence_id: str, order: Order, decision: _Decision) -> Silence:
        def attempt() -> Silence:
            silence = self._journal.load(Silence, silence_id)
            if silence is None:
                msg = f"there is no silence {silence_id}"
                raise UnknownSilenceError(msg)
            decision(silence, Act(provenance_of(order, silence_id), self._clock.now()))
            self._journal.commit([silence])
            return silence

        return unopposed(attempt)


def silence_ids_of(command_id: str) -> Iterator[str]:
    """Name a silence by the command that made it: `SIL-<base32 of the SHA-256 of the id>`.

    Eight characters are shown, and more only where another silence has the same eight.
    """
    name = b32encode(sha256(command_id.encode()).digest()).decode().rstrip("=")
    for length in range(_SHORTEST, len(name) + 1, 2):
        yield f"SIL-{name[:length]}"
