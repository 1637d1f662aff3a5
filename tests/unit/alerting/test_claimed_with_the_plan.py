"""What may go at once is claimed in the transaction that plans it; what may not waits its turn."""

from collections.abc import Iterable
from typing import Any

from application.channels import Answer, Delivered, Message, TryLater
from domain.alerting.delivery import Delivery
from tests.support.alarm_room import AlarmRoom, channels_of

CHANNEL = "slack_incidents"


class Watched(AlarmRoom):
    """A room that notes, transaction by transaction, what was stored."""

    def __init__(self, **channels: Any) -> None:
        super().__init__(channels_of(channels=channels))
        self.transactions: list[list[str]] = []
        plain = self.journal.commit

        def commit(aggregates: Iterable[Any], progress: Any = None) -> None:
            found = list(aggregates)
            stored = [type(event).TOPIC for each in found for event in each.pending_events]
            plain(found, progress)
            self.transactions.append(stored)

        self.journal.commit = commit  # type: ignore[method-assign] # it only notes what is done

    def of_deliveries(self) -> list[list[str]]:
        """Give the transactions that were about deliveries."""
        named = [
            [topic.partition(".")[2] for topic in each if topic.startswith("delivery.")]
            for each in self.transactions
        ]
        return [each for each in named if each]

    def claimed_with_the_plan(self) -> int:
        """Count the deliveries whose plan and first try are one transaction."""
        return sum(each.count("attempted") for each in self.of_deliveries() if "planned" in each)


def busy(message: Message) -> Answer:
    del message
    return TryLater("busy")


def test_the_first_message_is_claimed_with_its_plan_and_sent_after_that() -> None:
    room = Watched()
    room.detect("P2")
    seen: list[list[list[str]]] = []

    def look(message: Message) -> Answer:
        seen.append(room.of_deliveries())
        return Delivered({"ref": message.id})

    room.couriers.scripts[CHANNEL] = look
    room.work()
    assert seen == [[["planned", "attempted"]]]
    assert room.of_deliveries() == [["planned", "attempted"], ["delivered"]]
    assert room.told() == [(CHANNEL, "detected")]


def test_all_channels_of_an_event_are_claimed_in_one_transaction() -> None:
    room = Watched()
    room.detect("P0")
    room.work()
    planned, *_ = room.of_deliveries()
    assert planned == ["planned", "attempted"] * 3
    assert len(room.told()) == 3


def test_the_claim_says_by_whom_and_which_try_it_is() -> None:
    room = Watched()
    room.detect("P2")
    room.work()
    (attempted,) = room.events(room.deliveries()[0].id, "delivery.attempted")
    assert attempted.worker == "worker-1"
    assert attempted.attempt == 1


def test_no_more_are_claimed_than_may_be_under_way() -> None:
    room = Watched(**{CHANNEL: {"group": None}})
    for number in range(10):
        room.detect("P2", number)
    room.work()
    assert room.claimed_with_the_plan() == 4
    assert len(room.told()) == 10


def test_a_limit_holds_for_what_is_claimed_with_its_plan() -> None:
    room = Watched(**{CHANNEL: {"group": None, "limit": {"messages": 2, "per": "1m"}}})
    for number in range(5):
        room.detect("P2", number)
    room.work()
    assert room.claimed_with_the_plan() == 2
    assert len(room.told()) == 2


def test_beyond_the_rate_nothing_is_claimed_with_its_plan() -> None:
    room = Watched(**{CHANNEL: {"group": {"above": 3, "within": "5m"}}})
    for number in range(8):
        room.detect("P2", number)
    room.work()
    assert room.claimed_with_the_plan() == 3
    assert [each for each in room.told() if each[1] == "detected"] == [(CHANNEL, "detected")] * 3


def test_what_is_gathered_for_a_digest_is_not_claimed() -> None:
    room = Watched(**{CHANNEL: {"digest": {"at": "08:00"}}})
    room.detect("P2")
    room.work()
    assert room.claimed_with_the_plan() == 0
    assert room.told() == []


def test_a_channel_that_fails_is_left_to_its_breaker() -> None:
    room = Watched(**{CHANNEL: {"group": None}})
    room.couriers.scripts[CHANNEL] = busy
    for number in range(6):
        room.detect("P2", number)
    room.work()
    before = room.claimed_with_the_plan()
    room.detect("P2", 99)
    room.work()
    assert room.claimed_with_the_plan() == before


def test_a_later_message_of_an_incident_waits_for_the_first_one() -> None:
    room = Watched()
    incident = room.detect("P2")
    room.couriers.scripts[CHANNEL] = busy
    worker = room.worker()
    room.run(worker)
    room.incidents.acknowledge(incident, room.order())
    room.run(worker)
    assert room.claimed_with_the_plan() == 1
    assert room.told()[-1] == (CHANNEL, "acknowledged")


def test_whoever_waits_already_goes_first() -> None:
    room = Watched(**{CHANNEL: {"group": None}})
    room.couriers.scripts[CHANNEL] = busy
    worker = room.worker()
    for number in range(4):
        room.detect("P2", number)
    room.run(worker)
    room.couriers.scripts.clear()
    room.couriers.sent.clear()
    room.clock.move(minutes=1)
    room.detect("P2", 50)
    room.run(worker)
    last = room.couriers.sent[-1].message.content.alert
    assert last is not None
    assert last.incident_id.endswith("0050")
    assert len(room.couriers.sent) == 5


def test_a_worker_that_dies_after_the_claim_leaves_it_to_the_next_under_the_same_id() -> None:
    room = Watched()
    room.detect("P2")
    room.couriers.dies = True
    room.work("worker-1")
    room.couriers.dies = False
    room.gone.add("worker-1")
    room.work("worker-2")
    assert room.of_deliveries() == [["planned", "attempted"], ["attempted"], ["delivered"]]
    assert len({each.message.id for each in room.couriers.sent}) == 1


def test_who_loses_the_race_for_the_plan_sends_nothing() -> None:
    room = Watched()
    incident = room.detect("P2")
    lost = room.worker("worker-2")
    plain, others = room.journal.commit, [room.worker("worker-1")]

    def commit(aggregates: Iterable[Any], progress: Any = None) -> None:
        while others:
            room.run(others.pop())
        plain(aggregates, progress)

    room.journal.commit = commit  # type: ignore[method-assign] # it lets another one be faster
    room.run(lost)
    assert room.told() == [(CHANNEL, "detected")]
    (delivery,) = room.deliveries()
    assert isinstance(delivery, Delivery)
    assert (delivery.worker, delivery.status) == ("worker-1", "delivered")
    assert room.story(incident).count("alerts_routed") == 1
