"""What detections do to incidents that are there already, on both databases."""

import json
from pathlib import Path
from typing import Any

import pytest

from application.commands.incidents import Order
from tests.support.ingesting import Case, a_rule, equals, write_configuration

ORDER = Order(by="ada", id="command-1")
GUESSING = a_rule(
    "guessing",
    {
        "pattern": [equals("action", "failed")],
        "threshold": {"count": 3, "window": "5m"},
        "correlate": {"field": "ip", "within": "5m"},
    },
)
SECRET = a_rule("secret", {"pattern": [equals("action", "leaked")]}, limit=2)


def _write(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def _failed(second: int) -> dict[str, Any]:
    return {"timestamp": f"2026-03-01T12:00:{second:02}Z", "action": "failed", "ip": "192.0.2.1"}


def _leaked(second: int, **more: Any) -> dict[str, Any]:
    return {"timestamp": f"2026-03-01T12:00:{second:02}Z", "action": "leaked", **more}


def _case(tmp_path: Path, database_url: str) -> Case:
    return Case(write_configuration(tmp_path / "config", [GUESSING, SECRET]), database_url)


def test_a_signal_that_reaches_a_resolved_incident_reopens_it(
    tmp_path: Path, database_url: str
) -> None:
    case = _case(tmp_path, database_url)
    case.ingest(_write(tmp_path / "1.jsonl", [_failed(n) for n in range(3)]), "audit")
    [incident] = case.incidents()
    with case.tocsin() as tocsin:
        tocsin.incidents.acknowledge(incident.id, ORDER)
        tocsin.incidents.resolve(incident.id, ORDER)
    case.ingest(_write(tmp_path / "2.jsonl", [_failed(10)]), "audit")
    [incident] = case.incidents()
    assert incident.status == "detected"
    assert incident.acknowledged_by is None
    assert incident.tally.count == 4


def test_a_signal_that_reaches_a_closed_incident_opens_a_recurrence_that_takes_what_follows(
    tmp_path: Path, database_url: str
) -> None:
    case = _case(tmp_path, database_url)
    case.ingest(_write(tmp_path / "1.jsonl", [_failed(n) for n in range(3)]), "audit")
    [closed] = case.incidents()
    with case.tocsin() as tocsin:
        tocsin.incidents.resolve(closed.id, ORDER)
        tocsin.incidents.close(closed.id, ORDER, "resolved")
    case.ingest(_write(tmp_path / "2.jsonl", [_failed(10), _failed(11)]), "audit")
    case.ingest(_write(tmp_path / "3.jsonl", [_failed(12)]), "audit")
    before, after = case.incidents()
    assert (before.id, before.status, before.tally.count) == (closed.id, "closed", 3)
    assert (after.status, after.tally.count) == ("detected", 3)
    assert after.recurrence_of == closed.id


def test_beyond_the_limit_matches_are_attached_to_the_newest_incident(
    tmp_path: Path, database_url: str
) -> None:
    case = _case(tmp_path, database_url)
    case.ingest(_write(tmp_path / "1.jsonl", [_leaked(n) for n in range(5)]), "audit", 2)
    first, second = case.incidents()
    assert (first.tally.count, first.tally.overflow) == (1, 0)
    assert (second.tally.count, second.tally.overflow) == (4, 3)


def test_the_very_same_signal_again_is_the_same_incident(tmp_path: Path, database_url: str) -> None:
    case = _case(tmp_path, database_url)
    twice = _write(tmp_path / "1.jsonl", [_leaked(1, id="e-1"), _leaked(1, id="e-1")])
    case.ingest(twice, "audit")
    case.ingest(_write(tmp_path / "2.jsonl", [_leaked(1, id="e-1")]), "audit", name="copy")
    [incident] = case.incidents()
    assert incident.tally.count == 3


def test_changed_rules_are_on_the_record_and_unchanged_ones_are_not(
    tmp_path: Path, database_url: str
) -> None:
    case = _case(tmp_path, database_url)
    log = _write(tmp_path / "1.jsonl", [_leaked(1)])
    case.ingest(log, "audit")
    case.ingest(log, "audit")
    write_configuration(case.config, [{**SECRET, "limit": 9}])
    case.ingest(log, "audit")
    with case.tocsin() as tocsin:
        records = tocsin.log.read(0, 100)
    loaded = [each.state for each in records if each.topic == "rule_book.rules_loaded"]
    assert [[rule["id"] for rule in state["added"]] for state in loaded] == [
        ["guessing", "secret"],
        [],
    ]
    assert [rule["id"] for rule in loaded[1]["changed"]] == ["secret"]
    assert loaded[1]["removed"] == ["guessing"]
    assert loaded[1]["provenance"]["actor"] == {"kind": "person", "name": "tester"}


def test_every_event_says_who_caused_it_and_by_what(tmp_path: Path, database_url: str) -> None:
    case = _case(tmp_path, database_url)
    case.ingest(_write(tmp_path / "1.jsonl", [_failed(n) for n in range(4)]), "audit")
    [incident] = case.incidents()
    with case.tocsin() as tocsin:
        tocsin.incidents.acknowledge(incident.id, Order("ada", "command-1", "my turn"))
        records = tocsin.log.read(0, 100)
    told = [
        (each.topic, each.state["provenance"])
        for each in records
        if each.originator_id == incident.id
    ]
    assert [topic for topic, _ in told] == [
        "incident.detected",
        "incident.signals_attached",
        "incident.acknowledged",
    ]
    detected, attached, acknowledged = (provenance for _, provenance in told)
    assert detected["actor"] == attached["actor"] == {"kind": "rule", "name": "guessing"}
    opening = incident.diagnosis.opening_signal
    assert detected["cause"] == {"kind": "signal", "id": opening}
    assert attached["cause"] == {"kind": "signal", "id": incident.signals[-1].id}
    assert acknowledged["cause"] == {"kind": "command", "id": "command-1"}
    assert acknowledged["reason"] == "my turn"
    assert {provenance["correlation"] for _, provenance in told} == {incident.id}


def test_where_two_ids_would_be_alike_the_second_is_longer(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("application.commands.naming._SHORTEST", 1)
    leaks = a_rule("leaks", SECRET["detection"])
    log = _write(tmp_path / "1.jsonl", [_leaked(n) for n in range(50)])
    found = []
    for batch in (1, 1_000):
        folder = write_configuration(tmp_path / str(batch), [leaks])
        case = Case(folder, f"{sqlite_url}.{batch}")
        case.ingest(log, "audit", batch)
        found.append([each.id for each in case.incidents()])
    assert found[0] == found[1]
    assert len(set(found[0])) == 50
    lengths = {len(name.rpartition("-")[2]) for name in found[0]}
    assert lengths >= {1, 3}
