"""Exact sliding windows and episodes of one rule and one correlation key.

All times are whole microseconds since the epoch. A threshold of `count` in `window` holds at a
time t when at least `count` signals lie in the half-open interval (t - window, t]. Signals belong
to one episode while the gap between neighbours is smaller than `within`; an episode opens where
the threshold first holds.
"""

from array import array
from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass, field
from operator import attrgetter

EVER = -(2**63)
FOREVER = 2**63 - 1
TIMES_PER_COUNT = 4


@dataclass(frozen=True, slots=True)
class Limits:
    """A rule's threshold and gap, and what follows from them.

    `horizon` is how far behind the newest signals windows and episodes are remembered: twice the
    longer of both, so that a late signal still finds what it belongs to. `spans_episodes` says
    whether one window can reach over the gap between two episodes, `opens_at_once` whether one
    signal opens an episode. `most_times` is how many times a key remembers at most.
    """

    count: int
    window: int
    within: int
    horizon: int = field(init=False)
    spans_episodes: bool = field(init=False)
    opens_at_once: bool = field(init=False)
    most_times: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "horizon", 2 * max(self.window, self.within))
        object.__setattr__(self, "spans_episodes", self.within < self.window)
        object.__setattr__(self, "opens_at_once", self.count == 1 and not self.spans_episodes)
        object.__setattr__(self, "most_times", TIMES_PER_COUNT * self.count)


@dataclass(frozen=True, slots=True)
class Span:
    """Times from `low` to `high`, both included."""

    low: int
    high: int


@dataclass(slots=True)
class Episode:
    """An open episode: the span of its signals, and the incident that they are attached to."""

    first: int
    last: int
    incident_id: str
    overflow: bool = False

    def gap_to(self, at: int) -> int:
        """Say how far a time is from the episode; nothing if it lies inside."""
        return max(self.first - at, at - self.last, 0)


@dataclass(slots=True)
class KeyState:
    """What is remembered of a key: times still counted, and open episodes, both oldest first.

    A time outside every episode's span is pending: its signal is attached to nothing yet. No
    pending time is nearer than `within` to an open episode, and no two episodes overlap. Times
    inside an episode are remembered only where windows can span episodes.
    """

    times: "array[int]"
    episodes: list[Episode] = field(default_factory=list)

    def forget_times(self, cutoff: int) -> bool:
        """Let go of the times up to a cutoff; say if there were any."""
        over = bisect_right(self.times, cutoff)
        del self.times[:over]
        return over > 0

    def end_episodes(self, cutoff: int) -> bool:
        """Let go of the episodes that ended at a cutoff or before; say if there were any."""
        over = bisect_right(self.episodes, cutoff, key=_LAST)
        del self.episodes[:over]
        return over > 0

    @property
    def oldest(self) -> int:
        """The time at which something is forgotten first; raises ValueError if nothing is."""
        return min([*self.times[:1], *(episode.last for episode in self.episodes[:1])])

    @property
    def newest(self) -> int:
        """The newest time that is remembered; raises ValueError if nothing is."""
        return max([*self.times[-1:], *(episode.last for episode in self.episodes[-1:])])


@dataclass(frozen=True, slots=True)
class Opening:
    """Where a threshold came to hold: at which time, by how many signals, taking which span."""

    at: int
    in_window: int
    taken: Span


def new_times(times: tuple[int, ...] = ()) -> "array[int]":
    """Give sorted times in their compact form."""
    return array("q", times)


def count_in(state: KeyState, limits: Limits, at: int) -> bool:
    """Add a time to those that are counted; say whether the oldest had to go for it."""
    insort(state.times, at)
    surplus = max(0, len(state.times) - limits.most_times)
    del state.times[:surplus]
    return surplus > 0


def episode_of(state: KeyState, limits: Limits, at: int) -> Episode | None:
    """Find the open episode that a time belongs to: the nearest, of two as near the earlier."""
    nearest, smallest = None, limits.within
    for episode in _neighbours(state, at):
        gap = episode.gap_to(at)
        if gap < smallest:
            nearest, smallest = episode, gap
    return nearest


def join(state: KeyState, limits: Limits, episode: Episode, at: int) -> Span | None:
    """Widen an open episode by a time, and give the span of pending times that this bridges to."""
    if not state.times:
        episode.first, episode.last = min(episode.first, at), max(episode.last, at)
        return None
    if episode.first <= at <= episode.last:
        return None
    joined = _chained(state, limits, Span(at, at))
    if at < episode.first:
        episode.first = joined.low
    else:
        episode.last = joined.high
    return joined if _drop_attached(state, limits, joined) else None


def find_opening(state: KeyState, limits: Limits, at: int) -> Opening | None:
    """Find the earliest pending time, from a newly counted one on, at which the threshold holds.

    A late signal adds to the windows of the signals after it, so all of those are asked.
    """
    times = state.times
    index = bisect_left(times, at)
    while index < len(times) and times[index] < at + limits.window:
        moment = times[index]
        end = _end_of_episode_around(state, moment)
        index = bisect_right(times, moment if end is None else end)
        begin = bisect_right(times, moment - limits.window)
        if end is None and index - begin >= limits.count:
            taken = _taken(state, limits, moment, times[begin])
            return Opening(moment, index - begin, taken)
    return None


def open_episode(state: KeyState, limits: Limits, episode: Episode) -> None:
    """Let an episode begin with the pending times in its span."""
    insort(state.episodes, episode, key=_FIRST)
    _drop_attached(state, limits, Span(episode.first, episode.last))


def _taken(state: KeyState, limits: Limits, moment: int, window_begin: int) -> Span:
    """Give the span of the window's pending times that no earlier episode is among or after."""
    low = max(window_begin, _room_around(state, moment).low)
    earliest = state.times[bisect_left(state.times, low)]
    return _chained(state, limits, Span(earliest, moment))


def _chained(state: KeyState, limits: Limits, span: Span) -> Span:
    """Widen a span, at whose ends no episode is, to all pending times chained to it."""
    times, low, high = state.times, span.low, span.high
    room = _room_around(state, high)
    index = bisect_left(times, low) - 1
    while index >= 0 and low - times[index] < limits.within and times[index] >= room.low:
        low = times[index]
        index -= 1
    index = bisect_right(times, high)
    while index < len(times) and times[index] - high < limits.within and times[index] <= room.high:
        high = times[index]
        index += 1
    return Span(low, high)


def _room_around(state: KeyState, at: int) -> Span:
    """Give the times between the episodes before and after a time that is in none."""
    index = bisect_right(state.episodes, at, key=_FIRST)
    low = state.episodes[index - 1].last + 1 if index else EVER
    high = state.episodes[index].first - 1 if index < len(state.episodes) else FOREVER
    return Span(low, high)


def _neighbours(state: KeyState, at: int) -> list[Episode]:
    index = bisect_right(state.episodes, at, key=_FIRST)
    return state.episodes[max(0, index - 1) : index + 1]


def _end_of_episode_around(state: KeyState, at: int) -> int | None:
    for episode in _neighbours(state, at):
        if episode.first <= at <= episode.last:
            return episode.last
    return None


def _drop_attached(state: KeyState, limits: Limits, span: Span) -> bool:
    """Count the times of a span no longer where windows end with episodes; say if it has any."""
    low, high = bisect_left(state.times, span.low), bisect_right(state.times, span.high)
    if not limits.spans_episodes:
        del state.times[low:high]
    return low < high


_FIRST = attrgetter("first")
_LAST = attrgetter("last")
