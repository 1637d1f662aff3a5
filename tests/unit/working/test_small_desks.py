"""The desks of the outbox and of the heartbeat, with everything in memory."""

from typing import Any

from application.alerting.counter import Counter
from application.working.heartbeat_desk import HeartbeatDesk
from application.working.outbox_desk import OutboxDesk
from domain.alerting.delivery import Delivery
from domain.alerting.settings import Heartbeat
from tests.support.alarm_room import AlarmRoom, channels_of

WRITTEN = {
    "id": "m1",
    "created": "2026-03-01T12:00:00+00:00",
    "incident": "INC-1",
    "execution": "RUN-1",
    "step": "step-5",
    "template": "secret_exposure_notification",
    "recipient": {"name": "ada", "full_name": "Ada Ames", "email": "ada@corp.example"},
    "subject": "A secret was exposed",
    "text": "Please look.",
}


class FakeOutbox:
    """Messages in memory."""

    def __init__(self, **messages: Any) -> None:
        self.new = messages
        self.moved: list[tuple[str, str]] = []

    def waiting(self, limit: int) -> list[tuple[str, Any]]:
        """Give what waits."""
        return list(self.new.items())[:limit]

    def taken(self, message_id: str) -> None:
        """Note it."""
        del self.new[message_id]
        self.moved.append(("cur", message_id))

    def spoilt(self, message_id: str) -> None:
        """Note it."""
        del self.new[message_id]
        self.moved.append(("bad", message_id))


def desk(room: AlarmRoom, outbox: FakeOutbox) -> tuple[OutboxDesk, list[Delivery]]:
    """Make a desk, and what it tells of."""
    planned: list[Delivery] = []
    reach = {"sms": "phone", "email": "email"}
    counter = Counter(room.journal, room.clock, room.settings, "worker-1")
    return OutboxDesk(counter, outbox, lambda each: reach.get(each.id), planned.append), planned


def room_with(*messages: str) -> AlarmRoom:
    """A room whose runbooks write to people by some channels."""
    return AlarmRoom(channels_of(channels={"sms": {}, "email": {}}, messages=list(messages)))


def test_a_message_goes_by_the_first_channel_that_reaches_the_person() -> None:
    room, outbox = room_with("sms", "email"), FakeOutbox(m1=WRITTEN)
    made, planned = desk(room, outbox)
    assert made.work()
    (delivery,) = planned
    errand = delivery.errand
    assert (errand.channel, errand.to, errand.incident_id) == ("email", ("ada",), "INC-1")
    assert (errand.content.subject, errand.content.text) == (WRITTEN["subject"], WRITTEN["text"])
    assert [str(each) for each in errand.routes] == ["a step of RUN-1/step-5 writes to people"]
    assert outbox.moved == [("cur", "m1")]


def test_one_that_nobody_can_read_stops_nothing() -> None:
    room, outbox = room_with("email"), FakeOutbox(bad={"half": 1}, m1=WRITTEN)
    made, planned = desk(room, outbox)
    made.work()
    assert (len(planned), outbox.moved) == (1, [("bad", "bad"), ("cur", "m1")])


def test_planned_before_a_crash_it_is_not_planned_again() -> None:
    room = room_with("email")
    desk(room, FakeOutbox(m1=WRITTEN))[0].work()
    outbox = FakeOutbox(m1=WRITTEN)
    made, planned = desk(room, outbox)
    made.work()
    assert (planned, outbox.moved) == ([], [("cur", "m1")])
    assert len(room.deliveries()) == 1


def test_without_a_channel_for_them_messages_stay_where_they_are() -> None:
    outbox = FakeOutbox(m1=WRITTEN)
    made, planned = desk(room_with(), outbox)
    assert (made.work(), planned, outbox.moved, made.next_at) == (False, [], [], None)


class FakePulse:
    """Counts beats."""

    beats = 0

    def beat(self) -> None:
        """Count."""
        self.beats += 1


def test_the_heartbeat_beats_as_long_as_the_worker_comes_round() -> None:
    room, pulse = AlarmRoom(), FakePulse()
    made = HeartbeatDesk(room.clock, Heartbeat(url="https://example.com", every="1m"), pulse)
    for _ in range(121):
        made.work()
        room.clock.move(seconds=1)
    assert pulse.beats == 3
