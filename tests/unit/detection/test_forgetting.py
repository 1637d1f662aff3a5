"""What a detector forgets, when, and that nobody can tell where it was saved."""

from datetime import timedelta

from domain.detection.detector import Detector
from domain.detection.memory import MemoryChanges
from domain.detection.rule import Rule
from domain.signal import Signal
from tests.support.detection import a_detector, a_rule, a_signal, observed
from tests.support.memory_store import MemoryStore

IN_WINDOW = {"count": 3, "window": "10s"}
BY_IP = {"field": "actor.ip", "within": "10s"}
HORIZON = 20
RECENT = 32


def signals(*times: float, ip: str = "a", of: str = "s") -> list[Signal]:
    return [a_signal(f"{of}{number}", time, ip=ip) for number, time in enumerate(times)]


def saved(detector: Detector, store: MemoryStore) -> MemoryChanges:
    changes = detector.changes()
    store.apply(changes)
    detector.saved()
    return changes


def pending_ids(store: MemoryStore) -> list[str]:
    return sorted(row.signal.id for row in store.pending)


def opened_ids(store: MemoryStore) -> list[str]:
    return [row.incident_id.split()[-1] for row in store.opened]


def a_grouping_rule() -> Rule:
    return a_rule(threshold=IN_WINDOW, correlate=BY_IP)


# Horizons.


def test_one_clock_gone_wrong_ends_nobodys_windows() -> None:
    rule = a_grouping_rule()
    detector = a_detector(rule)
    outlier = a_signal("outlier", timedelta(days=9000), ip="b")
    first, second, third = signals(0, 1, 2)
    assert observed(detector, rule, [first, second, outlier]) == []
    (opened,) = detector.observe(rule, third)
    assert [signal.id for signal in opened.signals] == ["s0", "s1", "s2"]


def test_a_key_is_forgotten_a_horizon_behind_the_earliest_of_the_last_32_signals() -> None:
    rule = a_grouping_rule()
    for after, kept in ((HORIZON - 1e-6, ["s0", "s1"]), (HORIZON, ["s1"])):
        store = MemoryStore()
        detector = a_detector(rule, store=store)
        detector.observe(rule, a_signal("s0", 0, ip="a"))
        elsewhere = [a_signal(f"x{number}", after, ip=str(number)) for number in range(RECENT - 1)]
        observed(detector, rule, elsewhere)
        detector.observe(rule, a_signal("s1", after, ip="a"))
        saved(detector, store)
        assert [name for name in pending_ids(store) if name[0] == "s"] == kept


def test_a_key_that_is_not_seen_again_is_forgotten_at_the_sweep() -> None:
    rule, store = a_grouping_rule(), MemoryStore()
    detector = a_detector(rule, store=store)
    detector.observe(rule, a_signal("idle", 0, ip="idle"))
    quiet = [a_signal(f"s{number}", 30 * number, ip="busy") for number in range(1, 4096)]
    observed(detector, rule, quiet[:-1])
    saved(detector, store)
    assert "idle" in pending_ids(store)
    detector.observe(rule, quiet[-1])
    saved(detector, store)
    assert "idle" not in pending_ids(store)
    assert {row.key for row in store.pending} == {'"busy"'}


def test_a_sweep_forgets_what_is_exactly_a_horizon_old() -> None:
    rule = a_rule(threshold=IN_WINDOW | {"count": 2}, correlate=BY_IP)
    for ahead, found in ((HORIZON, []), (HORIZON - 1e-6, ["late"])):
        detector = a_detector(rule)
        detector.observe(rule, a_signal("idle", 0, ip="idle"))
        observed(detector, rule, [a_signal(f"s{n}", ahead, ip="busy") for n in range(4095)])
        opened = detector.observe(rule, a_signal("late", 5, ip="idle"))
        assert [one.signals[-1].id for one in opened] == found


