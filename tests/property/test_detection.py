"""The detector agrees with the plain meaning on every history, wherever it is saved."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from unittest.mock import patch

from hypothesis import event, given
from hypothesis import strategies as st

from domain.detection import rule_state, window
from domain.detection.detector import Attached, Detection, Detector, Opened, micros
from domain.detection.rule import Rule
from domain.signal import Signal
from tests.support.detection import a_rule, a_signal, named
from tests.support.memory_store import MemoryStore, Rows
from tests.support.plain_detector import Bounds, PlainDetector

INSTANT = timedelta(microseconds=1)
JUMPS = [timedelta(minutes=20), timedelta(hours=1), timedelta(hours=23), timedelta(days=3)]
# All clocks go on, now and then by a jump.
STEPS = [timedelta(seconds=seconds) for seconds in range(9)] * 4 + JUMPS
# Most signals are in time, many are late, and of some the clock went wrong. Whole seconds meet
# the edges of windows, and an instant more or less misses them.
LATE = [timedelta(seconds=-seconds) for seconds in range(1, 21)]
ASIDE = [timedelta()] * 30 + LATE + [INSTANT, -INSTANT] * 2 + JUMPS + [-jump for jump in JUMPS]


@dataclass(frozen=True)
class Observed:
    """The next signal, and the rule that it matches."""

    rule: Rule
    signal: Signal


@dataclass(frozen=True)
class Moved:
    """The newest incident so far was closed, and another continues it."""

    rule: Rule


@dataclass(frozen=True)
class Saved:
    """The changes are saved here, and perhaps the detector is started anew."""

    restart: bool


Step = Observed | Moved | Saved


@dataclass(frozen=True)
class History:
    """Rules, bounds, and what happens in which order."""

    rules: tuple[Rule, ...]
    bounds: Bounds
    steps: tuple[Step, ...]

    @property
    def unsaved(self) -> "History":
        """The same without a save in between."""
        steps = tuple(step for step in self.steps if not isinstance(step, Saved))
        return History(self.rules, self.bounds, steps)


def seconds(most: int) -> st.SearchStrategy[str]:
    return st.integers(1, most).map("{}s".format)


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    threshold = st.fixed_dictionaries({"count": st.integers(1, 5), "window": seconds(10)})
    correlate = st.fixed_dictionaries({"field": st.just("actor.ip"), "within": seconds(10)})
    return a_rule(
        draw(st.uuids().map(str)),
        threshold=draw(st.none() | threshold | threshold),
        correlate=draw(st.none() | correlate | correlate),
        limit=draw(st.sampled_from([1, 2, 3, 60])),
    )


bounds = st.builds(
    Bounds,
    recent=st.sampled_from([1, 2, 5, 32, 32]),
    sweep_every=st.sampled_from([1, 3, 10, 4096, 4096]),
    times_per_count=st.sampled_from([1, 2, 4]),
    key_limit=st.sampled_from([1, 2, 3, 1_000_000, 1_000_000, 1_000_000]),
)


@st.composite
def histories(draw: st.DrawFn) -> History:
    some = draw(st.lists(rules(), min_size=1, max_size=2))
    kinds = st.sampled_from([Observed] * 12 + [Moved] + [Saved] * 2)
    now, steps = timedelta(), list[Step]()
    # Hypothesis keeps lists short by itself; what goes wrong needs a longer history.
    length = draw(st.integers(0, 60))
    for number, kind in enumerate(draw(st.lists(kinds, min_size=length, max_size=length))):
        rule = draw(st.sampled_from(some))
        if kind is Saved:
            steps.append(Saved(draw(st.booleans())))
        elif kind is Moved:
            steps.append(Moved(rule))
        else:
            now += draw(st.sampled_from(STEPS))
            at = now + draw(st.sampled_from(ASIDE))
            ip = draw(st.sampled_from(["a"] * 6 + ["b", "c", None]))
            steps.append(Observed(rule, a_signal(f"s{number}", at, ip=ip)))
    return History(tuple(some), draw(bounds), tuple(steps))


@contextmanager
def bounded(by: Bounds) -> Iterator[None]:
    """Let the detector remember less than it does in earnest, so that short histories suffice."""
    with (
        patch.object(rule_state, "RECENT", by.recent),
        patch.object(rule_state, "SWEEP_EVERY", by.sweep_every),
        patch.object(window, "TIMES_PER_COUNT", by.times_per_count),
    ):
        yield


def newest_incident(found: Sequence[Detection], rule: Rule) -> str | None:
    ids = [one.incident_id for one in found if one.rule is rule]
    return ids[-1] if ids else None


def detected(history: History) -> tuple[list[Detection], MemoryStore]:
    """Let the detector go through a history; it is saved at the end in any case."""
    store, found = MemoryStore(), list[Detection]()
    with bounded(history.bounds):
        detector = Detector(history.rules, named, store, None, history.bounds.key_limit)
        for step in (*history.steps, Saved(restart=False)):
            if isinstance(step, Observed):
                found += detector.observe(step.rule, step.signal)
            elif isinstance(step, Moved):
                before = newest_incident(found, step.rule)
                if before is not None:
                    detector.moved(step.rule.id, before, f"{before}'")
            else:
                store.apply(detector.changes())
                detector.saved()
                if step.restart:
                    detector = Detector(
                        history.rules, named, store, store.memory(), history.bounds.key_limit
                    )
    return found, store


def plainly_detected(history: History) -> tuple[list[Detection], PlainDetector]:
    plain, found = PlainDetector(history.rules, named, history.bounds), list[Detection]()
    for step in history.unsaved.steps:
        if isinstance(step, Observed):
            found += plain.observe(step.rule, step.signal)
        elif isinstance(step, Moved):
            before = newest_incident(found, step.rule)
            if before is not None:
                plain.moved(step.rule.id, before, f"{before}'")
    return found, plain


def plain_rows(plain: PlainDetector) -> Rows:
    """Give what the plain detector remembers as a store's rows, but for the marks."""
    keys = [
        (rule_id, key, state)
        for rule_id, memory in plain.memory.items()
        for key, state in memory.keys.items()
    ]
    return (
        sorted(
            (rule_id, key, micros(one.at), one.arrival, one.signal.id)
            for rule_id, key, state in keys
            for one in state.seen
        ),
        sorted(
            (rule_id, key, micros(one.first), micros(one.last), one.incident_id, one.overflow)
            for rule_id, key, state in keys
            for one in state.episodes
        ),
        sorted(
            (rule_id, one.arrival, micros(one.at), one.key, one.incident_id)
            for rule_id, memory in plain.memory.items()
            for one in memory.openings
        ),
    )


