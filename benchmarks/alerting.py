"""How long a signal in a file takes to become a message at its receiver, beside the bare floor.

`tocsin ingest --follow` and `tocsin work` are real processes. Each signal is followed by one for
the floor, so that whatever the machine does falls on both.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles

import yaml

from benchmarks.alerting_receiver import MARKS, PLACE, SLOW, Receiver, receiving
from benchmarks.measured import Measured, table
from benchmarks.start import TOCSIN
from infrastructure.bootstrap import Tocsin
from infrastructure.settings import SHIPPED, Settings

SIGNALS = 300
WARM = 20
APART = 0.05
LOAD = 10_000
PROBES = 100
_PATIENCE = 600.0


def measure(signals: int = SIGNALS, load: int = LOAD, probes: int = PROBES) -> list[Measured]:
    """Measure the way of a signal, and of others while a slow channel has much to send.

    On Linux only: elsewhere Tocsin polls, and nothing is measured but its intervals.
    """
    if sys.platform != "linux":
        return []
    with tempfile.TemporaryDirectory() as name, receiving() as receiver:
        site = _Site(Path(name), receiver)
        with site.working():
            site.told(WARM)
            with site.floor():
                site.told(WARM, beside=True)
                rows = _beside_the_floor(*site.told(signals, beside=True))
            free, _ = site.told(probes)
            site.burden(load)
            burdened, _ = site.told(probes)
    slower = median(burdened) / median(free)
    name = f"the same, while {load:,} messages wait for a slow channel / without them"
    return [*rows, Measured(name, slower, 1.5, at_most=True)]


def _beside_the_floor(ours: Sequence[float], floor: Sequence[float]) -> list[Measured]:
    what = "from a signal in a file to its message / read, parse, commit, send"
    late, late_floor = quantiles(ours, n=100)[-1], quantiles(floor, n=100)[-1]
    return [
        Measured(f"{what}, median", median(ours) / median(floor), 3, at_most=True),
        Measured(f"{what}, 99th percentile", late / late_floor),
        Measured("the floor: median, milliseconds", median(floor) * 1000),
        Measured("the floor: 99th percentile, milliseconds", late_floor * 1000),
    ]


class _Log:
    """A log that lines are appended to, one write each."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("ab", buffering=0)

    def append(self, *records: dict[str, str]) -> float:
        """Append records; give when that was."""
        lines = b"".join(json.dumps(each).encode() + b"\n" for each in records)
        at = time.monotonic()
        self._file.write(lines)
        return at


@dataclass(frozen=True, slots=True)
class _Sent:
    mark: str
    at: float


