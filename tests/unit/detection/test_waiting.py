"""What waits is asked of the store only where something was saved."""

from collections.abc import Sequence

from domain.detection.detector import Detector
from domain.detection.memory import PendingSignal
from domain.detection.window import Span
from tests.support.detection import (
    a_detector,
    a_rule,
    at_least,
    grouped,
    named,
    observed,
    signals_at,
    told,
)
from tests.support.memory_store import MemoryStore


class NoStore:
    """Stands for a store that must not be asked."""

    def within(self, rule_id: str, key: str, span: Span) -> Sequence[PendingSignal]:
        raise AssertionError((rule_id, key, span))


def test_a_store_that_has_nothing_of_a_key_is_neither_asked_nor_told_to_let_it_go() -> None:
    rule = a_rule(threshold=at_least(3), correlate=grouped())
    detector = Detector([rule], named, NoStore())
    found = observed(detector, rule, signals_at(0, 1, 2, 3, 100, 101, 102))
    assert told(found) == ["open s2: s0 s1 s2", "attach s2: s3", "open s6: s4 s5 s6"]
    changes = detector.changes()
    assert (changes.taken, changes.added, changes.retained) == ([], [], {})


def test_what_was_saved_of_a_key_is_asked_for_and_goes_when_it_is_taken() -> None:
    rule, store = a_rule(threshold=at_least(3), correlate=grouped()), MemoryStore()
    detector = a_detector(rule, store=store)
    first, second, *others = signals_at(0, 1, 2, 30, 31, 32)
    observed(detector, rule, [first, second])
    store.apply(detector.changes())
    detector.saved()
    found = observed(detector, rule, others)
    assert told(found) == ["open s2: s0 s1 s2", "open s5: s3 s4 s5"]
    store.apply(detector.changes())
    assert store.pending == []


def test_of_a_new_key_only_as_many_wait_as_it_remembers() -> None:
    rule, store = a_rule(threshold=at_least(2, "1s"), correlate=grouped("1s")), MemoryStore()
    detector = Detector([rule], named, NoStore())
    # Ever earlier, so that no horizon passes.
    observed(detector, rule, signals_at(*range(40, 0, -2)))
    store.apply(detector.changes())
    assert [row.signal.id for row in store.pending] == [
        "s7",
        "s6",
        "s5",
        "s4",
        "s3",
        "s2",
        "s1",
        "s0",
    ]


def test_where_one_signal_opens_an_episode_none_waits() -> None:
    rule = a_rule(correlate=grouped())
    detector = Detector([rule], named, NoStore())
    found = observed(detector, rule, signals_at(0, 9, 19, 18.9))
    assert told(found) == ["open s0: s0", "attach s0: s1", "open s2: s2", "attach s2: s3"]
    assert detector.changes().added == []
