"""From matching signals to detections: incidents to open, and signals to attach to open ones.

A pure function of the rules and of one source's signals in the order of reading. It uses the
signals' own times, never the clock, so that the same log gives the same incidents in any batch
size and after any crash.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from domain.detection.memory import (
    Memory,
    MemoryChanges,
    OpenedIncident,
    OpenEpisode,
    PendingSignal,
    PendingSignals,
)
from domain.detection.pending import PendingBuffer
from domain.detection.rule import Rule
from domain.detection.rule_state import RuleState, restored
from domain.detection.window import (
    Episode,
    KeyState,
    Limits,
    Opening,
    Span,
    count_in,
    episode_of,
    find_opening,
    join,
    open_episode,
)
from domain.signal import Signal, Value, lookup

KEY_LIMIT = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_JSON = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Opened:
    """An incident to open: the signal at which the threshold held, and all that led there."""

    rule: Rule
    key: str
    incident_id: str
    opening: Signal
    in_window: int
    signals: tuple[Signal, ...]
    related: int


@dataclass(frozen=True, slots=True)
class Attached:
    """Signals for an incident that is there; overflow if the rule had reached its limit."""

    rule: Rule
    key: str
    incident_id: str
    signals: tuple[Signal, ...]
    overflow: bool


Detection = Opened | Attached
Naming = Callable[[Rule, str, Signal], str]


def correlation_key(rule: Rule, signal: Signal) -> str:
    """Give the key by which a rule's signals belong together, as JSON; empty for no correlation.

    Signals without the field belong together, under the key `null`, so that none is lost.
    """
    if rule.detection.correlate is None:
        return ""
    values = [_same(value) for value in lookup(signal, rule.detection.correlate.field)]
    value = values[0] if len(values) == 1 else (values or None)
    return _JSON.encode(value)


def _same(value: Value) -> Value:
    # 5 and 5.0 are equal, so they are one key.
    return int(value) if isinstance(value, float) and value.is_integer() else value


def micros(at: datetime) -> int:
    """Give a time as whole microseconds since the epoch."""
    return (at - _EPOCH) // _MICROSECOND


@dataclass(slots=True)
class _Arrival:
    rule: Rule
    state: RuleState
    key: str
    at: int
    signal: Signal

    @property
    def of(self) -> tuple[str, str]:
        return self.rule.id, self.key

    @property
    def row(self) -> PendingSignal:
        return PendingSignal(*self.of, self.at, self.state.arrivals, self.signal)


class Detector:
    """Detects incidents among the matching signals of one source.

    `naming` gives the id of the incident that a rule, key and opening signal make; `saved` the
    content of pending signals that were saved. At `key_limit` open keys a rule lets its idlest
    keys go, and `changes` says how many.
    """

    def __init__(
        self,
        rules: Iterable[Rule],
        naming: Naming,
        saved: PendingSignals,
        memory: Memory | None = None,
        key_limit: int = KEY_LIMIT,
    ) -> None:
        self._naming = naming
        self._pending = PendingBuffer(saved)
        self._key_limit = key_limit
        self._states = restored(rules, memory or Memory())
        self._forget_changes()

    # Observing.

    def observe(self, rule: Rule, signal: Signal) -> list[Detection]:
        """Take the next signal that matches a rule; give what it brings about, mostly nothing."""
        state = self._states[rule.id]
        arrival = _Arrival(
            rule, state, correlation_key(rule, signal), micros(signal.timestamp), signal
        )
        state.arrive(arrival.at)
        self._marked.add(rule.id)
        if state.limits is None:
            alone = Opening(arrival.at, 1, Span(arrival.at, arrival.at))
            found = [self._open(arrival, alone, [arrival.row])]
        else:
            found = self._place(arrival, state.limits)
        if state.sweep_is_due():
            self._sweep(rule.id, state)
        return found

    def _place(self, arrival: _Arrival, limits: Limits) -> list[Detection]:
        windows = self._windows_of(arrival, limits)
        found: list[Detection] = []
        episode = episode_of(windows, limits, arrival.at)
        if episode is not None:
            found.append(self._attach(arrival, limits, windows, episode))
        if episode is None and limits.opens_at_once and not windows.times:
            # The same as below, without waiting first.
            alone = Opening(arrival.at, 1, Span(arrival.at, arrival.at))
            found.append(self._begin_episode(arrival, windows, alone, [arrival.row]))
        elif episode is None or limits.spans_episodes:
            if not windows.times:
                self._pending.begin(*arrival.of)
            self._pending.add(arrival.row)
            if count_in(windows, limits, arrival.at):
                self._pending.retain(*arrival.of, limits.most_times)
            found.extend(self._open_all(arrival, limits, windows))
        arrival.state[arrival.key] = windows
        return found

    def _windows_of(self, arrival: _Arrival, limits: Limits) -> KeyState:
        state, key = arrival.state, arrival.key
        if key not in state and len(state) >= self._key_limit:
            self._let_go(arrival.rule.id, state)
        windows = state[key]
        cutoff = state.watermark - limits.horizon
        if windows.forget_times(cutoff):
            self._pending.forget(*arrival.of, cutoff)
        if windows.end_episodes(cutoff):
            self._episodes_changed.add(arrival.of)
        return windows

    def _attach(
        self, arrival: _Arrival, limits: Limits, windows: KeyState, episode: Episode
    ) -> Attached:
        bridged = join(windows, limits, episode, arrival.at)
        rows = self._take(arrival, limits, bridged) if bridged else []
        signals = (*[row.signal for row in rows], arrival.signal)
        self._episodes_changed.add(arrival.of)
        return Attached(arrival.rule, arrival.key, episode.incident_id, signals, episode.overflow)

    def _open_all(
        self, arrival: _Arrival, limits: Limits, windows: KeyState
    ) -> Iterable[Detection]:
        while opening := find_opening(windows, limits, arrival.at):
            rows = self._take(arrival, limits, opening.taken)
            yield self._begin_episode(arrival, windows, opening, rows)

    def _begin_episode(
        self, arrival: _Arrival, windows: KeyState, opening: Opening, rows: Sequence[PendingSignal]
    ) -> Detection:
        found = self._open(arrival, opening, rows)
        first, last = opening.taken.low, opening.taken.high
        overflow = isinstance(found, Attached)
        limits = arrival.state.limits
        assert limits is not None  # noqa: S101 - without limits there are no episodes
        open_episode(windows, limits, Episode(first, last, found.incident_id, overflow))
        self._episodes_changed.add(arrival.of)
        return found

    def _take(self, arrival: _Arrival, limits: Limits, span: Span) -> list[PendingSignal]:
        # Where windows span episodes, attached signals are counted on.
        take = self._pending.within if limits.spans_episodes else self._pending.take
        return take(*arrival.of, span)

    def _open(
        self, arrival: _Arrival, opening: Opening, rows: Sequence[PendingSignal]
    ) -> Opened | Attached:
        state, rule, key, at = arrival.state, arrival.rule, arrival.key, opening.at
        signals = tuple(row.signal for row in rows)
        if not state.may_open(at):
            newest = state.newest_incident
            assert newest is not None  # noqa: S101 - the limit was reached, so one was opened
            return Attached(rule, key, newest, signals, overflow=True)
        signal = [row.signal for row in rows if row.at == at][-1]
        incident_id = self._naming(rule, key, signal)
        related = state.related(key, at)
        state.opened(key, at, incident_id)
        self._changes.opened.append(OpenedIncident(rule.id, key, at, state.arrivals, incident_id))
        return Opened(rule, key, incident_id, signal, opening.in_window, signals, related)

    def moved(self, rule_id: str, before: str, after: str) -> None:
        """Attach what comes to another incident than before, which was closed."""
        keys = self._states[rule_id].moved(before, after)
        self._episodes_changed.update((rule_id, key) for key in keys)
        self._changes.moved.append((rule_id, before, after))

    # Forgetting.

    def _sweep(self, rule_id: str, state: RuleState) -> None:
        over = state.sweep()
        self._pending.sweep(rule_id, over)
        self._changes.opened = [
            opened
            for opened in self._changes.opened
            if opened.rule_id != rule_id or opened.at > over.openings
        ]

    def _let_go(self, rule_id: str, state: RuleState) -> None:
        idlest = state.let_go()
        for key in idlest:
            self._pending.forget(rule_id, key)
            self._episodes_changed.add((rule_id, key))
        self._changes.let_go[rule_id] = self._changes.let_go.get(rule_id, 0) + len(idlest)

    # Remembering.

    def changes(self) -> MemoryChanges:
        """Give what has to be saved together with the detections since the last save."""
        changes = self._changes
        self._pending.changed(changes)
        changes.marks = [self._states[rule_id].mark(rule_id) for rule_id in sorted(self._marked)]
        changes.episodes = {
            (rule_id, key): tuple(
                OpenEpisode(
                    rule_id, key, episode.first, episode.last, episode.incident_id, episode.overflow
                )
                for episode in self._states[rule_id][key].episodes
            )
            for rule_id, key in sorted(self._episodes_changed)
        }
        return changes

    def saved(self) -> None:
        """Take notice that the changes are saved."""
        self._pending.saved()
        self._forget_changes()

    def _forget_changes(self) -> None:
        self._changes = MemoryChanges()
        self._marked: set[str] = set()
        self._episodes_changed: set[tuple[str, str]] = set()
