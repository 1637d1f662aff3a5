"""The signals of an incident: the first hundred in full, of the rest a tally and a digest."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Self

from pydantic import AwareDatetime, BaseModel, ConfigDict

from domain.signal import Signal

KEPT_IN_FULL = 100


class Tally(BaseModel):
    """How many signals an incident has, from when to when, and a digest of those not kept.

    `digest` is a SHA-256 hash chain, in hex, over the ids of the signals beyond the first
    hundred, in the order in which they were read: each link hashes the link before and the id.
    It is empty while there are none. `overflow` counts the signals that would have opened
    incidents of their own, had the rule not reached its limit.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    count: int
    first_at: AwareDatetime
    last_at: AwareDatetime
    digest: str = ""
    overflow: int = 0

    @classmethod
    def of(cls, signals: Sequence[Signal]) -> Self:
        """Tally the signals, at least one, that an incident begins with."""
        first, *others = signals
        tally = cls(count=1, first_at=first.timestamp, last_at=first.timestamp)
        return tally.with_signals(others) if others else tally

    def with_signals(self, signals: Iterable[Signal], *, overflow: bool = False) -> Self:
        """Count more signals."""
        count, first_at, last_at, digest = self.count, self.first_at, self.last_at, self.digest
        for signal in signals:
            if count >= KEPT_IN_FULL:
                digest = chained(digest, signal.id)
            count += 1
            first_at, last_at = min(first_at, signal.timestamp), max(last_at, signal.timestamp)
        return self.model_copy(
            update={
                "count": count,
                "first_at": first_at,
                "last_at": last_at,
                "digest": digest,
                "overflow": self.overflow + (count - self.count if overflow else 0),
            }
        )


def chained(digest: str, signal_id: str) -> str:
    """Add a link to a hash chain of signal ids."""
    return sha256(f"{digest}\n{signal_id}".encode()).hexdigest()


def is_worth_recording(recorded: Tally, running: Tally) -> bool:
    """Say whether enough signals came since the last event for another one.

    Signals that are kept in full are recorded at once; of the rest a storm records ever larger
    batches, so that its events grow with the logarithm of its signals.
    """
    new = running.count - recorded.count
    return new > 0 and (recorded.count < KEPT_IN_FULL or new >= max(100, recorded.count // 4))


class Unrecorded(BaseModel):
    """Signals that an incident has and no event records yet: `running` counts on from `base`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base: Tally
    running: Tally

    def onto(self, recorded: Tally) -> Tally:
        """Give the tally with these signals, even if others were recorded in the meantime."""
        if recorded == self.base:
            return self.running
        return Tally(
            count=recorded.count + self.running.count - self.base.count,
            first_at=min(recorded.first_at, self.running.first_at),
            last_at=max(recorded.last_at, self.running.last_at),
            digest=chained(recorded.digest, self.running.digest),
            overflow=recorded.overflow + self.running.overflow - self.base.overflow,
        )
