"""What a detector remembers of one rule: its keys' windows, its openings, its place in time."""

from array import array
from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import timedelta
from heapq import nsmallest

from domain.detection.memory import Cutoff, Mark, Memory
from domain.detection.rule import Rule
from domain.detection.window import Episode, KeyState, Limits, new_times

HOUR = 3_600_000_000
DAY = 24 * HOUR
RECENT = 32
SWEEP_EVERY = 4096
_MICROSECOND = timedelta(microseconds=1)
_LET_GO_SHARE = 16


def limits_of(rule: Rule) -> Limits | None:
    """Give a rule's limits; None for one that opens an incident for every signal."""
    threshold, correlate = rule.detection.threshold, rule.detection.correlate
    if threshold is None and correlate is None:
        return None
    window = threshold.length if threshold else None
    within = correlate.length if correlate else window
    assert within is not None  # noqa: S101 - one of both is there
    return Limits(
        count=threshold.count if threshold else 1,
        window=(window or within) // _MICROSECOND,
        within=within // _MICROSECOND,
    )


class RuleState:
    """The windows, episodes and openings of one rule in one source.

    Its watermark is the earliest of its last 32 signal times, so that one clock gone wrong
    cannot end everybody's windows.
    """

    def __init__(self, rule: Rule, mark: Mark | None = None) -> None:
        self.limits = limits_of(rule)
        self.limit = rule.limit
        self.arrivals = mark.arrivals if mark else 0
        self.swept = mark.swept if mark else 0
        self._recent = deque(mark.recent if mark else (), maxlen=RECENT)
        self._keys: dict[str, array[int] | KeyState] = {}
        self._openings: array[int] = new_times()
        self._openings_of: dict[str, array[int]] = {}
        # The newest opening, and below it those that are the newest once it is forgotten.
        self._newest: list[tuple[int, str]] = []

    def mark(self, rule_id: str) -> Mark:
        """Give the state's own part, to be remembered."""
        return Mark(rule_id, self.arrivals, self.swept, tuple(self._recent))

    def arrive(self, at: int) -> None:
        """Take notice of the next signal's time."""
        self.arrivals += 1
        self._recent.append(at)

    @property
    def watermark(self) -> int:
        """The time behind which, by a horizon, windows and episodes are forgotten."""
        return min(self._recent)

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, key: str) -> bool:
        return key in self._keys

    def __getitem__(self, key: str) -> KeyState:
        state = self._keys.get(key)
        if state is None:
            return KeyState(new_times())
        return state if isinstance(state, KeyState) else KeyState(state)

    def __setitem__(self, key: str, state: KeyState) -> None:
        if state.episodes:
            self._keys[key] = state
        elif state.times:
            self._keys[key] = state.times
        else:
            self._keys.pop(key, None)

    def episodes(self) -> Iterator[tuple[str, Episode]]:
        """Give every open episode with its key."""
        for key, state in self._keys.items():
            if isinstance(state, KeyState):
                for episode in state.episodes:
                    yield key, episode

    # Openings.

    def opened(self, key: str, at: int, incident_id: str) -> None:
        """Remember that an incident was opened."""
        insort(self._openings, at)
        insort(self._openings_of.setdefault(key, new_times()), at)
        while self._newest and self._newest[-1][0] <= at:
            self._newest.pop()
        self._newest.append((at, incident_id))

    @property
    def newest_incident(self) -> str | None:
        """The incident that was opened last, of those that are remembered."""
        return self._newest[-1][1] if self._newest else None

    def moved(self, before: str, after: str) -> list[str]:
        """Take one incident for another from here on; name the keys with episodes of it."""
        self._newest = [
            (at, after if incident_id == before else incident_id)
            for at, incident_id in self._newest
        ]
        keys = []
        for key, episode in self.episodes():
            if episode.incident_id == before:
                episode.incident_id = after
                keys.append(key)
        return keys

    def may_open(self, at: int) -> bool:
        """Say whether one more opening leaves every hour of signal time within the limit."""
        openings = self._openings
        after = openings[bisect_right(openings, at) : bisect_left(openings, at + HOUR)]
        return all(
            bisect_right(openings, end) - bisect_right(openings, end - HOUR) < self.limit
            for end in (at, *after)
        )

    def related(self, key: str, at: int) -> int:
        """Count the incidents of a key in the 24 hours before a time, that time included."""
        openings = self._openings_of.get(key, self._openings[:0])
        return bisect_right(openings, at) - bisect_right(openings, at - DAY)

    # Forgetting.

    def sweep_is_due(self) -> bool:
        """Say whether so many signals came since the last sweep that one costs little."""
        return self.arrivals - self.swept >= max(SWEEP_EVERY, len(self._keys))

    def sweep(self) -> Cutoff:
        """Forget what is over in every key, so that idle keys cost nothing; say up to when."""
        self.swept = self.arrivals
        watermark = self.watermark
        over = Cutoff(watermark - (self.limits.horizon if self.limits else 0), watermark - 2 * DAY)
        for key in [key for key, oldest in self._oldest() if oldest <= over.windows]:
            state = self[key]
            state.forget_times(over.windows)
            state.end_episodes(over.windows)
            self[key] = state
        self._forget_openings(over.openings)
        return over

    def _forget_openings(self, cutoff: int) -> None:
        del self._openings[: bisect_right(self._openings, cutoff)]
        for key, openings in list(self._openings_of.items()):
            del openings[: bisect_right(openings, cutoff)]
            if not openings:
                del self._openings_of[key]
        while self._newest and self._newest[-1][0] <= cutoff:
            self._newest.pop()

    def let_go(self) -> list[str]:
        """Let the idlest sixteenth of the keys go, and name them."""
        count = max(1, len(self._keys) // _LET_GO_SHARE)
        idlest = [key for _, key in nsmallest(count, self._by_idleness())]
        for key in idlest:
            del self._keys[key]
        return idlest

    def _oldest(self) -> Iterator[tuple[str, int]]:
        for key, state in self._keys.items():
            yield key, state.oldest if isinstance(state, KeyState) else state[0]

    def _by_idleness(self) -> Iterator[tuple[int, str]]:
        for key, state in self._keys.items():
            yield state.newest if isinstance(state, KeyState) else state[-1], key


def restored(rules: Iterable[Rule], memory: Memory) -> dict[str, RuleState]:
    """Give the states of rules as they were remembered; what no rule needs is left out."""
    marks = {mark.rule_id: mark for mark in memory.marks}
    states = {rule.id: RuleState(rule, marks.get(rule.id)) for rule in rules}
    windowed = {rule_id: state for rule_id, state in states.items() if state.limits is not None}
    for rule_id, key, at in memory.pending:
        if rule_id in windowed:
            state = windowed[rule_id][key]
            insort(state.times, at)
            windowed[rule_id][key] = state
    for row in sorted(memory.episodes, key=lambda episode: episode.first):
        if row.rule_id in windowed:
            state = windowed[row.rule_id][row.key]
            state.episodes.append(Episode(row.first, row.last, row.incident_id, row.overflow))
            windowed[row.rule_id][row.key] = state
    # One signal can open several incidents, the earliest first.
    for opened in sorted(memory.opened, key=lambda opened: (opened.arrival, opened.at)):
        if opened.rule_id in states:
            states[opened.rule_id].opened(opened.key, opened.at, opened.incident_id)
    return states
