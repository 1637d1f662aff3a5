"""Who is told next while nobody answers, and what a severity requires, through the real worker."""

from datetime import timedelta

import pytest

from application.channels import Never
from domain.incident.by_clock import fulfil
from domain.incident.errors import NothingChangedError
from domain.responder.directory import Directory
from tests.support.alarm_room import AlarmRoom, channels_of, levels_of

DIRECTORY = Directory.model_validate(
    {
        "people": {
            "ada": {"full_name": "Ada Ames", "email": "ada@corp.example"},
            "ben": {"full_name": "Ben Berg", "email": "ben@corp.example"},
        },
        "teams": {"everybody": {"members": ["ada", "ben"]}},
        "rotations": {
            "payments": {
                "members": ["ada", "ben"],
                "handoff": "daily",
                "at": "09:00",
                "timezone": "Europe/Berlin",
                "start": "2020-01-01",
            }
        },
    }
)


def room_with(escalation: list[dict[str, object]], **level: object) -> AlarmRoom:
    """A room where a P0 has tiers, and tells `slack_incidents` besides."""
    changes = {"escalation": escalation, "notifications": ["slack_incidents"], **level}
    return AlarmRoom(channels_of(channels={"sms": {}}), levels_of(P0=changes), DIRECTORY)


def minutes_of(room: AlarmRoom, channel: str) -> list[int]:
    """Give the minutes after which a channel was told."""
    begin = room.couriers.sent[0].at
    return [
        round((each.at - begin) / timedelta(minutes=1))
        for each in room.couriers.sent
        if each.channel == channel
    ]


def work_for(room: AlarmRoom, minutes: int) -> None:
    """Let a worker work, minute after minute."""
    worker = room.worker()
    for _ in range(minutes):
        room.run(worker)
        room.clock.move(minutes=1)
    room.run(worker)


class TestTiers:
    def test_the_first_tier_is_told_when_the_response_is_overdue_and_then_the_next_one(
        self,
    ) -> None:
        room = room_with([
            {"channels": ["email_oncall"], "to": ["payments"]},
            {"channels": ["sms"], "to": ["everybody"], "after": "5m"},
        ])  # fmt: skip
        incident = room.detect("P0")
        work_for(room, 29)
        assert minutes_of(room, "slack_incidents") == [0]
        assert (minutes_of(room, "email_oncall"), minutes_of(room, "sms")) == ([15], [20])
        assert room.story(incident, "alerts_routed") == [
            "detected",
            "response_overdue",
            "escalated",
        ]
        told = room.sentences(incident, "incident.escalated")
        assert told == ["Escalated: nobody answers, so tier 2 is told"]

    def test_a_tier_is_told_again_and_again_as_often_as_it_says(self) -> None:
        room = room_with(
            [{"channels": ["sms"], "repeat": {"every": "2m", "times": 3}}], escalation_time="None"
        )
        room.detect("P0")
        work_for(room, 40)
        assert minutes_of(room, "sms") == [15, 17, 19, 21]

    def test_the_next_tier_ends_the_repetitions_of_the_one_before(self) -> None:
        room = room_with(
            [
                {"channels": ["sms"], "repeat": {"every": "2m", "times": 9}},
                {"channels": ["email_oncall"], "after": "5m"},
            ],
            escalation_time="None",
        )
        room.detect("P0")
        work_for(room, 40)
        assert (minutes_of(room, "sms"), minutes_of(room, "email_oncall")) == ([15, 17, 19], [20])

    def test_who_answers_ends_it(self) -> None:
        room = room_with([{"channels": ["sms"], "repeat": {"every": "2m", "times": 9}}])
        incident = room.detect("P0")
        work_for(room, 16)
        room.incidents.acknowledge(incident, room.order())
        work_for(room, 10)
        assert [each.occasion for each in room.couriers.sent if each.channel == "sms"] == [
            "response_overdue", "acknowledged",
        ]  # fmt: skip

    def test_unresolved_the_level_and_the_tier_that_was_told_last_hear_of_it(self) -> None:
        room = room_with([{"channels": ["sms"]}])
        room.detect("P0")
        work_for(room, 31)
        assert (minutes_of(room, "sms"), minutes_of(room, "slack_incidents")) == ([15, 30], [0, 30])

    def test_who_is_on_call_is_found_out_when_the_message_is_sent(self) -> None:
        room = room_with([{"channels": ["email_oncall"], "to": ["payments"]}])
        room.detect("P0")
        work_for(room, 16)
        (sent,) = [each for each in room.couriers.sent if each.channel == "email_oncall"]
        (person,) = sent.message.recipients
        (found,) = DIRECTORY.resolve("payments", sent.at, {})
        assert (person.name, person.why) == (found.name, found.why)
        assert person.why.startswith("on call for payments until 2026-")
        (told,) = room.delivery("email_oncall", "response_overdue").recipients
        assert (told.name, told.why) == (found.name, found.why)

    def test_names_behind_which_there_is_nobody_stand_in_plain_sight(self) -> None:
        room = room_with([{"channels": ["email_oncall"], "to": ["nobody"]}])
        room.detect("P0")
        work_for(room, 16)
        failed = room.delivery("email_oncall", "response_overdue")
        assert failed.status == "failed"
        assert "nobody" in failed.why


