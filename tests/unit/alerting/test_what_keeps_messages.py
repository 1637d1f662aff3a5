"""Messages that wait for something keep no other one, keep their order, and are not forgotten."""

from collections.abc import Sequence
from datetime import timedelta

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
