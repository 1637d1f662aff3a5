"""Workers that are killed lose no message, and send none twice where that can be told."""

import signal
import time
from collections import Counter
from pathlib import Path
from random import Random

from application.commands.incidents import Order
from tests.conftest import SOAK
from tests.support.paging import (
    CHANNELS,
    READERS,
    Paging,
    Receivers,
    channels_to,
    kill,
    receiving,
    seeded,
    taking,
)

INCIDENTS = 1_000 if SOAK else 30
KILLS = 100 if SOAK else 5
AT_ONCE = 4  # messages on their way to a channel when a worker is killed
DURING_START = 0.15


def test_killed_again_and_again_every_message_arrives_and_counts_once(
    tmp_path: Path, database_url: str
) -> None:
    chance = seeded()
    with receiving(taking(0.02), taking(0.02)) as receivers:
        made = Paging.of(tmp_path, database_url, channels_to(receivers))
        incidents = made.detect(INCIDENTS)
        killed = _killing(made, receivers, chance)
        made.work_until(INCIDENTS * len(CHANNELS))
    assert killed > KILLS * 0.8
    _each_counts_once(incidents, receivers, killed)
    _the_log_tells_of_each_once(made, incidents)


def _killing(made: Paging, receivers: Receivers, chance: Random) -> int:
    """Kill workers while they start, or when some more messages arrived; count the kills."""
    killed = 0
    in_all = INCIDENTS * (1 + 1 + len(READERS))
    # Not to the very end, so that there is something left to kill, and something to do.
    for place in sorted(chance.randrange(in_all * 9 // 10) for _ in range(KILLS)):
        process = made.start_worker()
        if chance.random() < DURING_START:
            time.sleep(chance.uniform(0, 0.6))
        else:
            # Until then, or until the first one of its own arrived.
            receivers.wait(max(place, receivers.count + 1), process)
            time.sleep(chance.uniform(0, 0.03))
        killed += kill(process)
    return killed


def _each_counts_once(incidents: list[str], receivers: Receivers, killed: int) -> None:
    pages, hooks, mails = receivers.pages(), receivers.hooks(), receivers.mails()
    assert set(pages) == {("trigger", each) for each in incidents}
    assert len(hooks) == len(incidents)
    # What comes again says the same.
    assert {len(bodies) for bodies in hooks.values()} == {1}
    assert Counter(recipient for _, recipient in set(mails)) == dict.fromkeys(
        READERS, len(incidents)
    )
    # Only what a killed worker had in its hands comes again.
    again = [len(pages) - len(set(pages)), len(receivers.webhook.heard) - len(hooks)]
    assert max(again) <= killed * AT_ONCE
    assert len(mails) - len(set(mails)) <= killed * AT_ONCE * len(READERS)


def _the_log_tells_of_each_once(made: Paging, incidents: list[str]) -> None:
    told = Counter((h.originator_id, h.topic) for h in made.headlines())
    assert all(told[each, "incident.alerts_routed"] == 1 for each in incidents)
    deliveries = made.deliveries()
    assert len({each.id for each in deliveries}) == len(incidents) * len(CHANNELS)
    assert {(each.errand.incident_id, each.errand.channel) for each in deliveries} == {
        (incident, channel) for incident in incidents for channel in CHANNELS
    }
    for each in deliveries:
        assert each.status == "delivered"
        assert (told[each.id, "delivery.planned"], told[each.id, "delivery.delivered"]) == (1, 1)


def test_no_page_follows_an_answer_however_often_workers_are_killed(
    tmp_path: Path, database_url: str
) -> None:
    chance, count = seeded(), max(20, INCIDENTS // 4)
    with receiving(taking(0.05)) as receivers:
        made = Paging.of(tmp_path, database_url, channels_to(receivers), told=["pager"])
        incidents = made.detect(count)
        answered: list[str] = []
        for kills in range(max(2, KILLS // 4)):
            workers = [made.start_worker() for _ in range(2)]
            _answer_while(made, receivers, answered, chance.randrange(1, 6))
            killed = workers.pop(chance.randrange(2))
            assert kill(killed), kills
            workers[0].send_signal(signal.SIGKILL if chance.random() < 0.5 else signal.SIGTERM)
            assert workers[0].communicate(timeout=60)[1] == b""
        made.work_until(count + len(answered))
        _order_all(made, "resolve", answered)
        made.work_until(count + 2 * len(answered))
    assert answered
    for each in incidents:
        actions = [action for action, key in receivers.pages() if key == each]
        order = ["trigger", "acknowledge", "resolve"] if each in answered else ["trigger"]
        assert actions == sorted(actions, key=order.index)
        assert set(actions) == set(order)


def _answer_while(made: Paging, receivers: Receivers, answered: list[str], more: int) -> None:
    """Answer incidents that PagerDuty has just been told of, a few of them."""
    wanted = len(answered) + more
    begun = time.monotonic()
    while len(answered) < wanted and time.monotonic() < begun + 3:
        told = dict.fromkeys(key for _, key in receivers.pages() if key not in answered)
        new = list(told)[: wanted - len(answered)]
        _order_all(made, "acknowledge", new)
        answered += new
        time.sleep(0.01)


def _order_all(made: Paging, what: str, incidents: list[str]) -> None:
    with made.case.tocsin() as tocsin:
        for each in incidents:
            getattr(tocsin.incidents, what)(each, Order(by="ana", id=f"{what} {each}"))
