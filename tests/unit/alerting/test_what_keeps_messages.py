"""Messages that wait for something keep no other one, keep their order, and are not forgotten."""

from collections.abc import Sequence
from datetime import timedelta

from application.channels import Never
from tests.support.alarm_room import AlarmRoom, channels_of
from tests.support.silences import a_silence, matcher

SLACK = "slack_incidents"


def silenced(room: AlarmRoom, hours: float, name: str = "rule", value: str = "rule") -> None:
    """Hold back from now on what a question finds."""
    starts_at = room.clock.now() - timedelta(minutes=1)
    room.silences.create(a_silence(starts_at, 60 * hours, matcher(name, value)), room.order())


def statuses(room: AlarmRoom) -> Sequence[str]:
    return [each.status for each in room.deliveries()]


class TestSilencedAndGathered:
    def test_what_a_silence_held_goes_into_the_next_digest(self) -> None:
        room = AlarmRoom(channels_of(channels={"email_daily_digest": {"digest": "daily"}}))
        silenced(room, hours=2)
        room.detect("P4", 1)
        worker = room.worker()
        room.run(worker)
        room.clock.move(days=1)
        room.run(worker)
        assert statuses(room) == ["gathered", "delivered"]
        assert room.told() == [("email_daily_digest", "digest")]

    def test_what_a_silence_holds_longer_goes_out_when_it_ends_and_keeps_nobody_busy(self) -> None:
        room = AlarmRoom(channels_of(channels={"email_daily_digest": {"digest": "daily"}}))
        silenced(room, hours=72)
        room.detect("P4", 1)
        worker = room.worker()
        room.run(worker)
        room.clock.move(days=1)
        room.run(worker)
        assert statuses(room) == ["silenced"]
        room.clock.move(days=3)
        room.run(worker)
        assert room.told() == [("email_daily_digest", "digest")]
        assert "waiting" not in statuses(room)

    def test_what_a_silence_held_in_a_storm_comes_in_a_summary(self) -> None:
        grouping = {"group": {"above": 1, "within": "5m"}}
        room = AlarmRoom(channels_of(channels={SLACK: grouping}))
        silenced(room, hours=1)
        for number in range(10):
            room.detect("P2", number)
        worker = room.worker()
        room.run(worker)
        assert set(statuses(room)) == {"silenced"}
        for _ in range(3):
            room.clock.move(minutes=30)
            room.run(worker)
        assert sorted(room.told()) == [(SLACK, "detected"), (SLACK, "summary")]

    def test_what_a_dead_worker_was_sending_is_sent_again_in_the_middle_of_a_storm(self) -> None:
        room = AlarmRoom(channels_of(channels={SLACK: {"group": {"above": 4, "within": "5m"}}}))
        for number in range(10):
            room.detect("P2", number)
        watching = room.worker("worker-2")
        room.couriers.dies = True
        room.work("worker-1")
        room.couriers.dies = False
        room.gone.add("worker-1")
        assert statuses(room).count("sending") == 4
        for _ in range(3):
            room.run(watching)
            room.clock.move(minutes=4)
        assert set(statuses(room)) == {"gathered", "delivered"}


class TestOrder:
    def test_what_is_silenced_does_not_keep_what_is_not(self) -> None:
        room = AlarmRoom()
        silenced(room, 2, "severity", "P2")
        incident = room.detect("P2")
        worker = room.worker()
        room.run(worker)
        room.incidents.set_severity(incident, room.order(), room.severity("P1"))
        room.run(worker)
        assert (SLACK, "reclassified") in room.told()
        room.clock.move(hours=3)
        room.run(worker)
        # By then it is no news any more.
        assert (SLACK, "detected") not in room.told()

    def test_that_somebody_answers_is_told_after_what_a_dead_worker_was_telling(self) -> None:
        room = AlarmRoom()
        incident = room.detect("P2")
        watching = room.worker("worker-2")
        room.couriers.dies = True
        room.work("worker-1")
        room.couriers.dies = False
        room.incidents.acknowledge(incident, room.order())
        room.run(watching)
        room.gone.add("worker-1")
        room.clock.move(seconds=20)
        room.run(watching)
        assert room.told() == [(SLACK, "detected"), (SLACK, "detected"), (SLACK, "acknowledged")]
        assert statuses(room) == ["delivered", "delivered"]

    def test_that_it_is_over_is_told_last_whoever_planned_what(self) -> None:
        room = AlarmRoom()
        incident = room.detect("P2")
        watching = room.worker("worker-3")
        room.couriers.dies = True
        room.work("worker-1")
        room.incidents.acknowledge(incident, room.order())
        room.work("worker-2")
        room.couriers.dies = False
        room.incidents.resolve(incident, room.order())
        room.gone |= {"worker-1", "worker-2"}
        for _ in range(5):
            room.run(watching)
            room.clock.move(seconds=5)
        told = [occasion for _, occasion in room.told()]
        assert told == sorted(told, key=["detected", "acknowledged", "resolved"].index)
        assert statuses(room) == ["delivered"] * 3

    def test_what_was_refused_does_not_let_a_later_message_pass_an_earlier_one(self) -> None:
        room = AlarmRoom()
        room.couriers.scripts[SLACK] = lambda _: Never("it answered 404")
        incident = room.detect("P2")
        room.work("worker-1")
        watching = room.worker("worker-3")
        room.couriers.scripts.clear()
        room.incidents.set_severity(incident, room.order(), room.severity("P1"))
        room.couriers.dies = True
        room.work("worker-2")
        room.couriers.dies = False
        room.incidents.set_severity(incident, room.order(), room.severity("P0"))
        room.run(watching)
        room.gone.add("worker-2")
        room.clock.move(seconds=20)
        room.run(watching)
        sent = [each.message.content for each in room.couriers.sent if each.channel == SLACK]
        severities = [each.alert.severity for each in sent if each.alert]
        assert severities == ["P2", "P1", "P1", "P0"]