def test_a_sweep_forgets_signals_that_were_never_saved() -> None:
    rule, store = a_grouping_rule(), MemoryStore()
    detector = a_detector(rule, store=store)
    detector.observe(rule, a_signal("idle", 0, ip="idle"))
    quiet = [a_signal(f"s{number}", 30 * number, ip="busy") for number in range(1, 4096)]
    observed(detector, rule, quiet)
    saved(detector, store)
    assert {row.key for row in store.pending} == {'"busy"'}


def test_a_saved_signal_that_a_sweep_forgot_is_no_evidence_though_its_row_is_still_there() -> None:
    rule, store = a_grouping_rule(), MemoryStore()
    detector = a_detector(rule, store=store)
    detector.observe(rule, a_signal("old", 0, ip="a"))
    saved(detector, store)
    observed(detector, rule, [a_signal(f"x{n}", 25, ip="busy") for n in range(4095)])
    (opened,) = observed(detector, rule, signals(-1, 1, 2))
    assert pending_ids(store) == ["old"]
    assert [signal.id for signal in opened.signals] == ["s0", "s1", "s2"]


def test_a_later_sweep_with_an_earlier_watermark_does_not_undo_a_sweep() -> None:
    rule, store = a_grouping_rule(), MemoryStore()
    detector = a_detector(rule, store=store)
    detector.observe(rule, a_signal("idle", 0, ip="idle"))
    saved(detector, store)
    ahead = [a_signal(f"s{number}", 5000, ip="busy") for number in range(4095)]
    observed(detector, rule, ahead)
    behind = [a_signal(f"t{number}", 10, ip="late") for number in range(4096)]
    observed(detector, rule, behind)
    saved(detector, store)
    assert "idle" not in pending_ids(store)


def test_openings_are_forgotten_two_days_behind_the_watermark_at_a_sweep() -> None:
    rule, store = a_rule(limit=1), MemoryStore()
    detector = a_detector(rule, store=store)
    detector.observe(rule, a_signal("old", 0))
    later = [a_signal(f"s{number}", timedelta(days=2)) for number in range(4095)]
    observed(detector, rule, later)
    saved(detector, store)
    assert opened_ids(store) == ["s0"]


def test_a_key_remembers_at_most_four_times_the_count_and_the_newest() -> None:
    rule = a_rule(threshold={"count": 2, "window": "1s"}, correlate=BY_IP | {"within": "1h"})
    store = MemoryStore()
    detector = a_detector(rule, store=store)
    assert observed(detector, rule, signals(*range(0, 40, 4))) == []
    saved(detector, store)
    assert pending_ids(store) == [f"s{number}" for number in range(2, 10)]


def test_evidence_does_not_depend_on_whether_surplus_signals_were_saved() -> None:
    rule = a_rule(threshold={"count": 2, "window": "1s"}, correlate=BY_IP | {"within": "1h"})
    history = signals(*range(0, 40, 4), 36.5)
    found = {}
    for save_before in (None, 5, 10):
        store = MemoryStore()
        detector = a_detector(rule, store=store)
        for number, signal in enumerate(history):
            if number == save_before:
                saved(detector, store)
                detector = a_detector(rule, store=store)
            found[save_before] = detector.observe(rule, signal)
    assert [signal.id for signal in found[None][0].signals] == [f"s{n}" for n in range(3, 11)]
    assert found[None] == found[5] == found[10]


def test_a_late_signal_older_than_forgotten_ones_is_not_forgotten_in_their_place() -> None:
    rule, store = a_grouping_rule(), MemoryStore()
    detector = a_detector(rule, store=store)
    detector.observe(rule, a_signal("s0", 0, ip="a"))
    observed(detector, rule, [a_signal(f"x{n}", 25, ip=str(n)) for n in range(RECENT)])
    observed(detector, rule, [a_signal("s26", 26, ip="a"), a_signal("late", -1, ip="a")])
    saved(detector, store)
    assert {row.signal.id for row in store.pending if row.key == '"a"'} == {"s26", "late"}


# The limit of keys.


