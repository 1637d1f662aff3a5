"""Given channels and incidents, when the real worker works, then these messages and no others."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from application.channels import Answer, Delivered, Message, Never, TryLater
from tests.support.alarm_room import AlarmRoom, channels_of, levels_of

DOWN = TryLater("it answered 503")


def answers(*script: Answer) -> Callable[[Message], Answer]:
    """Answer one after the other, the last for ever."""
    left = list(script)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


def only(**channels: object) -> AlarmRoom:
    """A room where a P2 is told by one channel, `slack_incidents`, as a test wants it."""
    return AlarmRoom(channels_of(channels=channels))


class TestRouting:
    def test_one_message_a_channel_however_many_routes_lead_there(self) -> None:
        table = {"routes": [{"name": "all", "channels": ["slack_incidents", "slack_alerts"]}]}
        room = AlarmRoom(channels_of(routing=table))
        room.detect("P2", names=["slack_incidents", "slack_security"])
        room.work()
        assert sorted(room.told()) == [
            (channel, "detected")
            for channel in ("slack_alerts", "slack_incidents", "slack_security")
        ]
        routes = room.delivery("slack_incidents", "detected").errand.routes
        assert [each.kind for each in routes] == ["table", "rule", "severity"]

    def test_why_a_channel_was_passed_over_is_on_record(self) -> None:
        settings = channels_of(
            channels={
                "slack_incidents": {"filters": {"minSeverity": "P1"}},
                "slack_security": {"filters": {"categories": ["data_leak"]}},
                "slack_alerts": {"enabled": False},
            }
        )
        room = AlarmRoom(settings)
        incident = room.detect("P2", names=["slack_security", "slack_alerts", "nowhere"])
        room.work()
        (routed,) = room.events(incident, "incident.alerts_routed")
        assert {each.channel: each.why for each in routed.passed_over} == {
            "slack_incidents": "it takes P1 and worse, and this is P2",
            "slack_security": "it takes data_leak, not system_error",
            "slack_alerts": "it is switched off in channels.yaml",
            "nowhere": "channels.yaml has no such channel",
        }
        assert room.told() == []

    def test_that_no_route_leads_anywhere_is_on_record_too(self) -> None:
        room = AlarmRoom(levels=levels_of(P2={"notifications": []}))
        incident = room.detect("P2")
        room.work()
        assert room.sentences(incident, "incident.alerts_routed") == [
            "Nobody is told (detected). Passed over: nobody: no route leads to any channel"
        ]

    def test_a_route_can_keep_an_incident_on_record_and_tell_nobody(self) -> None:
        route = {"name": "quiet", "when": {"rule": "rule"}, "only": True}
        room = AlarmRoom(channels_of(routing={"routes": [route]}))
        room.detect("P0")
        room.work()
        assert room.told() == []

    @pytest.mark.parametrize(("match", "told"), [("first", ["a"]), ("all", ["a", "b"])])
    def test_the_first_route_that_fits_or_all(self, match: str, told: list[str]) -> None:
        routes = [
            {"name": "no", "when": {"severity": "P0"}, "channels": ["c"]},
            {"name": "one", "when": {"field": {"context.user": "a"}}, "channels": ["a"]},
            {"name": "two", "channels": ["b"], "only": True},
        ]
        room = AlarmRoom(
            channels_of(
                channels={"a": {}, "b": {}, "c": {}}, routing={"match": match, "routes": routes}
            ),
            levels_of(P2={"notifications": []}),
        )
        room.detect("P2")
        room.work()
        assert [channel for channel, _ in sorted(room.told())] == told

    def test_deciding_twice_sends_nothing_twice(self) -> None:
        room = AlarmRoom()
        incident = room.detect("P1")
        room.work()
        room.bookmarks.at.clear()
        room.work("worker-2")
        assert len(room.told()) == 2
        assert room.story(incident) == ["detected", "alerts_routed"]


class TestAnswering:
    def test_who_was_told_is_told_that_somebody_answers_and_that_it_is_over(self) -> None:
        room = AlarmRoom()
        incident = room.detect("P2")
        room.work()
        for act in (room.incidents.acknowledge, room.incidents.resolve):
            act(incident, room.order())
            room.work()
        room.incidents.close(incident, room.order(), "resolved")
        room.work()
        assert [occasion for _, occasion in room.told()] == [
            "detected", "acknowledged", "resolved", "closed",
        ]  # fmt: skip
        assert "Acknowledged by ana" in room.couriers.sent[1].message.content.sentence

    def test_an_answer_cancels_what_has_not_been_sent_and_nobody_is_told_of_it(self) -> None:
        room = only(slack_incidents={"limit": {"messages": 1, "per": "1h"}})
        room.detect("P2", 1)
        waiting = room.detect("P2", 2)
        room.work()
        room.incidents.acknowledge(waiting, room.order())
        room.work()
        room.clock.move(hours=2)
        room.work()
        assert room.told() == [("slack_incidents", "detected")]
        cancelled = room.deliveries()[1]
        assert (cancelled.status, cancelled.why) == (
            "cancelled", f"{waiting} was acknowledged before it was sent",
        )  # fmt: skip

    def test_what_may_have_got_through_is_followed_up(self) -> None:
        room = AlarmRoom()
        room.couriers.scripts["slack_incidents"] = answers(DOWN, Delivered())
        incident = room.detect("P2")
        room.work()
        room.incidents.resolve(incident, room.order())
        room.work()
        assert room.told() == [("slack_incidents", "detected"), ("slack_incidents", "resolved")]

    def test_messages_about_an_incident_keep_their_order(self) -> None:
        room = AlarmRoom()
        room.couriers.scripts["slack_incidents"] = answers(DOWN, DOWN, Delivered())
        incident = room.detect("P2")
        room.work()
        room.incidents.set_severity(incident, room.order(), room.severity("P3"))
        worker = room.worker("worker-2")
        for _ in range(4):
            room.run(worker)
            room.clock.move(seconds=5)
        slack = [each.occasion for each in room.couriers.sent if each.channel == "slack_incidents"]
        assert slack == ["detected", "detected", "detected", "reclassified"]

    def test_a_later_message_knows_the_first_one_and_its_receipt(self) -> None:
        room = AlarmRoom()
        incident = room.detect("P2")
        room.work()
        room.incidents.acknowledge(incident, room.order())
        room.work()
        first, second = (each.message for each in room.couriers.sent)
        assert (first.is_first, dict(first.receipt)) == (True, {})
        assert (second.begins, dict(second.receipt)) == (first.id, {"ref": first.id})

    def test_detected_and_answered_before_any_worker_looked_nobody_is_paged(self) -> None:
        room = AlarmRoom()
        incident = room.detect("P1")
        room.incidents.acknowledge(incident, room.order("ben"))
        room.work()
        assert room.told() == []
        (routed,) = room.events(incident, "incident.alerts_routed")
        assert {each.why for each in routed.passed_over} == {"ben answered before it was sent"}


class TestFailing:
    def test_it_is_tried_again_each_time_a_little_later(self) -> None:
        room = AlarmRoom()
        room.couriers.scripts["slack_incidents"] = answers(DOWN, DOWN, DOWN, Delivered())
        room.detect("P2")
        worker = room.worker()
        for _ in range(20):
            room.run(worker)
            room.clock.move(seconds=1)
        at = [each.at for each in room.couriers.sent]
        waits = [(b - a).total_seconds() for a, b in pairwise(at)]
        assert [1 <= waits[0] <= 3, 2 <= waits[1] <= 5, 4 <= waits[2] <= 9] == [True] * 3
        assert room.delivery("slack_incidents", "detected").status == "delivered"

    def test_what_the_other_side_asks_for_is_obeyed_by_the_whole_channel(self) -> None:
        room = AlarmRoom()
        room.couriers.scripts["slack_incidents"] = answers(TryLater("429", 600), Delivered())
        room.detect("P2", 1)
        worker = room.worker()
        room.run(worker)
        room.detect("P2", 2)
        room.clock.move(minutes=9)
        room.run(worker)
        assert len(room.told()) == 1
        room.clock.move(minutes=2)
        room.run(worker)
        assert len(room.told()) == 3

    def test_what_never_gets_through_is_dead_at_once_and_its_fallback_is_told(self) -> None:
        room = only(slack_incidents={"fallback": "email_oncall"})
        room.couriers.scripts["slack_incidents"] = answers(Never("it answered 404"))
        incident = room.detect("P2")
        room.work()
        assert room.told() == [("slack_incidents", "detected"), ("email_oncall", "detected")]
        dead = room.delivery("slack_incidents", "detected")
        stand_in = room.delivery("email_oncall", "detected")
        assert (dead.status, dead.why, dead.stands_in) == ("failed", "it answered 404", stand_in.id)
        assert stand_in.errand.instead_of == dead.id
        room.incidents.resolve(incident, room.order())
        room.work()
        assert room.told()[2:] == [("email_oncall", "resolved")]

    def test_an_answer_cancels_what_stands_in_for_a_page_that_failed(self) -> None:
        room = only(slack_incidents={"fallback": "email_oncall"})
        room.couriers.scripts["slack_incidents"] = answers(Never("it answered 404"))
        room.couriers.scripts["email_oncall"] = answers(DOWN)
        incident = room.detect("P2")
        room.work()
        room.incidents.acknowledge(incident, room.order())
        room.work("worker-2")
        assert room.delivery("email_oncall", "detected").status == "cancelled"

    def test_a_fallback_that_was_told_of_the_same_event_is_not_told_twice(self) -> None:
        room = only(slack_incidents={"fallback": "slack_security"})
        room.couriers.scripts["slack_incidents"] = answers(Never("it answered 404"))
        room.detect("P2", names=["slack_security"])
        room.work()
        assert room.told().count(("slack_security", "detected")) == 1

    def test_two_channels_that_stand_in_for_one_another_end(self) -> None:
        room = only(slack_incidents={"fallback": "a"}, a={"fallback": "slack_incidents"})
        for channel in ("slack_incidents", "a"):
            room.couriers.scripts[channel] = answers(Never("no"))
        room.detect("P2")
        room.work()
        assert [each.status for each in room.deliveries()] == ["failed", "failed"]

    def test_after_the_last_try_it_stands_in_plain_sight_as_failed(self) -> None:
        room = only(slack_incidents={"retry": {"attempts": 3}})
        room.couriers.scripts["slack_incidents"] = answers(DOWN)
        incident = room.detect("P2")
        worker = room.worker()
        for _ in range(60):
            room.run(worker)
            room.clock.move(seconds=1)
        assert len(room.told()) == 3
        dead = room.delivery("slack_incidents", "detected")
        assert (dead.status, dead.stands_in) == ("failed", None)
        assert room.story(incident) == ["detected", "alerts_routed"]

    def test_a_channel_that_is_down_is_left_alone_but_for_one_try_now_and_then(self) -> None:
        room = only(slack_incidents={"group": None})
        room.couriers.scripts["slack_incidents"] = answers(DOWN)
        for number in range(50):
            room.detect("P2", number)
        worker = room.worker()
        for _ in range(10):
            room.run(worker)
            room.clock.move(seconds=1)
        # Four at once, a few more until five in a row have failed, and then it is quiet.
        assert len(room.told()) <= 10

    def test_a_channel_that_stays_down_holds_nothing_for_ever(self) -> None:
        room = only(
            slack_incidents={"group": None, "fallback": "a", "retry": {"give_up_after": "10m"}},
            a={"group": None},
        )
        room.couriers.scripts["slack_incidents"] = answers(DOWN)
        for number in range(50):
            room.detect("P2", number)
        worker = room.worker()
        for _ in range(30):
            room.run(worker)
            room.clock.move(minutes=1)
        statuses = [each.status for each in room.deliveries() if each.errand.channel != "a"]
        assert set(statuses) == {"failed"}
        assert room.told().count(("a", "detected")) == 50

    def test_a_channel_that_comes_back_gets_everything(self) -> None:
        room = only(slack_incidents={"group": None})
        up_at = datetime(2026, 3, 1, 12, 5, tzinfo=UTC)
        room.couriers.scripts["slack_incidents"] = lambda _: (
            Delivered() if room.clock.now() >= up_at else DOWN
        )
        room.clock.at = datetime(2026, 3, 1, 12, tzinfo=UTC)
        for number in range(50):
            room.detect("P2", number)
        worker = room.worker()
        for _ in range(60):
            room.run(worker)
            room.clock.move(seconds=15)
        assert {each.status for each in room.deliveries()} == {"delivered"}

    def test_a_slow_channel_delays_no_other(self) -> None:
        room = only(slack_incidents={"limit": {"messages": 1, "per": "1h"}, "group": None})
        for number in range(30):
            room.detect("P1", number)
        room.work()
        assert room.told().count(("slack_incidents", "detected")) == 1
        assert room.told().count(("pagerduty_high", "detected")) >= 20

    def test_a_person_can_have_it_tried_again(self) -> None:
        room = AlarmRoom()
        room.couriers.scripts["slack_incidents"] = answers(Never("it answered 401"), Delivered())
        incident = room.detect("P2")
        worker = room.worker()
        room.run(worker)
        dead = room.delivery("slack_incidents", "detected")
        dead.requeue(room.act(incident))
        room.journal.commit([dead])
        room.clock.move(seconds=1)
        room.run(worker)
        assert room.delivery("slack_incidents", "detected").status == "delivered"


class TestManyWorkers:
    def test_what_a_dead_worker_was_sending_is_sent_again_under_its_id(self) -> None:
        room = AlarmRoom()
        room.detect("P2")
        room.couriers.dies = True
        room.work("worker-1")
        room.couriers.dies = False
        room.gone.add("worker-1")
        room.work("worker-2")
        first, second = (each.message.id for each in room.couriers.sent)
        assert first == second
        assert room.delivery("slack_incidents", "detected").status == "delivered"

    def test_what_a_living_worker_sends_is_left_to_it_until_its_time_is_up(self) -> None:
        room = AlarmRoom()
        room.detect("P2")
        room.couriers.dies = True
        room.work("worker-1")
        room.couriers.dies = False
        worker = room.worker("worker-2")
        room.run(worker)
        assert len(room.told()) == 1
        room.clock.move(minutes=1)
        room.run(worker)
        assert len(room.told()) == 2

    def test_several_workers_tell_everybody_once(self) -> None:
        room = only(slack_incidents={"group": None})
        workers = [room.worker(f"worker-{number}") for number in range(3)]
        for number in range(20):
            room.detect("P2", number)
        for _ in range(5):
            for worker in workers:
                room.run(worker)
            room.clock.move(seconds=1)
        assert room.told() == [("slack_incidents", "detected")] * 20


class TestMany:
    def test_beyond_the_rate_a_channel_gets_summaries_and_never_silence(self) -> None:
        room = only(slack_incidents={"group": {"above": 3, "within": "5m"}})
        worker = room.worker()
        for number in range(10):
            room.detect("P2", number)
        room.run(worker)
        assert [occasion for _, occasion in room.told()] == ["detected"] * 3
        room.clock.move(seconds=31)
        room.run(worker)
        assert [occasion for _, occasion in room.told()][3:] == ["summary"]
        summary = room.couriers.sent[3].message.content
        assert summary.counts == {"P2": 7}
        assert summary.sentence == "7 incidents in short order"
        for number in range(10, 15):
            room.detect("P2", number)
        room.run(worker)
        room.clock.move(minutes=6)
        room.run(worker)
        assert (
            sum(
                each.message.content.counts.get(room.severity("P2"), 1)
                for each in room.couriers.sent
            )
            == 15
        )
        assert not {each.status for each in room.deliveries()} & {"waiting", "sending"}

    def test_a_storm_that_is_answered_in_between_is_not_told_any_more(self) -> None:
        room = only(slack_incidents={"group": {"above": 1, "within": "5m"}})
        worker = room.worker()
        incidents = [room.detect("P2", number) for number in range(4)]
        room.run(worker)
        for each in incidents[:3]:
            room.incidents.close(each, room.order(), "false_alarm")
        room.run(worker)
        room.clock.move(minutes=10)
        room.run(worker)
        (summary,) = [each for each in room.couriers.sent if each.occasion == "summary"]
        assert summary.message.content.counts == {"P2": 1}

    def test_a_digest_gathers_until_its_time_of_day(self) -> None:
        digest = {"at": "08:00", "timezone": "Europe/Berlin"}
        room = only(email_daily_digest={"digest": digest})
        room.clock.at = datetime(2026, 3, 1, 12, tzinfo=UTC)
        worker = room.worker()
        for number in range(3):
            room.detect("P4", number)
        closed = room.detect("P4", 3)
        room.run(worker)
        room.incidents.resolve(closed, room.order())
        room.run(worker)
        assert room.told() == []
        room.clock.at = datetime(2026, 3, 2, 6, 59, tzinfo=UTC)
        room.run(worker)
        assert room.told() == []
        room.clock.at = datetime(2026, 3, 2, 7, 0, 1, tzinfo=UTC)
        room.run(worker)
        (sent,) = room.couriers.sent
        assert (sent.occasion, sent.message.content.counts) == ("digest", {"P4": 4})
        assert sorted(each.status for each in sent.message.content.covers) == [
            "detected", "detected", "detected", "resolved",
        ]  # fmt: skip
        room.clock.move(days=2)
        room.run(worker)
        assert len(room.couriers.sent) == 1

    def test_a_digest_that_was_missed_goes_out_at_the_next_start(self) -> None:
        room = only(email_daily_digest={"digest": "daily"})
        room.clock.at = datetime(2026, 3, 1, 12, tzinfo=UTC)
        room.detect("P4")
        room.work()
        room.clock.at = datetime(2026, 3, 4, 15, tzinfo=UTC)
        room.work("worker-2")
        assert [each.occasion for each in room.couriers.sent] == ["digest"]
