"""A process that is killed while it reads loses nothing and doubles nothing."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from application.commands.detecting import Ingestion
from application.commands.incidents import Order
from application.journal import SourceConflictError
from infrastructure.bootstrap import Reading, Tocsin
from tests.conftest import ROOT, SOAK
from tests.support.busy_log import RULES, write_busy_log
from tests.support.ingesting import Case, write_configuration

LINES = 100_000 if SOAK else 12_000
KILLS = 100 if SOAK else 12
BATCH = 200
DURING_START = 0.2

Said = tuple[list[tuple[object, ...]], ...]


def _start(case: Case, log: Path, name: str = "audit") -> "subprocess.Popen[bytes]":
    words = [case.config, case.database, log, name, BATCH]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.support.ingest_process", *map(str, words)], cwd=ROOT,
        stdout=subprocess.PIPE,
    )  # fmt: skip


def _dead_letters(tocsin: Tocsin) -> list[tuple[object, ...]]:
    tocsin.catch_up()
    rows = tocsin.views.dead_letters(limit=1_000_000)
    return sorted((row.source, row.position, row.line, row.reason, row.excerpt) for row in rows)


def _sources(tocsin: Tocsin) -> list[tuple[object, ...]]:
    rows = tocsin.views.sources()
    return [(row.name, row.lines, row.signals, row.matched, row.rejected) for row in rows]


def _said(case: Case) -> Said:
    incidents: list[tuple[object, ...]] = [
        (each.id, each.tally, each.severity, each.facts, [signal.id for signal in each.signals])
        for each in case.incidents()
    ]
    with case.tocsin() as tocsin:
        return incidents, _dead_letters(tocsin), _sources(tocsin)


def test_an_ingest_killed_again_and_again_ends_as_an_undisturbed_one(
    tmp_path: Path, database_url: str
) -> None:
    log = tmp_path / "busy.jsonl"
    write_busy_log(log, LINES, seed=1)
    config = write_configuration(tmp_path / "config", RULES)
    undisturbed = Case(config, f"sqlite:///{tmp_path / 'undisturbed.db'}")
    undisturbed.ingest(log, "audit")
    wanted = _said(undisturbed)
    assert len(wanted[0]) > 10
    assert len(wanted[1]) > 10

    case, chance, killed = Case(config, database_url), random.Random(), 0
    # Not to the very end, so that nearly every time there is something left to kill.
    places = sorted(chance.randrange(log.stat().st_size * 9 // 10) for _ in range(KILLS))
    for place in places:
        with _start(case, log) as process:
            if chance.random() < DURING_START:
                time.sleep(chance.uniform(0, 0.3))
            else:
                _await(process, place)
                time.sleep(chance.uniform(0, 0.02))
            process.send_signal(signal.SIGKILL)
        killed += process.returncode == -signal.SIGKILL
    assert killed > KILLS * 0.8
    with _start(case, log) as process:
        process.communicate()
    assert process.returncode == 0
    assert _said(case) == wanted


def _await(process: "subprocess.Popen[bytes]", place: int) -> None:
    """Wait until a byte position has been read, or for the first sign of life behind it."""
    assert process.stdout
    for position in process.stdout:
        if int(position) >= place:
            return


def test_two_that_read_while_a_third_acknowledges_lose_nothing(
    tmp_path: Path, database_url: str
) -> None:
    config = write_configuration(tmp_path / "config", RULES)
    logs = {name: tmp_path / f"{name}.jsonl" for name in ("east", "west")}
    for seed, log in enumerate(logs.values()):
        write_busy_log(log, LINES // 2, seed)
    wanted: set[str] = set()
    for name, log in logs.items():
        alone = Case(config, f"sqlite:///{tmp_path / name}.db")
        alone.ingest(log, "audit", name=name)
        wanted |= {each.id for each in alone.incidents()}

    case = Case(config, database_url)
    readers = [_start(case, log, name) for name, log in logs.items()]
    acknowledged = _acknowledge_while(case, readers)
    for reader in readers:
        reader.communicate()
    assert [reader.returncode for reader in readers] == [0, 0]
    incidents = {each.id: each for each in case.incidents()}
    assert incidents.keys() == wanted
    assert acknowledged
    for incident_id in acknowledged:
        assert incidents[incident_id].acknowledged_by == "third"


def _acknowledge_while(case: Case, readers: "list[subprocess.Popen[bytes]]") -> set[str]:
    done: set[str] = set()
    with case.tocsin() as tocsin:
        after = 0
        while any(reader.poll() is None for reader in readers):
            for record in tocsin.log.read(after, 1000):
                after = record.position
                if record.topic == "incident.detected":
                    order = Order(by="third", id=f"ack {record.originator_id}")
                    tocsin.incidents.acknowledge(record.originator_id, order)
                    done.add(record.originator_id)
            time.sleep(0.02)
    return done


def test_the_second_of_two_that_read_one_source_stops_and_says_so(
    tmp_path: Path, database_url: str
) -> None:
    log = tmp_path / "busy.jsonl"
    write_busy_log(log, 3000, seed=3)
    case = Case(write_configuration(tmp_path / "config", RULES), database_url)
    with case.tocsin() as first, case.tocsin() as second:
        ingestions = [_read_all(tocsin, log) for tocsin in (first, second)]
        ingestions[0].save(everything=True, at_rest=True)
        with pytest.raises(SourceConflictError, match="audit"):
            ingestions[1].save(everything=True, at_rest=True)
    alone = Case(case.config, f"sqlite:///{tmp_path / 'alone.db'}")
    alone.ingest(log, "audit")
    assert _said(case) == _said(alone)


def _read_all(tocsin: Tocsin, log: Path) -> Ingestion:
    reader, ingestion = tocsin.ingestion(Reading(str(log), "audit", "audit", "tester"))
    for reading in reader.readings():
        ingestion.take(reading)
    return ingestion
