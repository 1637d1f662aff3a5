"""The signals that wait in windows: those not yet saved, and through them those that are."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import attrgetter

from domain.detection.memory import Cutoff, MemoryChanges, PendingSignal, PendingSignals
from domain.detection.window import EVER, FOREVER, Span

Of = tuple[str, str]
"""A rule's id and a correlation key."""

_AT = attrgetter("at")
_ARRIVAL = attrgetter("arrival")
_AGE = attrgetter("at", "arrival")
_ALWAYS = Span(EVER, FOREVER)


@dataclass(slots=True)
class _Unsaved:
    """What happened to a key since the last save.

    Saved rows are gone up to `over` and in `taken`; `added` ones, oldest first, came; and only
    the newest `retained` of all are left, if that is said. `is_new`: no row was saved.
    """

    added: list[PendingSignal] = field(default_factory=list)
    over: int = EVER
    taken: list[Span] = field(default_factory=list)
    retained: int | None = None
    is_new: bool = False

    def forget(self, cutoff: int) -> None:
        del self.added[: bisect_right(self.added, cutoff, key=_AT)]
        self.over = max(self.over, cutoff)

    def added_in(self, span: Span) -> slice:
        low = bisect_left(self.added, span.low, key=_AT)
        return slice(low, bisect_right(self.added, span.high, key=_AT))

    def has_taken(self, at: int) -> bool:
        return at <= self.over or any(span.low <= at <= span.high for span in self.taken)


class PendingBuffer:
    """Pending signals since the last save, in front of the saved ones.

    It follows a key's times in memory exactly, so that the rows after a save are those times.
    """

    def __init__(self, saved: PendingSignals) -> None:
        self._saved = saved
        self.saved()

    # Changing.

    def begin(self, rule_id: str, key: str) -> None:
        """Take notice that nothing of a key waits. If nothing befell it yet, no row was saved."""
        self._unsaved.setdefault((rule_id, key), _Unsaved(is_new=True))

    def add(self, pending: PendingSignal) -> None:
        """Let a signal wait."""
        insort(self._of(pending.rule_id, pending.key).added, pending, key=_AT)

    def retain(self, rule_id: str, key: str, newest: int) -> None:
        """Let only the newest of a key wait on; of equal times the later arrivals are newer."""
        unsaved = self._of(rule_id, key)
        if not unsaved.is_new:
            unsaved.retained = newest
        del unsaved.added[: max(0, len(unsaved.added) - newest)]

    def forget(self, rule_id: str, key: str, cutoff: int = FOREVER) -> None:
        """Let the signals up to a cutoff wait no longer."""
        self._of(rule_id, key).forget(cutoff)

    def sweep(self, rule_id: str, cutoff: Cutoff) -> None:
        """Let the signals of all keys of a rule up to a cutoff wait no longer."""
        for (of_rule, _), unsaved in self._unsaved.items():
            if of_rule == rule_id:
                unsaved.forget(cutoff.windows)
        earlier = self._swept.get(rule_id, cutoff)
        self._swept[rule_id] = Cutoff(
            max(earlier.windows, cutoff.windows), max(earlier.openings, cutoff.openings)
        )

    def take(self, rule_id: str, key: str, span: Span) -> list[PendingSignal]:
        """Let the signals of a span wait no longer; give them in order of arrival."""
        unsaved = self._of(rule_id, key)
        rows = self.within(rule_id, key, span)
        if unsaved.retained is not None:
            # Which are the newest is said of all that there are: write down who that is now.
            added = self._rows(rule_id, key, _ALWAYS)
            unsaved = self._unsaved[rule_id, key] = _Unsaved(added, over=FOREVER)
        del unsaved.added[unsaved.added_in(span)]
        unsaved.taken.append(span)
        return rows

    # Reading.

    def within(self, rule_id: str, key: str, span: Span) -> list[PendingSignal]:
        """Give the pending signals of a key in a span, in order of arrival."""
        return sorted(self._rows(rule_id, key, span), key=_ARRIVAL)

    def _rows(self, rule_id: str, key: str, span: Span) -> list[PendingSignal]:
        unsaved = self._of(rule_id, key)
        if unsaved.retained is None:
            return self._all_rows(rule_id, key, span)
        newest = self._all_rows(rule_id, key, _ALWAYS)[-unsaved.retained :]
        return [row for row in newest if span.low <= row.at <= span.high]

    def _all_rows(self, rule_id: str, key: str, span: Span) -> list[PendingSignal]:
        unsaved, swept = self._of(rule_id, key), self._swept.get(rule_id)
        added = unsaved.added[unsaved.added_in(span)]
        if unsaved.is_new:
            return sorted(added, key=_AGE)
        over = swept.windows if swept else EVER
        saved = [
            row
            for row in self._saved.within(rule_id, key, span)
            if row.at > over and not unsaved.has_taken(row.at)
        ]
        return sorted([*saved, *added], key=_AGE)

    # Saving.

    def changed(self, changes: MemoryChanges) -> None:
        """Tell what changed since the last save."""
        changes.forgotten_before = dict(self._swept)
        changes.taken = [
            (*of, span) for of, unsaved in self._unsaved.items() for span in _spans(unsaved)
        ]
        changes.added = [row for unsaved in self._unsaved.values() for row in unsaved.added]
        changes.retained = {
            of: unsaved.retained
            for of, unsaved in self._unsaved.items()
            if unsaved.retained is not None
        }

    def saved(self) -> None:
        """Begin anew: all that changed is saved."""
        self._unsaved: dict[Of, _Unsaved] = {}
        self._swept: dict[str, Cutoff] = {}

    def _of(self, rule_id: str, key: str) -> _Unsaved:
        unsaved = self._unsaved.get((rule_id, key))
        if unsaved is None:
            unsaved = self._unsaved[rule_id, key] = _Unsaved()
        return unsaved


def _spans(unsaved: _Unsaved) -> Iterable[Span]:
    if unsaved.is_new:
        return
    if unsaved.over > EVER:
        yield Span(EVER, unsaved.over)
    if unsaved.over < FOREVER:
        yield from unsaved.taken
