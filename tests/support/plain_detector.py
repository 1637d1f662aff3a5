"""What detection means, in the plainest way: lists of signals, searched from end to end.

The detector must agree with this on every history. Nothing is saved and nothing is fast here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain.detection.detector import (
    Attached,
    Detection,
    Naming,
    Opened,
    correlation_key,
)
from domain.detection.rule import Rule
from domain.signal import Signal

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Bounds:
    """What the detector may remember at most, and how often it sweeps."""

    recent: int = 32
    sweep_every: int = 4096
    times_per_count: int = 4
    key_limit: int = 1_000_000


@dataclass
class Episode:
    first: datetime
    last: datetime
    incident_id: str
    overflow: bool

    def gap(self, at: datetime) -> timedelta:
        return max(self.first - at, at - self.last, timedelta())


@dataclass
class Seen:
    """A signal that is remembered. While it is not attached, it is pending."""

    at: datetime
    arrival: int
    signal: Signal
    attached: bool = False


@dataclass
class Key:
    seen: list[Seen] = field(default_factory=list)
    episodes: list[Episode] = field(default_factory=list)

    def pending(self) -> list[Seen]:
        return [one for one in self.seen if not one.attached]

    def newest(self) -> datetime:
        return max([*(one.at for one in self.seen), *(episode.last for episode in self.episodes)])


@dataclass
class Opening:
    at: datetime
    arrival: int
    key: str
    incident_id: str


@dataclass
class RuleMemory:
    arrivals: int = 0
    swept: int = 0
    recent: list[datetime] = field(default_factory=list)
    keys: dict[str, Key] = field(default_factory=dict)
    openings: list[Opening] = field(default_factory=list)


class PlainDetector:
    """Detects incidents among the matching signals of one source."""

    def __init__(self, rules: Iterable[Rule], naming: Naming, bounds: Bounds | None = None) -> None:
        self.naming = naming
        self.bounds = bounds or Bounds()
        self.memory = {rule.id: RuleMemory() for rule in rules}
        self.forgotten: list[tuple[str, int]] = []
        """Which pending signals of which rule were let go, as (rule, arrival)."""

    def observe(self, rule: Rule, signal: Signal) -> list[Detection]:
        memory = self.memory[rule.id]
        memory.arrivals += 1
        memory.recent = [*memory.recent, signal.timestamp][-self.bounds.recent :]
        new = Seen(signal.timestamp, memory.arrivals, signal)
        if rule.detection.threshold is None and rule.detection.correlate is None:
            found: list[Detection] = [self.open(rule, "", new.at, 1, [new])]
        else:
            found = list(self.place(rule, correlation_key(rule, signal), new))
        memory.keys = {
            key: state for key, state in memory.keys.items() if state.seen or state.episodes
        }
        if memory.arrivals - memory.swept >= max(self.bounds.sweep_every, len(memory.keys)):
            self.sweep(rule)
        return found

    def place(self, rule: Rule, key: str, new: Seen) -> Iterator[Detection]:
        memory = self.memory[rule.id]
        if key not in memory.keys and len(memory.keys) >= self.bounds.key_limit:
            self.let_go(rule)
        state = memory.keys.setdefault(key, Key())
        self.forget(rule, state)
        state.seen.append(new)
        near = [episode for episode in state.episodes if episode.gap(new.at) < within(rule)]
        if near:
            nearest = min(near, key=lambda episode: (episode.gap(new.at), episode.first))
            yield self.attach(rule, key, nearest, new)
        self.keep_newest(rule, state)
        while (moment := self.moment_of_opening(rule, state, new.at)) is not None:
            yield self.open_episode(rule, key, moment)

    # Episodes.

    def attach(self, rule: Rule, key: str, episode: Episode, new: Seen) -> Attached:
        state = self.memory[rule.id].keys[key]
        signals = chained(rule, [new], state.pending())
        episode.first = min(episode.first, *(one.at for one in signals), new.at)
        episode.last = max(episode.last, *(one.at for one in signals), new.at)
        self.mark_attached(rule, state, signals)
        return Attached(rule, key, episode.incident_id, contents(signals), episode.overflow)

    def moment_of_opening(self, rule: Rule, state: Key, at: datetime) -> datetime | None:
        for moment in sorted(one.at for one in state.pending()):
            count = sum(moment - window(rule) < one.at <= moment for one in state.seen)
            if at <= moment < at + window(rule) and count >= threshold(rule):
                return moment
        return None

    def open_episode(self, rule: Rule, key: str, moment: datetime) -> Detection:
        state = self.memory[rule.id].keys[key]
        ends = [episode.last for episode in state.episodes if episode.last < moment]
        free = [one for one in state.pending() if all(one.at > end for end in ends)]
        in_window = [one for one in free if moment - window(rule) < one.at <= moment]
        signals = chained(rule, in_window, free)
        counted = sum(moment - window(rule) < one.at <= moment for one in state.seen)
        found = self.open(rule, key, moment, counted, signals)
        first, last = min(one.at for one in signals), max(one.at for one in signals)
        overflow = isinstance(found, Attached)
        state.episodes.append(Episode(first, last, found.incident_id, overflow))
        self.mark_attached(rule, state, signals)
        return found

    def mark_attached(self, rule: Rule, state: Key, signals: list[Seen]) -> None:
        for one in signals:
            one.attached = True
        if within(rule) >= window(rule):
            # No window reaches from one episode into another: attached signals count no more.
            state.seen = state.pending()

    # Openings.

    def open(
        self, rule: Rule, key: str, at: datetime, in_window: int, signals: list[Seen]
    ) -> Detection:
        memory = self.memory[rule.id]
        if not self.may_open(rule, at):
            newest = memory.openings[-1].incident_id
            return Attached(rule, key, newest, contents(signals), overflow=True)
        opening = max((one for one in signals if one.at == at), key=lambda one: one.arrival).signal
        incident_id = self.naming(rule, key, opening)
        related = sum(at - DAY < one.at <= at for one in memory.openings if one.key == key)
        memory.openings.append(Opening(at, memory.arrivals, key, incident_id))
        return Opened(rule, key, incident_id, opening, in_window, contents(signals), related)

    def may_open(self, rule: Rule, at: datetime) -> bool:
        openings = [at, *(opening.at for opening in self.memory[rule.id].openings)]
        hours = [[one for one in openings if end - HOUR < one <= end] for end in openings]
        return all(len(hour) <= rule.limit for hour in hours if at in hour)

    def moved(self, rule_id: str, before: str, after: str) -> None:
        memory = self.memory[rule_id]
        named: list[Opening | Episode] = list(memory.openings)
        named += [episode for state in memory.keys.values() for episode in state.episodes]
        for one in named:
            if one.incident_id == before:
                one.incident_id = after

    # Forgetting.

    def forget(self, rule: Rule, state: Key) -> None:
        cutoff = min(self.memory[rule.id].recent) - 2 * max(window(rule), within(rule))
        self.let_seen_go(rule, [one for one in state.pending() if one.at <= cutoff])
        state.seen = [one for one in state.seen if one.at > cutoff]
        state.episodes = [episode for episode in state.episodes if episode.last > cutoff]

    def keep_newest(self, rule: Rule, state: Key) -> None:
        in_order = sorted(state.seen, key=lambda one: (one.at, one.arrival))
        kept = in_order[-self.bounds.times_per_count * threshold(rule) :]
        self.let_seen_go(rule, [one for one in state.pending() if one not in kept])
        state.seen = [one for one in state.seen if one in kept]

    def sweep(self, rule: Rule) -> None:
        memory = self.memory[rule.id]
        memory.swept = memory.arrivals
        if rule.detection.threshold is not None or rule.detection.correlate is not None:
            for state in memory.keys.values():
                self.forget(rule, state)
        memory.keys = {
            key: state for key, state in memory.keys.items() if state.seen or state.episodes
        }
        over = min(memory.recent) - 2 * DAY
        memory.openings = [opening for opening in memory.openings if opening.at > over]

    def let_go(self, rule: Rule) -> None:
        keys = self.memory[rule.id].keys
        idlest = sorted(keys, key=lambda key: (keys[key].newest(), key))
        for key in idlest[: max(1, len(keys) // 16)]:
            self.let_seen_go(rule, keys.pop(key).pending())

    def let_seen_go(self, rule: Rule, gone: list[Seen]) -> None:
        self.forgotten += [(rule.id, one.arrival) for one in gone]


def chained(rule: Rule, signals: list[Seen], pending: list[Seen]) -> list[Seen]:
    """Add every pending signal that a chain of small enough gaps leads to."""
    found = list(signals)
    for one in found:
        found += [
            other
            for other in pending
            if other not in found and abs(other.at - one.at) < within(rule)
        ]
    return sorted(found, key=lambda one: one.arrival)


def contents(signals: list[Seen]) -> tuple[Signal, ...]:
    return tuple(one.signal for one in signals)


def threshold(rule: Rule) -> int:
    return rule.detection.threshold.count if rule.detection.threshold else 1


def window(rule: Rule) -> timedelta:
    return rule.detection.threshold.length if rule.detection.threshold else within(rule)


def within(rule: Rule) -> timedelta:
    if rule.detection.correlate is not None:
        return rule.detection.correlate.length
    return window(rule)
