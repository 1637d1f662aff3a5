"""A worker killed at the worst moment: its message arrives, under the same id, and is settled."""

import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.loopback_server import Heard, Reply, behaving
from tests.support.paging import Paging, Receivers, channels_to, receiving


@dataclass
class Killer:
    """Kills a worker, the first one only, when it is told to."""

    is_done: bool = False
    _victim: "list[subprocess.Popen[bytes]]" = field(default_factory=list)
    _there: threading.Event = field(default_factory=threading.Event)

    def aim(self, process: "subprocess.Popen[bytes]") -> None:
        """Name the worker."""
        self._victim.append(process)
        self._there.set()

    def kill(self) -> None:
        """Kill it."""
        assert self._there.wait(60)
        if not self.is_done:
            self.is_done = True
            self._victim[0].kill()
            self._victim[0].wait()


def _paging(folder: Path, database: str, receivers: Receivers, url: str = "") -> Paging:
    hook = {"config": {"url": url or receivers.webhook.url}}
    return Paging.of(folder, database, channels_to(receivers, hook=hook), told=["hook"])


def _let_one_die(made: Paging, killer: Killer) -> str:
    """Let a worker be killed over a message; give the message's id."""
    made.detect(1)
    process = made.start_worker()
    killer.aim(process)
    assert process.communicate(timeout=60)[1] == b""
    assert process.returncode == -9
    (delivery,) = made.deliveries()
    assert killer.is_done
    return delivery.id


def _ends_well(made: Paging, receivers: Receivers, delivery_id: str, tries: int) -> None:
    made.work_until(1)
    (delivery,) = made.deliveries()
    assert (delivery.id, delivery.status, delivery.tries) == (delivery_id, "delivered", tries)
    ((webhook_id, bodies),) = receivers.hooks().items()
    assert (webhook_id, len(bodies)) == (delivery_id, 1)


def test_killed_between_intent_and_effect_its_message_is_sent_by_the_next_one(
    tmp_path: Path, database_url: str
) -> None:
    killer = Killer()
    # It is connected to, and the worker has not said anything yet that is heard.
    with behaving(lambda _: killer.kill()) as deaf, receiving() as receivers:
        made = _paging(tmp_path, database_url, receivers, deaf.url)
        delivery_id = _let_one_die(made, killer)
        assert made.statuses() == ["sending"]
        made = _paging(tmp_path, database_url, receivers)
        _ends_well(made, receivers, delivery_id, tries=2)
        assert len(receivers.webhook.heard) == 1


def test_killed_between_effect_and_outcome_its_message_comes_again_under_its_id(
    tmp_path: Path, database_url: str
) -> None:
    killer = Killer()

    def answer(heard: Heard) -> Reply:
        del heard
        killer.kill()
        return Reply(202)

    with receiving(webhook=answer) as receivers:
        made = _paging(tmp_path, database_url, receivers)
        delivery_id = _let_one_die(made, killer)
        assert made.statuses() == ["sending"]
        _ends_well(made, receivers, delivery_id, tries=2)
        assert len(receivers.webhook.heard) == 2


@pytest.mark.parametrize("later", [0.001, 0.004])
def test_killed_while_it_records_the_outcome_that_is_recorded_or_comes_again(
    tmp_path: Path, sqlite_url: str, later: float
) -> None:
    killer = Killer()

    def answer(heard: Heard) -> Reply:
        del heard
        threading.Timer(later, killer.kill).start()
        return Reply(202)

    with receiving(webhook=answer) as receivers:
        made = _paging(tmp_path, sqlite_url, receivers)
        delivery_id = _let_one_die(made, killer)
        tries = 1 if made.statuses() == ["delivered"] else 2
        _ends_well(made, receivers, delivery_id, tries)
        assert len(receivers.webhook.heard) == tries
