"""An alert storm costs neither events nor memory in proportion to its signals."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from application.commands.detecting import Ingestion, Knowledge
from application.commands.ingesting import Rhythm, Saving, ingest
from application.commands.source_batch import SourceDefinition
from application.commands.totals import Totals
from application.reading import Cursor, Match, Reading
from domain.detection.rule import Rule
from domain.incident.classification import ClassificationPolicy
from domain.incident.incident import Incident
from domain.provenance import Actor
from domain.signal import Signal
from domain.source.format import JsonLines
from infrastructure.clock import SystemClock
from infrastructure.store.store import StoredLog, StoredSourceMemory, open_journal
from tests.conftest import SOAK
from tests.support.ingesting import a_rule, equals

SIGNALS = 1_000_000 if SOAK else 40_000
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
GROWTH = 16 << 20


class Storm:
    """Reads signals of one episode for as long as wanted, and notes how much memory is used."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.memory: list[int] = []

    def readings(self) -> Iterator[Reading]:
        """Give a thousand signals at a time."""
        for begin in range(0, SIGNALS, 1000):
            matches = [Match(self.rule, _signal(number)) for number in range(begin, begin + 1000)]
            cursor = Cursor(position=begin + 1000, lines=begin + 1000)
            yield Reading(matches, [], 1000, cursor)
            self.memory.append(_resident())


def _signal(number: int) -> Signal:
    return Signal(
        id=f"signal-{number}",
        source="audit_log",
        type="",
        timestamp=BEGIN + timedelta(milliseconds=number),
        data={"action": "failed", "text": "x" * 400},
    )


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _untold(totals: Totals, position: int) -> None:
    del totals, position


def _no_views() -> None:
    """Leave the views alone: the log is what is looked at."""


@pytest.mark.parametrize("within", ["5m", "10s"], ids=["as long as the window", "shorter"])
def test_a_storm_is_one_incident_of_few_events_in_flat_memory(within: str, sqlite_url: str) -> None:
    detection = {
        "pattern": [equals("action", "failed")],
        "threshold": {"count": 10, "window": "5m"},
        "correlate": {"field": "action", "within": within},
    }
    rule = Rule.model_validate(a_rule("storm", detection))
    journal, clock = open_journal(sqlite_url), SystemClock()
    ingestion = Ingestion(
        journal,
        clock,
        StoredSourceMemory(journal),
        Knowledge([rule], ClassificationPolicy()),
        SourceDefinition("storm", JsonLines(format="jsonl"), Actor.person("tester")),
    )
    storm = Storm(rule)
    saving = Saving(ingestion, clock, Rhythm(lines=5000))
    totals = ingest(storm, ingestion, saving, _no_views, _untold)
    records = StoredLog(journal).read(0, 10_000)
    incident = journal.load(Incident, totals.opened[0])
    journal.close()

    assert len(totals.opened) == 1
    assert incident is not None
    assert (incident.tally.count, len(incident.signals)) == (SIGNALS, 100)
    assert incident.tally.last_at == _signal(SIGNALS - 1).timestamp
    assert len(records) < 200
    quarter = len(storm.memory) // 4
    assert max(storm.memory[quarter:]) - max(storm.memory[:quarter]) < GROWTH
