"""Deadlines through the real worker, with a clock that tests move: these events and messages."""

import pytest

from tests.support.alarm_room import AlarmRoom, levels_of

P0 = ["pagerduty_critical", "slack_incidents", "email_oncall"]
P1 = ["pagerduty_high", "slack_incidents"]
QUIET = ("alerts_routed",)


def told(room: AlarmRoom, *occasions: str) -> list[tuple[str, str]]:
    return [each for each in room.told() if not occasions or each[1] in occasions]


def of(channels: list[str], occasion: str) -> list[tuple[str, str]]:
    return [(channel, occasion) for channel in channels]


def test_a_p0_that_nobody_answers_is_told_again_at_15_and_at_30_minutes() -> None:
    room = AlarmRoom()
    incident = room.detect("P0")
    worker = room.worker()
    room.run(worker)
    assert room.told() == of(P0, "detected")

    room.clock.move(minutes=14, seconds=58)
    room.run(worker)
    assert room.told() == of(P0, "detected")

    room.clock.move(seconds=3)
    room.run(worker)
    assert room.told()[3:] == of(P0, "response_overdue")

    room.clock.move(minutes=15)
    room.run(worker)
    assert room.told()[6:] == of(P0, "escalated")

    room.clock.move(days=3)
    room.run(worker)
    assert len(room.told()) == 9
    assert room.story(incident, *QUIET) == ["detected", "response_overdue", "escalated"]


def test_a_p1_has_an_hour_to_be_answered_and_two_to_be_over() -> None:
    room = AlarmRoom()
    incident = room.detect("P1")
    worker = room.worker()
    for _ in range(5):
        room.clock.move(minutes=30)
        room.run(worker)
    assert room.told() == [*of(P1, "detected"), *of(P1, "response_overdue"), *of(P1, "escalated")]
    assert room.story(incident, *QUIET) == ["detected", "response_overdue", "escalated"]


def test_who_answers_in_between_stops_the_first_clock_and_not_the_second() -> None:
    room = AlarmRoom()
    incident = room.detect("P0")
    worker = room.worker()
    room.run(worker)
    room.clock.move(minutes=10)
    room.incidents.acknowledge(incident, room.order())
    room.run(worker)
    room.clock.move(minutes=10)
    room.run(worker)
    assert room.told() == [*of(P0, "detected"), *of(P0, "acknowledged")]
    room.clock.move(minutes=11)
    room.run(worker)
    assert room.told()[6:] == of(P0, "escalated")


def test_who_resolves_it_stops_both_clocks() -> None:
    room = AlarmRoom()
    incident = room.detect("P0")
    worker = room.worker()
    room.run(worker)
    room.clock.move(minutes=10)
    room.incidents.resolve(incident, room.order())
    room.run(worker)
    room.clock.move(days=1)
    room.run(worker)
    assert room.told() == [*of(P0, "detected"), *of(P0, "resolved")]


def test_reopened_it_has_all_its_time_again() -> None:
    room = AlarmRoom()
    incident = room.detect("P0")
    worker = room.worker()
    room.run(worker)
    room.incidents.resolve(incident, room.order())
    room.clock.move(hours=5)
    room.incidents.reopen(incident, room.order())
    room.run(worker)
    room.clock.move(minutes=14)
    room.run(worker)
    assert told(room, "response_overdue") == []
    room.clock.move(minutes=2)
    room.run(worker)
    assert told(room, "response_overdue") == of(P0, "response_overdue")


def test_a_higher_severity_moves_the_deadlines_nearer_and_tells_its_channels() -> None:
    room = AlarmRoom()
    incident = room.detect("P2")
    worker = room.worker()
    room.run(worker)
    room.clock.move(minutes=10)
    room.incidents.set_severity(incident, room.order(), room.severity("P0"))
    room.run(worker)
    assert room.told()[0] == ("slack_incidents", "detected")
    assert sorted(room.told()[1:]) == sorted(of(P0, "reclassified"))
    room.clock.move(minutes=6)
    room.run(worker)
    assert told(room, "response_overdue") == of(P0, "response_overdue")