class TestObligations:
    def test_what_a_level_requires_arises_with_its_deadlines(self) -> None:
        room = AlarmRoom(levels=levels_of(P0={"requires": ["immediate_response", "war_room"]}))
        incident = room.detect("P0")
        room.work()
        found = room.incident(incident)
        begin = found.clocks.since
        assert {name: each.deadline for name, each in found.obligations.items()} == {
            "immediate_response": begin + timedelta(minutes=5),
            "war_room": begin + timedelta(minutes=15),
        }

    def test_an_answer_is_the_immediate_response_and_an_assignment_the_dedicated_responder(
        self,
    ) -> None:
        required = ["immediate_response", "dedicated_responder"]
        room = AlarmRoom(levels=levels_of(P0={"requires": required}))
        incident = room.detect("P0")
        room.work()
        room.incidents.acknowledge(incident, room.order("ada"))
        room.incidents.assign(incident, room.order("ada"), "ben")
        room.work()
        assert room.incident(incident).obligations == {}
        assert room.sentences(incident, "incident.obligation_fulfilled") == [
            "Fulfilled: immediate response (answered by ada)",
            "Fulfilled: dedicated responder (assigned to ben)",
        ]

    def test_what_is_not_done_in_time_is_said_once_and_told(self) -> None:
        room = AlarmRoom(levels=levels_of(P0={"requires": ["war_room"]}))
        incident = room.detect("P0")
        work_for(room, 20)
        assert len(room.events(incident, "incident.obligation_overdue")) == 1
        assert ("slack_incidents", "obligation_overdue") in room.told()

    def test_a_message_that_arrives_fulfils_it_and_one_that_does_not_does_not(self) -> None:
        for arrives in (True, False):
            room = AlarmRoom(
                channels_of(channels={"email_executives": {}}),
                levels_of(
                    P0={"requires": ["executive_notification"]},
                    obligations={
                        "executive_notification": {
                            "within": "30m", "fulfilled_by": "message",
                            "channels": ["email_executives"],
                        }
                    },
                ),
            )  # fmt: skip
            if not arrives:
                room.couriers.scripts["email_executives"] = lambda _: Never("it answered 550")
            incident = room.detect("P0")
            work_for(room, 1)
            assert ("email_executives", "obligation") in room.told()
            assert (room.incident(incident).obligations == {}) is arrives

    def test_a_lower_severity_and_the_end_waive_it(self) -> None:
        room = AlarmRoom(levels=levels_of(P0={"requires": ["war_room"]}))
        lowered, ended = room.detect("P0", 1), room.detect("P0", 2)
        room.work()
        room.incidents.set_severity(lowered, room.order(), room.severity("P3"))
        room.incidents.resolve(ended, room.order())
        room.work()
        whys = [
            room.events(each, "incident.obligations_waived")[0].why for each in (lowered, ended)
        ]
        assert whys == ["P3 does not require it", "it is resolved"]

    def test_what_is_not_required_cannot_be_fulfilled(self) -> None:
        room = AlarmRoom()
        incident = room.incident(room.detect("P0"))
        with pytest.raises(NothingChangedError, match="does not require tea"):
            fulfil(incident, "tea", "person", "ada", room.act(incident.id))
