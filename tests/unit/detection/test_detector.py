"""Given a rule and these signals, then these detections."""

from domain.detection.detector import Opened
from tests.support.detection import (
    INSTANT,
    a_detector,
    a_rule,
    a_signal,
    at_least,
    grouped,
    observed,
    signals_at,
    tell,
    told,
)

# Windows.


def test_a_rule_without_threshold_and_correlation_opens_an_incident_for_every_signal() -> None:
    assert tell(a_rule(), signals_at(0, 0, 1)) == ["open s0: s0", "open s1: s1", "open s2: s2"]


def test_the_window_excludes_a_signal_exactly_as_old_as_it_is_long() -> None:
    assert tell(a_rule(threshold=at_least(2)), signals_at(0, 10)) == []


def test_the_window_includes_a_signal_one_microsecond_younger_than_it_is_long() -> None:
    rule = a_rule(threshold=at_least(2))
    assert tell(rule, signals_at(0, 10 - INSTANT)) == ["open s1: s0 s1"]


def test_the_window_includes_signals_of_its_last_moment() -> None:
    assert tell(a_rule(threshold=at_least(3)), signals_at(5, 5, 5)) == ["open s2: s0 s1 s2"]


def test_ten_failed_sign_ins_of_one_address_in_five_minutes_are_a_brute_force_attempt() -> None:
    rule = a_rule(threshold=at_least(10, "5m"), correlate=grouped("5m"))
    found = observed(a_detector(rule), rule, signals_at(*range(0, 300, 25)))
    assert told(found) == [
        "open s9: s0 s1 s2 s3 s4 s5 s6 s7 s8 s9",
        "attach s9: s10",
        "attach s9: s11",
    ]
    assert isinstance(found[0], Opened)
    assert (found[0].key, found[0].in_window, found[0].related) == ('"10.0.0.1"', 10, 0)


def test_nine_failed_sign_ins_are_none() -> None:
    rule = a_rule(threshold=at_least(10, "5m"), correlate=grouped("5m"))
    assert tell(rule, signals_at(*range(9))) == []


def test_ten_failed_sign_ins_over_five_minutes_or_more_are_none() -> None:
    rule = a_rule(threshold=at_least(10, "5m"), correlate=grouped("5m"))
    assert tell(rule, signals_at(*range(0, 271, 30), 300)) == [
        "open s9: s0 s1 s2 s3 s4 s5 s6 s7 s8 s9",
        "attach s9: s10",
    ]
    assert tell(rule, [a_signal(f"s{i}", i * 300 / 9) for i in range(10)]) == []


def test_two_keys_do_not_mix() -> None:
    rule = a_rule(threshold=at_least(2), correlate=grouped())
    signals = [a_signal(f"s{i}", i, ip=ip) for i, ip in enumerate(["a", "b", "a", "b"])]
    assert tell(rule, signals) == ["open s2: s0 s2", "open s3: s1 s3"]


def test_two_rules_do_not_mix() -> None:
    one, other = (a_rule(name, threshold=at_least(2)) for name in ("one", "other"))
    detector = a_detector(one, other)
    first, second = signals_at(0, 1)
    assert not detector.observe(one, first)
    assert not detector.observe(other, second)
    assert told(detector.observe(one, second)) == ["open s1: s0 s1"]


def test_without_correlation_all_signals_of_the_rule_count_together() -> None:
    rule = a_rule(threshold=at_least(2))
    signals = [a_signal("s0", 0, ip="a"), a_signal("s1", 1, ip="b")]
    assert tell(rule, signals) == ["open s1: s0 s1"]


def test_signals_without_the_correlation_field_belong_together() -> None:
    rule = a_rule(threshold=at_least(2), correlate=grouped())
    signals = [a_signal("s0", 0, ip=None), a_signal("s1", 1, ip="a"), a_signal("s2", 2, ip=None)]
    found = observed(a_detector(rule), rule, signals)
    assert told(found) == ["open s2: s0 s2"]
    assert found[0].key == "null"


def test_a_correlation_without_threshold_opens_at_the_first_signal() -> None:
    rule = a_rule(correlate=grouped())
    assert tell(rule, signals_at(0, 9, 18, 30)) == [
        "open s0: s0",
        "attach s0: s1",
        "attach s0: s2",
        "open s3: s3",
    ]


