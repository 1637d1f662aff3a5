"""The incidents view: what each event does to an incident's row."""

from collections.abc import Callable
from typing import Any

import pytest

from application.projections.incidents import INCIDENTS
from application.projections.projection import Row
from domain.incident.classification import ClassificationPolicy
from domain.incident.evidence import Tally
from domain.incident.incident import Incident
from domain.incident.severity import Severity
from tests.unit.projections.folding import row_of, rows_of
from tests.unit.projections.histories import MemoryLog, by, by_rule, incident, minute, signal

POLICY = ClassificationPolicy()
Command = Callable[[Incident], object]


def after(*commands: Command, **found: Any) -> Row:
    given = incident(**found)
    for command in commands:
        command(given)
    log = MemoryLog()
    log.record(given)
    return row_of("incidents", log)


def acknowledge(given: Incident) -> None:
    given.acknowledge(by("alice"), minute(3))


def investigate(given: Incident) -> None:
    given.investigate(by("bob"), minute(4))


def resolve(given: Incident) -> None:
    given.resolve(by("bob"), minute(5))


def close(given: Incident) -> None:
    given.close("resolved", by("carol"), minute(6))


def reopen(given: Incident) -> None:
    given.reopen(by("dave"), minute(7))


def test_a_detected_incident_has_all_that_its_diagnosis_says() -> None:
    row = after()
    assert row["id"] == "INC-20241210-AAAAAA"
    assert row["status"] == "detected"
    assert (row["severity"], row["severity_rank"], row["base_severity"]) == ("P2", 3, "P2")
    assert (row["rule_id"], row["rule_digest"]) == ("auth-001", "d1")
    assert row["rule_name"] == "Authentication Brute Force Attempt"
    assert row["correlation_key"] == '"181.25.206.27"'
    assert row["detected_at"] == "2024-12-10T06:55:46.000000Z"
    assert row["recorded_at"] == row["updated_at"] == "2024-12-10T06:56:46.000000Z"
    assert (row["signal_count"], row["overflow"]) == (1, 0)
    assert row["notify_channels"] == ["slack-security"]
    assert row["facts"]["service_availability"] == 100
    assert (row["version"], row["position"]) == (1, 1)


def test_who_acknowledges_is_known_with_the_time() -> None:
    row = after(acknowledge)
    assert row["status"] == "acknowledged"
    assert (row["acknowledged_by"], row["acknowledged_at"]) == (
        "alice",
        "2024-12-10T06:58:46.000000Z",
    )


def test_an_investigation_also_acknowledges() -> None:
    row = after(investigate)
    assert (row["status"], row["acknowledged_by"]) == ("investigating", "bob")
    assert row["acknowledged_at"] == "2024-12-10T06:59:46.000000Z"


def test_an_investigation_does_not_change_who_answered_first_and_when() -> None:
    row = after(acknowledge, investigate)
    assert (row["acknowledged_by"], row["investigated_by"]) == ("alice", "bob")
    assert row["acknowledged_at"] == "2024-12-10T06:58:46.000000Z"


def test_a_closed_incident_has_an_outcome() -> None:
    row = after(resolve, close)
    assert (row["status"], row["outcome"]) == ("closed", "resolved")
    assert row["resolved_at"] == "2024-12-10T07:00:46.000000Z"
    assert row["closed_at"] == "2024-12-10T07:01:46.000000Z"


def test_a_reopened_incident_waits_for_an_answer_again() -> None:
    row = after(acknowledge, investigate, resolve, close, reopen)
    assert row["status"] == "detected"
    gone = ("acknowledged_by", "acknowledged_at", "resolved_at", "closed_at", "outcome")
    assert [row[name] for name in (*gone, "investigated_by")] == [None] * 6


def test_new_facts_bring_a_new_severity_with_its_reasons() -> None:
    row = after(lambda i: i.assess({"security_breach": True}, POLICY, by("alice"), minute(3)))
    assert (row["severity"], row["severity_rank"], row["base_severity"]) == ("P1", 4, "P2")
    assert row["facts"]["security_breach"] is True
    assert [reason["rule"] for reason in row["reasons"]] == ["a security breach"]


def test_a_severity_set_by_a_person_is_the_base_too() -> None:
    row = after(lambda i: i.set_severity(Severity.P4, POLICY, by("alice"), minute(3)))
    assert (row["severity"], row["base_severity"]) == ("P4", "P4")


def test_more_signals_are_counted_with_their_times() -> None:
    more = signal(1855, minute(9))
    tally = Tally.of([signal(1854), more])
    row = after(lambda i: i.attach((more,), tally, by_rule(), minute(10)))
    assert row["signal_count"] == 2
    assert row["first_signal_at"] == "2024-12-10T06:55:46.000000Z"
    assert row["last_signal_at"] == "2024-12-10T07:04:46.000000Z"


def test_an_assignee_and_a_recurrence_are_shown() -> None:
    row = after(
        lambda i: i.assign("erin", by("alice"), minute(3)),
        lambda i: i.link_as_recurrence("INC-20241209-ZZZZZZ", by_rule(), minute(4)),
    )
    assert (row["assignee"], row["recurrence_of"]) == ("erin", "INC-20241209-ZZZZZZ")


def test_every_event_moves_version_position_and_time() -> None:
    row = after(acknowledge, lambda i: i.note("on it", by("alice"), minute(8)))
    assert (row["version"], row["position"]) == (3, 3)
    assert row["updated_at"] == "2024-12-10T07:03:46.000000Z"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("prod", ["prod"]),
        (True, ["true"]),
        (5, ["5"]),
        (1.5, ["1.5"]),
        (["a", 2], ["a", "2"]),
        ({"b": 1}, ['{"b":1}']),
        ("é=ü", ["é=ü"]),
    ],
)
def test_a_label_is_found_by_what_a_person_types(value: object, written: list[str]) -> None:
    log = MemoryLog()
    log.record(incident(labels={"x": value}))
    assert [row["value"] for row in rows_of("incident_labels", log)] == written


def test_an_incident_already_stored_is_asked_for_and_a_new_one_is_not() -> None:
    given = incident("INC-1")
    log = MemoryLog()
    log.record(given)
    other = incident("INC-2")
    acknowledge(given)
    acknowledge(other)
    log.record(other, given)
    assert INCIDENTS.needs(log.records[1:]) == {"incidents": {"INC-1"}}
    assert INCIDENTS.needs(log.records) == {"incidents": set()}
