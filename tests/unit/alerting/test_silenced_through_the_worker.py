"""What a silence holds back is on record, is sent when the silence ends, and is never lost."""

from datetime import timedelta

from domain.alerting.matcher import Matcher
from domain.alerting.schedule import Schedule
from domain.alerting.silence_definition import SilenceDefinition
from tests.support.alarm_room import AlarmRoom


def silenced(room: AlarmRoom, hours: float = 1) -> str:
    """Silence P2 and P3 for some hours; give the silence's id."""
    now = room.clock.now()
    definition = SilenceDefinition(
        kind="silence",
        matchers=(Matcher(name="severity", operator="in", value=("P2", "P3")),),
        schedule=Schedule(starts_at=now, ends_at=now + timedelta(hours=hours)),
        comment="the cables move",
    )
    made = room.silences.create(definition, room.order("ada"))
    return str(made.id)


def test_a_silenced_alert_is_recorded_as_silenced_and_sent_when_the_silence_ends() -> None:
    room = AlarmRoom()
    silence = silenced(room)
    room.detect("P2")
    worker = room.worker()
    room.run(worker)
    held = room.delivery("slack_incidents", "detected")
    assert (held.status, room.told()) == ("silenced", [])
    assert held.held_by is not None
    assert (held.held_by.silence_id, held.held_by.comment) == (silence, "the cables move")
    room.clock.move(minutes=61)
    room.run(worker)
    assert room.told() == [("slack_incidents", "detected")]


def test_ended_early_it_lets_everything_go_at_once() -> None:
    room = AlarmRoom()
    silence = silenced(room)
    room.detect("P2")
    worker = room.worker()
    room.run(worker)
    room.silences.end(silence, room.order("ada"))
    room.run(worker)
    assert room.told() == [("slack_incidents", "detected")]


def test_made_longer_it_holds_longer() -> None:
    room = AlarmRoom()
    silence = silenced(room)
    room.detect("P2")
    worker = room.worker()
    room.run(worker)
    room.silences.extend(silence, room.clock.now() + timedelta(hours=3), room.order("ada"))
    room.clock.move(hours=2)
    room.run(worker)
    assert room.told() == []
    room.clock.move(hours=1.5)
    room.run(worker)
    assert room.told() == [("slack_incidents", "detected")]


def test_who_answers_meanwhile_makes_it_needless() -> None:
    room = AlarmRoom()
    silenced(room)
    incident = room.detect("P2")
    worker = room.worker()
    room.run(worker)
    room.incidents.acknowledge(incident, room.order("ben"))
    room.run(worker)
    room.clock.move(hours=2)
    room.run(worker)
    assert room.told() == []
    assert room.delivery("slack_incidents", "detected").status == "cancelled"


def test_what_was_told_before_the_silence_is_resolved_through_it() -> None:
    room = AlarmRoom()
    incident = room.detect("P2")
    room.work()
    silenced(room)
    room.incidents.resolve(incident, room.order())
    room.work()
    assert room.told() == [("slack_incidents", "detected"), ("slack_incidents", "resolved")]


def test_a_p0_is_not_silenced_by_accident() -> None:
    room = AlarmRoom()
    silenced(room)
    room.detect("P0")
    room.work()
    assert len(room.told()) == 3


def test_what_becomes_a_p0_meanwhile_is_told_at_once_and_only_then() -> None:
    room = AlarmRoom()
    silenced(room)
    incident = room.detect("P2")
    worker = room.worker()
    room.run(worker)
    room.incidents.set_severity(incident, room.order(), room.severity("P0"))
    room.run(worker)
    assert ("slack_incidents", "reclassified") in room.told()
    room.incidents.set_severity(incident, room.order(), room.severity("P1"))
    room.clock.move(hours=2)
    room.run(worker)
    assert ("slack_incidents", "detected") not in room.told()
    held = room.delivery("slack_incidents", "detected")
    assert held.status == "cancelled"
    assert "was told by DLV-" in held.why


def test_a_restart_forgets_no_silence() -> None:
    room = AlarmRoom()
    silenced(room)
    room.detect("P2")
    room.work("worker-1")
    room.work("worker-2")
    assert room.told() == []
    room.clock.move(hours=2)
    room.work("worker-3")
    assert room.told() == [("slack_incidents", "detected")]