class _Site:
    """A Tocsin with a quick and a slow channel, and the floor beside it."""

    def __init__(self, folder: Path, receiver: Receiver) -> None:
        self._folder = folder
        self._receiver = receiver
        self._log = _Log(folder / "log.jsonl")
        self._floor = _Log(folder / "floor.jsonl")
        self._database = f"sqlite:///{folder / 'tocsin.db'}"
        self._config = _configuration(folder / "config", receiver.port)
        self._number = 0

    @contextmanager
    def working(self) -> Iterator[None]:
        """Have a process follow the log, and one send messages."""
        environment = os.environ | {
            "TOCSIN_DATABASE": self._database,
            "TOCSIN_CONFIG": str(self._config),
            "XDG_CACHE_HOME": str(self._folder / "cache"),
        }
        follow = [TOCSIN, "ingest", str(self._log.path), "--follow"]
        with ExitStack() as stack:
            for command in (follow, [TOCSIN, "work"]):
                stack.enter_context(_running(command, environment))
            yield

    @contextmanager
    def floor(self) -> Iterator[None]:
        """Have the bare loop follow its log."""
        body = self._folder / "body.json"
        body.write_bytes(MARKS.sub(PLACE.encode(), self._receiver.last_body))
        words = [self._floor.path, self._folder / "floor.db", self._receiver.port, body]
        command = [sys.executable, "-m", "benchmarks.alerting_floor", *map(str, words)]
        with _running(command, dict(os.environ), stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            yield

    def told(self, count: int, *, beside: bool = False) -> tuple[list[float], list[float]]:
        """Give the seconds that signals took, one after the other, and what the floor took."""
        ours, floors = [], []
        for _ in range(count):
            ours.append(self._append(self._log))
            time.sleep(APART)
            if beside:
                floors.append(self._append(self._floor))
                time.sleep(APART)
        return self._taken(ours), self._taken(floors)

    def burden(self, count: int) -> None:
        """Have many messages planned for the slow channel, and wait until they are."""
        self._log.append(*(_record("burden", f"burden-{each}") for each in range(count)))
        tocsin = Tocsin(Settings(self._database, self._config, self._folder / "cache"))
        until = time.monotonic() + _PATIENCE
        while _planned(tocsin) < count:
            assert time.monotonic() < until, "the load is not planned"
            time.sleep(1)
        tocsin.close()

    def _append(self, log: _Log) -> _Sent:
        self._number += 1
        mark = f"mark-{self._number}"
        return _Sent(mark, log.append(_record("probe", mark)))

    def _taken(self, sent: Sequence[_Sent]) -> list[float]:
        arrivals = self._receiver.wait_for([each.mark for each in sent])
        return [at - each.at for each, at in zip(sent, arrivals, strict=True)]


def _record(action: str, mark: str) -> dict[str, str]:
    now = datetime.now(UTC).isoformat()
    return {"timestamp": now, "id": f"{action}-{mark}", "action": action, "mark": mark}


def _planned(tocsin: Tocsin) -> int:
    with tocsin.journal.recorder.datastore.transaction(commit=False) as cursor:  # type: ignore[attr-defined] # the recorder is SQLite's
        cursor.execute(
            "SELECT COUNT(*) AS planned FROM stored_events"
            " WHERE topic = 'delivery.planned' AND json_extract(state, '$.errand.channel') = 'slow'"
        )
        return int(cursor.fetchone()["planned"])


@contextmanager
def _running(
    command: Sequence[str], environment: dict[str, str], stdout: int = subprocess.DEVNULL
) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, env=environment, stdout=stdout)
    try:
        yield process
        assert process.poll() is None, f"{command} ended too early"
    finally:
        process.terminate()
        process.communicate(timeout=60)


def _configuration(folder: Path, port: int) -> Path:
    (folder / "detection").mkdir(parents=True)
    rules = [_rule("probe", "quick"), _rule("burden", "slow")]
    (folder / "detection/rules.yaml").write_text(yaml.safe_dump({"rules": rules}))
    channels = [_channel("quick", port, "/quick"), _channel("slow", port, SLOW)]
    (folder / "channels.yaml").write_text(yaml.safe_dump({"channels": channels}))
    (folder / "outgoing.yaml").write_text(yaml.safe_dump({"allow": ["127.0.0.0/8"]}))
    levels = yaml.safe_load((SHIPPED / "severity-levels.yaml").read_text())
    for level in levels["severity_levels"].values():
        level["notifications"] = []
    (folder / "severity-levels.yaml").write_text(yaml.safe_dump(levels))
    (folder / "sources.yaml").write_text((SHIPPED / "sources.yaml").read_text())
    return folder


def _rule(action: str, channel: str) -> dict[str, object]:
    return {
        "id": f"rule-{action}",
        "name": action,
        "description": "",
        "detection": {
            "source": "audit_log",
            "pattern": [{"field": "action", "operator": "equals", "value": action}],
        },
        "limit": 100_000,
        "context": {"mark": "mark"},
        "defaultSeverity": "P3",
        "category": "system_error",
        "notifyChannels": [channel],
    }


def _channel(name: str, port: int, path: str) -> dict[str, object]:
    config = {"url": f"http://127.0.0.1:{port}{path}"}
    return {"id": name, "type": "webhook", "config": config, "group": None}


if __name__ == "__main__":
    print(table(measure()))
