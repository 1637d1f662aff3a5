"""Receivers that are down, busy, hang, or refuse, while workers are killed: nothing is lost."""

import json
import socket
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.conftest import SOAK
from tests.support.loopback_server import Heard, Reply, answering
from tests.support.paging import Paging, channels_to, kill, receiving, seeded, until_true

INCIDENTS = 200 if SOAK else 12
KILLS = 20 if SOAK else 3


@dataclass
class Ailing:
    """Answers as it feels, and notes what it took by `webhook-id`."""

    mood: str = "well"
    moods: set[str] = field(default_factory=set)
    taken: list[str] = field(default_factory=list)
    let_go: threading.Event = field(default_factory=threading.Event)

    def __call__(self, heard: Heard) -> Reply:
        """Answer a request."""
        mood = self.mood
        self.moods.add(mood)
        if mood == "hangs":
            self.let_go.wait(60)
        if mood in _BAD:
            return _BAD[mood]
        self.taken.append(heard.headers["webhook-id"])
        return Reply(202)


_BAD = {
    "down": Reply(503),
    "busy": Reply(429, headers={"retry-after": "1"}),
    "hangs": Reply(503),
}


def test_what_is_down_busy_or_hangs_gets_everything_when_it_is_back(
    tmp_path: Path, sqlite_url: str
) -> None:
    chance, ailing = seeded(), Ailing()
    retry = {"attempts": 50, "first": "100ms", "longest": "1s"}
    with receiving(webhook=ailing) as receivers:
        hook = {"retry": retry}
        made = Paging.of(tmp_path, sqlite_url, channels_to(receivers, hook=hook), told=["hook"])
        incidents = made.detect(INCIDENTS)
        for mood in [*_BAD, *(chance.choice(list(_BAD)) for _ in range(KILLS - len(_BAD)))]:
            ailing.mood = mood
            process = made.start_worker()
            receivers.wait(receivers.count + 1, process)
            time.sleep(chance.uniform(0, 0.3))
            assert kill(process)
            assert not {"delivered", "failed"} & set(made.statuses())
        assert ailing.moods == set(_BAD)
        ailing.mood = "well"
        ailing.let_go.set()
        made.work_until(INCIDENTS)
    assert len(ailing.taken) == len(set(ailing.taken)) == len(incidents)


def test_nobody_listens_for_a_while_and_then_everything_arrives(
    tmp_path: Path, sqlite_url: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    hook = {
        "config": {"url": f"http://127.0.0.1:{port}"},
        "retry": {"attempts": 50, "first": "100ms", "longest": "1s"},
    }
    with receiving() as receivers:
        made = Paging.of(tmp_path, sqlite_url, channels_to(receivers, hook=hook), told=["hook"])
        made.detect(4)
        process = made.start_worker()
        until_true(lambda: _deferred(made) > 0)
        assert kill(process)
        # It listens at last, where it was expected.
        with answering(lambda _: Reply(202), port=port) as server:
            made.work_until(4)
            ids = [each.headers["webhook-id"] for each in server.heard]
    assert len(ids) == len(set(ids)) == 4


def _deferred(made: Paging) -> int:
    return sum(each.topic == "delivery.deferred" for each in made.headlines())


def test_what_is_refused_for_good_stands_as_failed_and_the_fallback_is_told(
    tmp_path: Path, database_url: str
) -> None:
    chance = seeded()
    with receiving(webhook=lambda _: Reply(404)) as receivers:
        channels = channels_to(receivers, hook={"fallback": "pager"})
        made = Paging.of(tmp_path, database_url, channels, told=["hook"])
        incidents = made.detect(INCIDENTS)
        for _ in range(2):
            process = made.start_worker()
            receivers.wait(receivers.count + chance.randrange(1, 6), process)
            assert kill(process)
        made.work_until(2 * INCIDENTS, "failed", "delivered")
    assert set(receivers.pages()) == {("trigger", each) for each in incidents}
    by_channel = {
        (each.errand.channel, each.errand.incident_id): each for each in made.deliveries()
    }
    for each in incidents:
        dead, stand_in = by_channel["hook", each], by_channel["pager", each]
        assert (dead.status, dead.stands_in) == ("failed", stand_in.id)
        assert (stand_in.status, stand_in.errand.instead_of) == ("delivered", dead.id)
        assert dead.why == "the webhook answered 404"
    bodies = [json.loads(each.body) for each in receivers.webhook.heard]
    assert {each["incident"]["id"] for each in bodies} == set(incidents)