# Episodes.


def test_a_gap_of_exactly_within_ends_the_episode() -> None:
    assert tell(a_rule(correlate=grouped()), signals_at(0, 10)) == ["open s0: s0", "open s1: s1"]


def test_a_gap_one_microsecond_shorter_does_not() -> None:
    rule = a_rule(correlate=grouped())
    assert tell(rule, signals_at(0, 10 - INSTANT)) == ["open s0: s0", "attach s0: s1"]


def test_the_evidence_is_the_whole_episode_and_not_only_the_window() -> None:
    rule = a_rule(threshold=at_least(3, "10s"), correlate=grouped("20s"))
    signals = signals_at(0, 15, 30, 31, 32)
    assert tell(rule, signals) == ["open s4: s0 s1 s2 s3 s4"]


def test_what_was_before_a_gap_is_no_evidence() -> None:
    rule = a_rule(threshold=at_least(2, "10s"), correlate=grouped("20s"))
    assert tell(rule, signals_at(0, 20, 21)) == ["open s2: s1 s2"]


def test_a_window_longer_than_within_reaches_over_gaps() -> None:
    rule = a_rule(threshold=at_least(3, "1m"), correlate=grouped("5s"))
    assert tell(rule, signals_at(0, 20, 40)) == ["open s2: s0 s1 s2"]


def test_attached_signals_count_on_for_windows_that_reach_into_the_next_episode() -> None:
    rule = a_rule(threshold=at_least(3, "1m"), correlate=grouped("5s"))
    assert tell(rule, signals_at(0, 1, 2, 3, 50, 90)) == [
        "open s2: s0 s1 s2",
        "attach s2: s3",
        "open s4: s4",
    ]


def test_an_episode_begins_with_its_first_signal_and_not_where_the_one_before_ended() -> None:
    rule = a_rule(threshold=at_least(3, "1m"), correlate=grouped("5s"))
    assert tell(rule, signals_at(0, 1, 2, 50, 20)) == [
        "open s2: s0 s1 s2",
        "open s3: s3",
        "open s4: s4",
    ]


# Late signals.


def test_a_late_signal_counts_where_it_belongs() -> None:
    rule = a_rule(threshold=at_least(3))
    assert tell(rule, signals_at(0, 8, 20, 5)) == ["open s1: s0 s1 s3"]


def test_a_late_signal_is_attached_to_the_episode_it_belongs_to() -> None:
    rule = a_rule(correlate=grouped())
    assert tell(rule, signals_at(0, 30, 3)) == ["open s0: s0", "open s1: s1", "attach s0: s2"]


def test_a_late_signal_bridges_pending_ones_to_an_open_episode() -> None:
    rule = a_rule(threshold=at_least(3, "5s"), correlate=grouped("10s"))
    assert tell(rule, signals_at(0, 1, 2, 20, 28, 11)) == [
        "open s2: s0 s1 s2",
        "attach s2: s3 s4 s5",
    ]


def test_a_signal_between_two_episodes_goes_to_the_nearer_one() -> None:
    rule = a_rule(correlate=grouped())
    assert tell(rule, signals_at(0, 18, 10))[-1] == "attach s1: s2"
    assert tell(rule, signals_at(0, 18, 8))[-1] == "attach s0: s2"


def test_a_signal_as_near_to_two_episodes_goes_to_the_earlier_one_alone() -> None:
    rule = a_rule(threshold=at_least(1, "1m"), correlate=grouped())
    assert tell(rule, signals_at(0, 18, 9)) == ["open s0: s0", "open s1: s1", "attach s0: s2"]


def test_a_late_signal_can_open_an_episode_before_another() -> None:
    rule = a_rule(threshold=at_least(2), correlate=grouped())
    signals = signals_at(0, 40, 41, 1, 42)
    assert tell(rule, signals) == ["open s2: s1 s2", "open s3: s0 s3", "attach s2: s4"]


def test_the_opening_signal_is_the_one_that_arrived_last_at_its_time() -> None:
    rule = a_rule(threshold=at_least(3))
    assert tell(rule, signals_at(5, 5, 1)) == ["open s1: s0 s1 s2"]