def test_at_its_limit_of_keys_a_rule_lets_the_idlest_sixteenth_go() -> None:
    rule, store = a_grouping_rule(), MemoryStore()
    detector = a_detector(rule, store=store, key_limit=32)
    keys = [a_signal(f"s{number}", -number / 10, ip=str(number)) for number in range(32)]
    observed(detector, rule, keys)
    assert saved(detector, store).let_go == {}
    detector.observe(rule, a_signal("new", 0, ip="new"))
    assert saved(detector, store).let_go == {rule.id: 2}
    assert set(pending_ids(store)) == {f"s{number}" for number in range(30)} | {"new"}


def test_at_the_limit_a_known_key_lets_nobody_go() -> None:
    rule, store = a_grouping_rule(), MemoryStore()
    detector = a_detector(rule, store=store, key_limit=1)
    observed(detector, rule, signals(0, 1))
    assert saved(detector, store).let_go == {}
    assert pending_ids(store) == ["s0", "s1"]


def test_what_was_let_go_was_never_there() -> None:
    rule = a_grouping_rule()
    detector = a_detector(rule, key_limit=1)
    history = [*signals(0, 1), a_signal("other", 1.5, ip="b"), *signals(2, 3, of="t")]
    assert observed(detector, rule, history) == []


def test_an_episode_that_was_let_go_takes_no_more_signals() -> None:
    rule, store = a_rule(correlate=BY_IP), MemoryStore()
    detector = a_detector(rule, store=store, key_limit=1)
    observed(detector, rule, [a_signal("s0", 0, ip="a"), a_signal("s1", 1, ip="b")])
    saved(detector, store)
    assert [row.key for row in store.episodes] == ['"b"']


# Restarting.


def test_a_restarted_detector_goes_on_where_the_last_one_was_saved() -> None:
    rule, store = a_grouping_rule(), MemoryStore()
    before = a_detector(rule, store=store)
    assert observed(before, rule, signals(0, 1)) == []
    saved(before, store)
    (opened,) = a_detector(rule, store=store).observe(rule, a_signal("s2", 2, ip="a"))
    assert [signal.id for signal in opened.signals] == ["s0", "s1", "s2"]


def test_several_incidents_opened_by_one_signal_leave_the_same_newest_one_after_a_restart() -> None:
    rule = a_rule(
        threshold={"count": 3, "window": "1m"}, correlate=BY_IP | {"within": "1s"}, limit=2
    )
    history = signals(0, 30, 70, 15)
    store = MemoryStore()
    running = a_detector(rule, store=store)
    opened = observed(running, rule, history)
    store.apply(running.changes())
    overflow = [a_signal("x", 71 + second, ip="b") for second in range(3)]
    restarted = a_detector(rule, store=store)
    assert observed(running, rule, overflow) == observed(restarted, rule, overflow)
    assert opened


def test_a_rule_that_lost_its_correlation_takes_no_notice_of_its_old_episodes() -> None:
    store = MemoryStore()
    before = a_rule(correlate=BY_IP)
    detector = a_detector(before, store=store)
    observed(detector, before, signals(0))
    saved(detector, store)
    after = a_rule()
    (opened,) = a_detector(after, store=store).observe(after, a_signal("s1", 1, ip="a"))
    assert [signal.id for signal in opened.signals] == ["s1"]


def test_memory_of_a_rule_that_is_gone_is_left_alone() -> None:
    store, rule = MemoryStore(), a_grouping_rule()
    detector = a_detector(rule, store=store)
    observed(detector, rule, signals(0, 1))
    saved(detector, store)
    other = a_rule("other", threshold=IN_WINDOW)
    detector = a_detector(other, store=store)
    detector.observe(other, a_signal("o", 0))
    saved(detector, store)
    assert pending_ids(store) == ["o", "s0", "s1"]


def test_what_has_not_changed_is_not_saved_again() -> None:
    rule, store = a_grouping_rule(), MemoryStore()
    detector = a_detector(rule, store=store)
    observed(detector, rule, signals(0, 1, 2))
    saved(detector, store)
    assert detector.changes() == MemoryChanges()