@given(histories())
def test_the_detector_agrees_with_the_plain_meaning(history: History) -> None:
    found, store = detected(history.unsaved)
    expected, plain = plainly_detected(history)
    assert found == expected
    assert store.rows()[:3] == plain_rows(plain)
    event(f"opened: {min(3, sum(isinstance(one, Opened) for one in found))}")
    event(f"overflow: {any(isinstance(one, Attached) and one.overflow for one in found)}")


@given(histories())
def test_nothing_depends_on_where_it_is_saved_and_restarted(history: History) -> None:
    found, store = detected(history)
    uninterrupted, store_at_end = detected(history.unsaved)
    assert found == uninterrupted
    assert store.rows() == store_at_end.rows()


@given(histories())
def test_a_restart_after_every_signal_changes_nothing(history: History) -> None:
    steps = tuple(part for step in history.unsaved.steps for part in (step, Saved(restart=True)))
    found, store = detected(History(history.rules, history.bounds, steps))
    uninterrupted, store_at_end = detected(history.unsaved)
    assert found == uninterrupted
    assert store.rows() == store_at_end.rows()


@given(histories())
def test_a_signal_is_in_the_end_attached_once_or_pending_or_forgotten(history: History) -> None:
    found, store = detected(history)
    _, plain = plainly_detected(history)
    attached = Counter((one.rule.id, signal.id) for one in found for signal in one.signals)
    rows = {(row.rule_id, row.signal.id) for row in store.pending}
    arrivals = Counter[str]()
    for step in history.steps:
        if isinstance(step, Observed):
            arrivals[step.rule.id] += 1
            of = (step.rule.id, step.signal.id)
            forgotten = (step.rule.id, arrivals[step.rule.id]) in plain.forgotten
            pending = of in rows and of not in attached
            assert attached[of] + pending + forgotten == 1
