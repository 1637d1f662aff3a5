"""How fast views are built again: beside a raw fetch of the log, and beside one event at a time."""

import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from eventsourcing.domain import BaseAggregate

from application.journal import Journal
from application.log import Log, Record
from benchmarks.measured import Measured, table
from domain.detection.rule_book import RuleBook
from domain.incident.classification import ClassificationPolicy
from domain.incident.incident import Incident
from domain.source.source import RejectedLine, Source
from infrastructure.store.store import StoredLog, open_journal, sqlite_path
from infrastructure.views.database import ViewDatabase, views_url
from infrastructure.views.follower import Follower
from tests.support.postgres import PostgresServer
from tests.unit.projections.histories import by, by_rule, diagnosis, minute, rule, signal

EVENTS = 50_000
ONE_BY_ONE = 1_000
RUNS = 7


def measure() -> list[Measured]:
    """Measure rebuilding on SQLite and on PostgreSQL."""
    with _sqlite() as url, _filled(url, EVENTS) as journal:
        fetch, batches, one_by_one = _timed(journal, url)
        measured = [
            Measured("rebuild / raw fetch of the log, SQLite", fetch / batches, 0.15),
            Measured("batches / one event a transaction, SQLite", one_by_one / batches, 5),
        ]
    with _postgres() as url, _filled(url, EVENTS) as journal:
        _, batches, one_by_one = _timed(journal, url)
        name = "batches / one event a transaction, PostgreSQL"
        measured.append(Measured(name, one_by_one / batches, 20))
    return measured


def _timed(journal: Journal, url: str) -> tuple[float, float, float]:
    """Give seconds an event for a raw fetch, a rebuild in batches, and one event at a time."""
    log = StoredLog(journal)
    with closing(ViewDatabase(views_url(url))) as views:
        Follower(views, log).catch_up()
        fetch, batches, one_by_one = _fastest(
            lambda: _fetch(url),
            Follower(views, log).rebuild,
            Follower(views, _Short(log), 1).rebuild,
        )
        return fetch / log.head(), batches / log.head(), one_by_one / ONE_BY_ONE


class _Short:
    """The beginning of a log."""

    def __init__(self, log: Log) -> None:
        self._log = log

    def outlines(self, after: int, limit: int) -> Sequence[Record]:
        return self._log.outlines(after, limit)

    def head(self) -> int:
        return ONE_BY_ONE


def _fastest(*runs: Callable[[], object]) -> list[float]:
    """Give the fastest time of each; they take turns, so that a busy moment is busy for all."""
    taken: list[list[float]] = [[] for _ in runs]
    for _ in range(RUNS):
        for run, times in zip(runs, taken, strict=True):
            begun = time.perf_counter()
            run()
            times.append(time.perf_counter() - begun)
    return [min(times) for times in taken]


def _fetch(url: str) -> None:
    columns = "originator_id, originator_version, topic, state"
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(sqlite_path(url))) as file:
            file.execute(f"SELECT position, {columns} FROM stored_events").fetchall()  # noqa: S608
    else:
        with psycopg.connect(url) as server:
            server.execute(
                f"SELECT notification_id, {columns} FROM tocsin.stored_events"  # noqa: S608
            ).fetchall()


@contextmanager
def _filled(url: str, events: int) -> Iterator[Journal]:
    with closing(open_journal(url)) as journal:
        _fill(journal, events)
        yield journal


def _fill(journal: Journal, events: int) -> None:
    stored = [journal.mapper.to_stored_event(event) for event in _history(events)]
    # No more at once: on PostgreSQL the library's pipeline waits for ever on some 400 KB.
    for first in range(0, events, 100):
        journal.recorder.insert_events(stored[first : first + 100])


def _history(events: int) -> list[Any]:
    """A busy organisation's log: mostly incidents' lives, with rejected lines between them."""
    book = RuleBook.open(by("alice"), minute(0))
    rules = [rule(f"rule-{number}") for number in range(100)]
    book.load(rules, by("alice"), minute(0))
    source = Source.configure("sshd", "d1", {"format": "regex"}, by("alice"), minute(0))
    history = _events(book, source)
    number = 0
    while len(history) < events:
        number += 1
        history += _events(_life(number))
        if number % 20 == 0:
            history += _events(_read(source, number))
    return history[:events]


def _life(number: int) -> Incident:
    """An incident from detection to closure, in ten events."""
    at, alice = minute(number), by("alice", "seen in the on-call channel")
    signals = tuple(signal(number + before, at) for before in range(10))
    found = diagnosis(key=f'"10.0.{number % 250}.{number // 250}"', signals=signals, detected_at=at)
    reference = found.rule.model_copy(update={"id": f"rule-{number % 100}"})
    found = found.model_copy(update={"rule": reference})
    incident = Incident.detect(f"INC-20241210-{number:06}", found, by_rule(signals[-1].id), at)
    for more in range(3):
        arrived = (signal(number + more, at), signal(number + more + 1, at))
        tally = incident.tally.with_signals(arrived)
        incident.attach(arrived, tally, by_rule(arrived[0].id), at)
    incident.acknowledge(alice, at)
    incident.assess({"affected_users": 5000}, ClassificationPolicy(), alice, at)
    incident.note("Blocked the address at the firewall; watching for others.", alice, at)
    incident.resolve(alice, at)
    incident.close("resolved", alice, at)
    return incident


def _read(source: Source, number: int) -> Source:
    at, path = minute(number), "/var/log/auth.log"
    lines = tuple(
        RejectedLine(position=line * 120, line=line, reason="no time in it", excerpt="x" * 80)
        for line in range(number, number + 5)
    )
    source.record(Source.LinesRejected, by("cli"), at, path=path, lines=lines)
    counts = {"position": number * 120, "lines": number, "signals": 9, "matched": 3, "rejected": 5}
    source.record(Source.Read, by("cli"), at, path=path, **counts)
    return source


def _events(*aggregates: BaseAggregate[str]) -> list[Any]:
    return [event for aggregate in aggregates for event in aggregate.collect_events()]


@contextmanager
def _sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{Path(folder) / 'tocsin.db'}"


@contextmanager
def _postgres() -> Iterator[str]:
    server = PostgresServer.prepare()
    try:
        server.start()
        with server.fresh_database("rebuild") as url:
            yield url
    finally:
        server.stop()


def main() -> int:
    """Print what was measured; fail if a goal was missed."""
    measured = measure()
    print(table(measured))
    return not all(row.passed for row in measured)


if __name__ == "__main__":
    sys.exit(main())
