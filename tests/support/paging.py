"""Alerts sent by real workers to receivers on loopback that are not killed, and count."""

import json
import os
import random
import signal
import subprocess
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from application.alerting.views import DeliveryFilter
from application.log import Headline
from domain.alerting.delivery import Delivery
from domain.incident.incident import Incident
from tests.support.carrying import Carrying
from tests.support.incidents import AT, DIAGNOSIS, by
from tests.support.ingesting import write_configuration
from tests.support.loopback_server import Answering, Heard, LoopbackServer, Reply, answering
from tests.support.smtp_server import MailBox, taking_mail

CHANNELS = ("pager", "hook", "mail")
PATIENCE = 300
READERS = ("ada@example.com", "ben@example.com")


def taking(delay: float = 0.0) -> Answering:
    """Take everything, each after a while."""

    def answer(heard: Heard) -> Reply:
        del heard
        time.sleep(delay)
        return Reply(202, b"{}")

    return answer


@dataclass
class Receivers:
    """What reached PagerDuty, a webhook and a mail server, however often."""

    pagerduty: LoopbackServer
    webhook: LoopbackServer
    box: MailBox

    @property
    def count(self) -> int:
        """How many messages arrived in all."""
        return len(self.pagerduty.heard) + len(self.webhook.heard) + len(self.box.received)

    def wait(self, count: int, worker: "subprocess.Popen[bytes]") -> None:
        """Wait until so many messages arrived in all, or a worker has ended."""
        until_true(lambda: self.count >= count or worker.poll() is not None, pause=0.001)

    def pages(self) -> list[tuple[str, str]]:
        """Tell what PagerDuty was told, in order: each event's action and its key."""
        events = [json.loads(each.body) for each in list(self.pagerduty.heard)]
        return [(each["event_action"], each["dedup_key"]) for each in events]

    def hooks(self) -> dict[str, set[bytes]]:
        """Tell by `webhook-id` what the webhook was told under it."""
        found: dict[str, set[bytes]] = defaultdict(set)
        for each in list(self.webhook.heard):
            found[each.headers["webhook-id"]].add(each.body)
        return found

    def mails(self) -> list[tuple[str, str]]:
        """Tell which mail, by its Message-ID, came to whom."""
        return [
            (str(each.mail["Message-ID"]), recipient)
            for each in list(self.box.received)
            for recipient in each.recipients
        ]


@contextmanager
def receiving(
    pagerduty: Answering | None = None, webhook: Answering | None = None
) -> Iterator[Receivers]:
    """Run the receivers until left."""
    with ExitStack() as stack:
        yield Receivers(
            stack.enter_context(answering(pagerduty or taking())),
            stack.enter_context(answering(webhook or taking())),
            stack.enter_context(taking_mail()),
        )


def channels_to(receivers: Receivers, **changes: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Write channels to the receivers, ungrouped, but for what a test wants otherwise of each."""
    mail = {"host": "127.0.0.1", "port": receivers.box.port, "tls": "none"}
    usual: dict[str, dict[str, Any]] = {
        "pager": {
            "type": "pagerduty",
            "config": {"routing_key": "${PAGER_KEY}", "url": receivers.pagerduty.url},
        },
        "hook": {"type": "webhook", "config": {"url": receivers.webhook.url}},
        "mail": {
            "type": "email", "to": list(READERS), "config": {**mail, "from": "tocsin@example.com"},
        },
    }  # fmt: skip
    new: dict[str, dict[str, Any]] = {name: {} for name in changes if name not in usual}
    return [
        {"id": name, "group": None, **written, **changes.get(name, {})}
        for name, written in {**usual, **new}.items()
    ]


class Paging(Carrying):
    """Incidents of which three channels are told, by workers that are processes of their own."""

    @classmethod
    def of(
        cls, folder: Path, database: str, channels: Sequence[Mapping[str, Any]], **more: Any
    ) -> "Paging":
        """Write a configuration with these channels, of which all levels tell; no clock runs."""
        config = write_configuration(folder / "config", [])
        told, people = more.pop("told", CHANNELS), more.pop("people", {})
        level = {
            "description": "", "response_time": "None", "escalation_time": "None",
            "notifications": list(told),
        }  # fmt: skip
        levels = {f"P{rank}": {"name": f"P{rank}", **level} for rank in range(5)}
        files: dict[str, Any] = {
            "severity-levels.yaml": {"severity_levels": levels},
            "channels.yaml": {"channels": list(channels), "staleAfter": None, **more},
            "outgoing.yaml": {"allow": ["127.0.0.0/8"]},
            "responders.yaml": people,
            "actions.yaml": {"actions": {"notify": {"outbox": str(folder / "outbox")}}},
        }
        for name, written in files.items():
            (config / name).write_text(yaml.safe_dump(written))
        return cls(folder, config, database, {"PAGER_KEY": "R0UT1NGKEY"})

    def detect(self, count: int) -> list[str]:
        """Let so many incidents be detected."""
        quiet = DIAGNOSIS.model_copy(update={"notify_channels": ()})
        ids = [f"INC-20260301-AA{number:04d}" for number in range(count)]
        with self.case.tocsin() as tocsin:
            for first in range(0, count, 50):
                some = [Incident.detect(each, quiet, by("rule"), AT) for each in ids[first:][:50]]
                tocsin.journal.commit(some)
        return ids

    def headlines(self) -> list[Headline]:
        """Give the whole log."""
        with self.case.tocsin() as tocsin:
            return list(tocsin.log.headlines(0, 10_000_000))

    def deliveries(self) -> list[Delivery]:
        """Give every delivery, in the order in which they were planned."""
        ids = [h.originator_id for h in self.headlines() if h.topic == "delivery.planned"]
        with self.case.tocsin() as tocsin:
            found = [tocsin.journal.load(Delivery, each) for each in ids]
        return [each for each in found if each is not None]

    def statuses(self) -> list[str]:
        """Give the status of every delivery."""
        with self.case.tocsin() as tocsin:
            tocsin.catch_up()
            return [row.status for row in tocsin.views.deliveries(DeliveryFilter())]

    def work_until(self, count: int, *statuses: str, workers: int = 1) -> None:
        """Let workers work until so many deliveries are planned, and all have such a status."""
        wanted = set(statuses or ("delivered",))
        started = [self.start_worker() for _ in range(workers)]
        until_true(lambda: len(found := self.statuses()) >= count and set(found) <= wanted)
        for each in started:
            each.send_signal(signal.SIGTERM)
        assert [each.communicate(timeout=60)[1] for each in started] == [b""] * workers
        # One that is told to stop before it has begun to work ends as any program does.
        assert {each.returncode for each in started} <= {0, -signal.SIGTERM}


def kill(process: "subprocess.Popen[bytes]") -> bool:
    """Kill a worker with SIGKILL, which must not have complained until then."""
    process.send_signal(signal.SIGKILL)
    assert process.stderr is not None
    with process.stderr:
        assert process.stderr.read() == b""
    return process.wait() == -signal.SIGKILL


def until_true(condition: Callable[[], bool], pause: float = 0.1) -> None:
    """Wait until something holds; not for ever."""
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(pause)


def seeded() -> random.Random:
    """Make chance that can be had again: the seed is printed, and `TOCSIN_SEED` sets it."""
    seed = int(os.environ.get("TOCSIN_SEED") or random.randrange(2**32))
    print(f"TOCSIN_SEED={seed}")
    return random.Random(seed)
