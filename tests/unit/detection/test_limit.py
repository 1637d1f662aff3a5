"""How many incidents a rule opens, where the others go, and which are related."""

from collections.abc import Iterable
from datetime import timedelta

from domain.detection.detector import Attached, Opened
from domain.detection.rule import Rule
from domain.signal import Signal
from tests.support.detection import (
    HOUR,
    INSTANT,
    a_detector,
    a_rule,
    a_signal,
    grouped,
    observed,
    signals_at,
    tell,
    told,
)


def test_beyond_the_limit_incidents_become_overflow_of_the_newest() -> None:
    rule = a_rule(limit=2)
    assert tell(rule, signals_at(0, 1, 2)) == ["open s0: s0", "open s1: s1", "overflow s1: s2"]


def test_the_limit_is_for_any_hour_and_excludes_its_beginning() -> None:
    rule = a_rule(limit=1)
    assert tell(rule, signals_at(0, HOUR - INSTANT)) == ["open s0: s0", "overflow s0: s1"]
    assert tell(rule, signals_at(0, HOUR)) == ["open s0: s0", "open s1: s1"]


def test_a_late_opening_leaves_the_hours_after_it_within_the_limit() -> None:
    rule = a_rule(limit=1)
    assert tell(rule, signals_at(HOUR, 1)) == ["open s0: s0", "overflow s0: s1"]


def test_the_limit_is_the_rules_over_all_its_keys() -> None:
    rule = a_rule(correlate=grouped(), limit=1)
    signals = [a_signal("s0", 0, ip="a"), a_signal("s1", 1, ip="b")]
    found = observed(a_detector(rule), rule, signals)
    assert told(found) == ["open s0: s0", "overflow s0: s1"]
    assert found[1].key == '"b"'


def test_an_episode_that_began_as_overflow_goes_on_as_overflow() -> None:
    rule = a_rule(correlate=grouped(), limit=1)
    signals = [
        a_signal("s0", 0, ip="a"),
        a_signal("s1", 1, ip="b"),
        a_signal("s2", 2, ip="b"),
        a_signal("s3", 3, ip="a"),
    ]
    assert tell(rule, signals) == [
        "open s0: s0",
        "overflow s0: s1",
        "overflow s0: s2",
        "attach s0: s3",
    ]


# Related and recurring incidents.


def related(rule: Rule, signals: Iterable[Signal]) -> list[int]:
    found = observed(a_detector(rule), rule, signals)
    return [one.related for one in found if isinstance(one, Opened)]


def test_related_are_the_incidents_of_the_same_key_in_the_24_hours_before() -> None:
    rule = a_rule(correlate=grouped())
    signals = [
        a_signal("s0", 0, ip="a"),
        a_signal("s1", 1, ip="b"),
        a_signal("s2", 12 * HOUR, ip="a"),
        a_signal("s3", 24 * HOUR - INSTANT, ip="a"),
        a_signal("s4", 36 * HOUR, ip="a"),
    ]
    # At s4, that of s2 is exactly 24 hours ago.
    assert related(rule, signals) == [0, 0, 1, 2, 1]


def test_later_incidents_are_not_related_to_one_found_late() -> None:
    assert related(a_rule(correlate=grouped()), signals_at(100, 0)) == [0, 0]


def test_an_episode_continues_with_the_incident_it_was_moved_to() -> None:
    rule = a_rule(correlate=grouped())
    detector = a_detector(rule)
    (opened,) = observed(detector, rule, signals_at(0))
    detector.moved(rule.id, opened.incident_id, "INC again")
    (attached,) = detector.observe(rule, a_signal("s1", 1))
    assert isinstance(attached, Attached)
    assert attached.incident_id == "INC again"


def test_overflow_goes_to_the_incident_that_the_newest_was_moved_to() -> None:
    rule = a_rule(limit=1)
    detector = a_detector(rule)
    (opened,) = observed(detector, rule, signals_at(0))
    detector.moved(rule.id, opened.incident_id, "INC again")
    (overflow,) = detector.observe(rule, a_signal("s1", 1))
    assert overflow.incident_id == "INC again"


def test_overflow_goes_to_the_newest_incident_that_is_not_forgotten() -> None:
    rule = a_rule(limit=1)
    detector = a_detector(rule)
    two_days_ago = a_signal("late", -timedelta(days=2, hours=1))
    assert len(observed(detector, rule, [a_signal("newer", 0), two_days_ago])) == 2
    quiet = [a_signal(f"s{number}", 0) for number in range(4096)]
    assert "newer" in observed(detector, rule, quiet)[-1].incident_id
