"""From a line in a log to people's phones and back, with real processes and real servers."""

import json
import subprocess
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from infrastructure.settings import SHIPPED
from tests.support.command import Command
from tests.support.loopback_server import Heard, LoopbackServer, Reply, answering

SECRETS = {
    "PAGERDUTY_KEY": "0123456789abcdef0123456789abcdef",
    "SLACK_TOKEN": "xoxb-1-zXq81vLm0Tn5",
    "HOOK_SECRET": "whsec_bm90IGEgcmVhbCBzZWNyZXQsIGp1c3QgYSB0ZXN0",
}


class Services:
    """PagerDuty, Slack and a webhook's receiver; each keeps what it heard, by path."""

    def __init__(self) -> None:
        self.heard: dict[str, list[Any]] = defaultdict(list)
        self.down: set[str] = set()

    def __call__(self, asked: Heard) -> Reply:
        """Answer as the service does."""
        if asked.path in self.down:
            return Reply(503)
        body = json.loads(asked.body)
        self.heard[asked.path].append(body)
        if asked.path == "/v2/enqueue":
            return Reply(202, b'{"status": "success"}')
        if asked.path.startswith("/api/"):
            ts = f"1700000000.{len(self.heard[asked.path]):06d}"
            return Reply(200, json.dumps({"ok": True, "channel": "C1", "ts": ts}).encode())
        return Reply(204)

    @property
    def pages(self) -> list[tuple[str, str]]:
        """What PagerDuty was told: of which incident, and what."""
        return [(each["dedup_key"], each["event_action"]) for each in self.heard["/v2/enqueue"]]


class Place:
    """A configuration with three channels, and a log."""

    def __init__(self, folder: Path, database: str, server: LoopbackServer) -> None:
        self.log = folder / "audit.jsonl"
        self.config = folder / "config"
        self.config.mkdir()
        subprocess.run(["cp", "-r", SHIPPED / "detection", self.config], check=True)
        for name in ("sources.yaml", "responders.yaml", "severity-levels.yaml"):
            (self.config / name).write_text((SHIPPED / name).read_text())
        (self.config / "outgoing.yaml").write_text('allow: ["127.0.0.0/8"]')
        self.write(self._channels(server.url))
        self.command = Command(folder, database)
        self._lines = 0

    @staticmethod
    def _channels(url: str) -> dict[str, Any]:
        key = {"routing_key": "${PAGERDUTY_KEY}", "url": f"{url}/v2/enqueue"}
        slack = {"token": "${SLACK_TOKEN}", "channel": "#security", "api": f"{url}/api"}
        hook = {"url": f"{url}/hook", "secret": "${HOOK_SECRET}"}
        return {
            "pagerduty_high": {"type": "pagerduty", "config": key, "fallback": "spare"},
            "slack_security": {"type": "slack", "config": slack},
            "slack_incidents": {"type": "webhook", "config": hook},
            "spare": {"type": "webhook", "config": {"url": f"{url}/spare"}},
        }

    def write(self, channels: dict[str, Any]) -> None:
        """Write the channels."""
        listed = [{"id": name, **channel} for name, channel in channels.items()]
        (self.config / "channels.yaml").write_text(yaml.safe_dump({"channels": listed}))

    def deny(self) -> None:
        """Let somebody be denied access to something critical, now."""
        self._lines += 1
        record = {
            "timestamp": datetime.now(UTC).isoformat(),
            "action": "authorization_denied",
            "actor": {"name": "mallory"},
            "target": {"name": f"vault-{self._lines}", "sensitivity": "critical"},
        }
        with self.log.open("a") as file:
            file.write(json.dumps(record) + "\n")
        self.run("ingest", str(self.log), "--source", "audit")

    def run(self, *words: str) -> str:
        """Run a command that succeeds; give what it prints."""
        env = {"TOCSIN_CONFIG": str(self.config), **SECRETS}
        ended = self.command.run(*words, env=env)
        assert (ended.status, ended.err) == (0, ""), ended
        for secret in SECRETS.values():
            assert secret not in ended.out
        return ended.out

    def work(self) -> str:
        """Let a worker do what there is to do now."""
        return self.run("work", "--once")

    def incident(self) -> str:
        """Give the only incident's id."""
        (row,) = json.loads(self.run("incidents", "--status", "all", "--json"))
        return str(row["id"])


@pytest.fixture
def services() -> Services:
    return Services()


def test_everybody_is_told_once_and_hears_who_answers_and_that_it_is_over(
    tmp_path: Path, database_url: str, services: Services
) -> None:
    with answering(services) as server:
        place = Place(tmp_path, database_url, server)
        place.deny()
        place.work()
        place.work()
        incident = place.incident()
        assert services.pages == [(incident, "trigger")]
        assert len(services.heard["/hook"]) == len(services.heard["/api/chat.postMessage"]) == 1
        place.run("ack", incident, "--by", "ana", "--reason", "on my way")
        place.work()
        place.run("resolve", incident, "--by", "ana")
        place.work()
    assert [action for _, action in services.pages] == ["trigger", "acknowledge", "resolve"]
    assert [each["type"] for each in services.heard["/hook"]] == [
        f"tocsin.incident.{what}" for what in ("detected", "acknowledged", "resolved")
    ]
    # One message of Slack's an incident, kept up to date; its thread tells the story.
    first, *replies = services.heard["/api/chat.postMessage"]
    assert "thread_ts" not in first
    assert [each["thread_ts"] for each in replies] == ["1700000000.000001"] * 2
    assert [each["ts"] for each in services.heard["/api/chat.update"]] == ["1700000000.000001"] * 2
    assert "on my way" in json.dumps(replies[0])


def test_the_timeline_tells_who_was_told_what_when_and_by_which_route(
    tmp_path: Path, database_url: str, services: Services
) -> None:
    with answering(services) as server:
        place = Place(tmp_path, database_url, server)
        place.deny()
        services.down.add("/api/chat.postMessage")
        place.work()
        place.run("ack", place.incident(), "--by", "ana")
        place.work()
    told = " ".join(place.run("timeline", place.incident()).split())
    assert (
        "To be told (detected) by slack_security (rule rule-unauthorized-access); "
        "pagerduty_high (rule rule-unauthorized-access, severity P1); "
        "slack_incidents (severity P1)" in told
    )
    assert "pagerduty_high delivered it" in told
    assert "slack_security did not deliver it, tried again at" in told
    assert "Acknowledged by ana" in told


def test_a_channel_that_refuses_is_seen_and_its_fallback_told(
    tmp_path: Path, sqlite_url: str, services: Services
) -> None:
    with answering(lambda asked: Reply(400) if "v2" in asked.path else services(asked)) as server:
        place = Place(tmp_path, sqlite_url, server)
        place.deny()
        told = place.work()
        story = place.run("timeline", place.incident())
    assert "pagerduty_high: not delivered, spare stands in" in told
    assert [each["type"] for each in services.heard["/spare"]] == ["tocsin.incident.detected"]
    assert "pagerduty_high cannot deliver it; DLV-" in story


def test_a_silence_holds_back_and_its_end_lets_go(
    tmp_path: Path, sqlite_url: str, services: Services
) -> None:
    with answering(services) as server:
        place = Place(tmp_path, sqlite_url, server)
        place.run("silences", "add", "severity=P1", "--for", "1h", "--reason", "planned work")
        place.deny()
        place.work()
        assert services.heard == {}
        assert "held back until" in place.run("timeline", place.incident())
        (silence,) = json.loads(place.run("silences", "list", "--json"))
        place.run("silences", "end", silence["id"])
        place.work()
    assert services.pages == [(place.incident(), "trigger")]
