"""Runbooks carried out by real workers against real servers, on a configuration of the test's."""

import os
import subprocess
import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from application.journal import Journal
from domain.incident.incident import Incident
from domain.runbook.execution import RunbookExecution
from infrastructure.store.store import StoredLog
from tests.support.command import PROGRAM, Command
from tests.support.ingesting import Case, a_rule, equals, write_configuration
from tests.support.loopback_server import Heard, Reply
from tests.support.runbooks import an_incident

RUNBOOK = "runbook-example"  # what the incidents of tests.support.runbooks ask for


def write_runbooks(
    folder: Path,
    runbooks: Sequence[Mapping[str, Any]],
    actions: Mapping[str, Any],
    allow: Sequence[str] = ("127.0.0.0/8",),
) -> Path:
    """Write a whole configuration with these runbooks and settings of actions."""
    rule = a_rule(
        "rule-example", {"pattern": [equals("action", "exported")]},
        runbook=RUNBOOK, autoRemediate=True,
    )  # fmt: skip
    write_configuration(folder, [rule])
    (folder / "runbooks").mkdir()
    for number, runbook in enumerate(runbooks):
        path = folder / "runbooks" / f"{number}.yaml"
        path.write_text(yaml.safe_dump({"runbook": dict(runbook)}))
    (folder / "actions.yaml").write_text(yaml.safe_dump({"actions": dict(actions)}))
    (folder / "outgoing.yaml").write_text(yaml.safe_dump({"allow": list(allow)}))
    return folder


@dataclass
class Counting:
    """Counts what reaches a server: by path, and by path and idempotency key."""

    delay: float = 0.0
    calls: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    keys: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    order: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, heard: Heard) -> Reply:
        """Count a request; the effect happens before the answer, as in real life."""
        with self._lock:
            self.calls[heard.path] += 1
            self.keys[heard.path].add(heard.headers.get("idempotency-key", ""))
            self.order.append(heard.path)
        threading.Event().wait(self.delay)
        return Reply(200, b"{}", {"content-type": "application/json"})


@dataclass
class Carrying:
    """A database with incidents, and workers of which each is a process of its own.

    `secrets` are what they find in their environment.
    """

    folder: Path
    config: Path
    database: str
    secrets: Mapping[str, str] = field(default_factory=dict)

    @property
    def case(self) -> Case:
        """The same, opened in this process."""
        return Case(self.config, self.database)

    @property
    def command(self) -> Command:
        """The `tocsin` command on it."""
        return Command(self.folder, self.database)

    def detect(self, count: int) -> list[str]:
        """Let so many incidents be detected."""
        incidents = [an_incident(f"INC-20260301-{_letters(number)}") for number in range(count)]
        with self.case.tocsin() as tocsin:
            for first in range(0, count, 50):
                tocsin.journal.commit(incidents[first : first + 50])
        return [each.id for each in incidents]

    def start_worker(self, *words: str) -> "subprocess.Popen[bytes]":
        """Start a worker."""
        environment = self.command.environment(TOCSIN_CONFIG=str(self.config), **self.secrets)
        environment["PATH"] = os.environ.get("PATH", "")
        return subprocess.Popen(
            [PROGRAM, "work", *words], cwd=self.folder, env=environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip

    def work(self) -> None:
        """Let a worker do what can be done now."""
        process = self.start_worker("--once")
        _, err = process.communicate(timeout=300)
        assert (process.returncode, err) == (0, b"")

    def executions(self) -> list[RunbookExecution]:
        """Give every execution, in the order in which they were started."""
        with self.case.tocsin() as tocsin:
            return all_executions(tocsin.journal)

    def incident(self, incident_id: str) -> Incident:
        """Give an incident as it is now."""
        with self.case.tocsin() as tocsin:
            found = tocsin.journal.load(Incident, incident_id)
        assert found is not None
        return found


def all_executions(journal: Journal) -> list[RunbookExecution]:
    """Give every execution in a log."""
    log = StoredLog(journal)
    ids = [h.originator_id for h in log.headlines(0, 10_000_000) if h.topic == "execution.started"]
    found = [journal.load(RunbookExecution, each) for each in ids]
    return [each for each in found if each is not None]


def _letters(number: int) -> str:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    text = ""
    for _ in range(6):
        number, rest = divmod(number, len(letters))
        text = letters[rest] + text
    return text