def test_a_deadline_that_moves_into_the_past_is_noticed_at_once_and_not_called_late() -> None:
    room = AlarmRoom()
    incident = room.detect("P2")
    worker = room.worker()
    room.run(worker)
    room.clock.move(hours=1)
    room.incidents.set_severity(incident, room.order(), room.severity("P0"))
    room.run(worker)
    (overdue,) = room.events(incident, "incident.response_overdue")
    assert overdue.late_by == pytest.approx(0, abs=2)
    assert told(room, "response_overdue", "escalated") == [
        *of(P0, "response_overdue"), *of(P0, "escalated"),
    ]  # fmt: skip


def test_a_lower_severity_moves_the_deadlines_away() -> None:
    room = AlarmRoom()
    incident = room.detect("P0")
    worker = room.worker()
    room.run(worker)
    room.clock.move(minutes=10)
    room.incidents.set_severity(incident, room.order(), room.severity("P3"))
    room.run(worker)
    room.clock.move(hours=23)
    room.run(worker)
    assert told(room, "response_overdue", "escalated") == []


def test_tocsin_was_down_over_the_deadline_and_says_how_late_it_is() -> None:
    room = AlarmRoom()
    incident = room.detect("P0")
    room.work("worker-1")
    room.clock.move(hours=2)
    room.work("worker-2")
    (overdue,) = room.events(incident, "incident.response_overdue")
    (escalated,) = room.events(incident, "incident.escalated")
    assert overdue.late_by == pytest.approx(105 * 60, abs=2)
    assert escalated.late_by == pytest.approx(90 * 60, abs=2)
    assert (
        "Tocsin noticed 105 min later" in room.sentences(incident, "incident.response_overdue")[0]
    )
    assert told(room, "response_overdue") == of(P0, "response_overdue")
    room.work("worker-3")
    assert room.story(incident, *QUIET) == ["detected", "response_overdue", "escalated"]


def test_best_effort_and_none_are_no_clocks() -> None:
    room = AlarmRoom()
    room.detect("P4")
    worker = room.worker()
    room.run(worker)
    room.clock.move(days=30)
    room.run(worker)
    assert told(room, "response_overdue", "escalated") == []


def test_an_incident_of_an_old_log_is_told_to_nobody_and_has_no_clock() -> None:
    room = AlarmRoom()
    incident = room.detect("P0", days_ago=30)
    worker = room.worker()
    room.run(worker)
    room.clock.move(days=1)
    room.run(worker)
    assert room.told() == []
    assert room.story(incident) == ["detected", "alerts_routed"]
    (routed,) = room.events(incident, "incident.alerts_routed")
    assert {each.why for each in routed.passed_over} == {
        "the incident was 30 days old when Tocsin learned of it"
    }


def test_an_incident_of_an_old_log_that_happens_again_is_told_and_has_its_clocks() -> None:
    room = AlarmRoom()
    incident = room.detect("P0", days_ago=30)
    room.work()
    room.incidents.resolve(incident, room.order())
    room.clock.move(minutes=5)
    room.incidents.reopen(incident, room.order())
    worker = room.worker("worker-2")
    room.run(worker)
    assert room.told() == of(P0, "reopened")
    room.clock.move(minutes=16)
    room.run(worker)
    assert told(room, "response_overdue") == of(P0, "response_overdue")


def test_a_tier_is_told_again_every_while_and_after_a_long_absence_only_once() -> None:
    tiers = [{"repeat": {"every": "10 minutes", "times": 20}}]
    level = {"escalation": tiers, "escalation_time": "None", "requires": []}
    room = AlarmRoom(levels=levels_of(P0=level))
    incident = room.detect("P0")
    worker = room.worker()
    room.run(worker)
    for _ in range(3):
        room.clock.move(minutes=15)
        room.run(worker)
    escalated = room.events(incident, "incident.escalated")
    assert [(each.tier, each.rounds) for each in escalated] == [(1, 1), (1, 3)]
    room.clock.move(minutes=125)
    room.run(worker)
    (*_, last) = room.events(incident, "incident.escalated")
    assert (last.rounds, round(last.late_by)) == (15, 300)
    assert len(told(room, "escalated")) == 3 * len(P0)
