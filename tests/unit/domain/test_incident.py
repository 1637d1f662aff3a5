"""Given an incident's events, when a command, then this event or this error."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from domain.incident import events
from domain.incident.classification import ClassificationPolicy
from domain.incident.errors import (
    AlreadyAcknowledgedError,
    IllegalTransitionError,
    IncidentError,
    NothingChangedError,
)
from domain.incident.facts import Facts
from domain.incident.incident import Incident
from domain.incident.severity import Severity
from domain.signal import Signal
from tests.support.incidents import AT, DIAGNOSIS, SIGNAL, by

POLICY = ClassificationPolicy()
Command = Callable[[Incident], None]


ANNA, BEN = by("anna"), by("ben")
LATER = Signal(id="s2", source="audit_log", type="t", timestamp=AT + timedelta(1), data={})

COMMANDS: dict[str, Command] = {
    "acknowledge": lambda incident: incident.acknowledge(ANNA, AT),
    "investigate": lambda incident: incident.investigate(ANNA, AT),
    "resolve": lambda incident: incident.resolve(ANNA, AT),
    "close": lambda incident: incident.close("resolved", ANNA, AT),
    "close as a false alarm": lambda incident: incident.close("false_alarm", ANNA, AT),
    "close as a duplicate": lambda incident: incident.close("duplicate", ANNA, AT),
    "reopen": lambda incident: incident.reopen(ANNA, AT),
    "assess": lambda incident: incident.assess({"affected_users": 5}, POLICY, ANNA, AT),
    "set severity": lambda incident: incident.set_severity(Severity.P2, POLICY, ANNA, AT),
    "assign": lambda incident: incident.assign("ben", ANNA, AT),
    "note": lambda incident: incident.note("seen", ANNA, AT),
    "link": lambda incident: incident.link_as_recurrence("INC-0", ANNA, AT),
    "attach": lambda incident: incident.attach(
        (LATER,), incident.tally.with_signals([LATER]), ANNA, AT
    ),
}

TO_STATUS: dict[str, list[str]] = {
    "detected": [],
    "acknowledged": ["acknowledge"],
    "investigating": ["investigate"],
    "resolved": ["resolve"],
    "closed": ["resolve", "close"],
}


def given(*commands: str) -> Incident:
    """Give an incident with a history that is already stored."""
    incident = Incident.detect("INC-1", DIAGNOSIS, ANNA, AT)
    for command in commands:
        COMMANDS[command](incident)
    incident.collect_events()
    return incident


def brought_about(incident: Incident, command: Command) -> list[str]:
    """Give the types of the events that a command triggers."""
    command(incident)
    return [type(event).__name__ for event in incident.collect_events()]


# Which command is legal in which status: the event, or why not.
LEGAL: dict[str, dict[str, str | type[IncidentError]]] = {
    "acknowledge": {
        "detected": "Acknowledged",
        "acknowledged": AlreadyAcknowledgedError,
        "investigating": AlreadyAcknowledgedError,
        "resolved": IllegalTransitionError,
        "closed": IllegalTransitionError,
    },
    "investigate": {
        "detected": "InvestigationStarted",
        "acknowledged": "InvestigationStarted",
        "investigating": IllegalTransitionError,
        "resolved": IllegalTransitionError,
        "closed": IllegalTransitionError,
    },
    "resolve": {
        "detected": "Resolved",
        "acknowledged": "Resolved",
        "investigating": "Resolved",
        "resolved": IllegalTransitionError,
        "closed": IllegalTransitionError,
    },
    "close": {
        "detected": IllegalTransitionError,
        "acknowledged": IllegalTransitionError,
        "investigating": IllegalTransitionError,
        "resolved": "Closed",
        "closed": IllegalTransitionError,
    },
    "close as a false alarm": dict.fromkeys(TO_STATUS, "Closed")
    | {"closed": IllegalTransitionError},
    "close as a duplicate": dict.fromkeys(TO_STATUS, "Closed") | {"closed": IllegalTransitionError},
    "reopen": {
        "detected": IllegalTransitionError,
        "acknowledged": IllegalTransitionError,
        "investigating": IllegalTransitionError,
        "resolved": "Reopened",
        "closed": "Reopened",
    },
    "assess": dict.fromkeys(TO_STATUS, "FactsAssessed") | {"closed": IllegalTransitionError},
    "set severity": dict.fromkeys(TO_STATUS, "SeverityChanged")
    | {"closed": IllegalTransitionError},
    "assign": dict.fromkeys(TO_STATUS, "Assigned") | {"closed": IllegalTransitionError},
    "note": dict.fromkeys(TO_STATUS, "Noted"),
    "link": dict.fromkeys(TO_STATUS, "LinkedAsRecurrence"),
    "attach": dict.fromkeys(TO_STATUS, "SignalsAttached"),
}


@pytest.mark.parametrize("status", TO_STATUS)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_triggers_its_one_event_or_is_refused(command: str, status: str) -> None:
    incident = given(*TO_STATUS[status])
    assert incident.status == status
    expected = LEGAL[command][status]
    if isinstance(expected, str):
        assert brought_about(incident, COMMANDS[command]) == [expected]
    else:
        with pytest.raises(expected, match="INC-1"):
            COMMANDS[command](incident)
        assert incident.pending_events == []
        assert incident.status == status


# Detection.


def test_an_incident_begins_as_its_diagnosis_says() -> None:
    incident = given()
    assert (incident.id, incident.status, incident.severity) == ("INC-1", "detected", Severity.P3)
    assert (incident.signals, incident.tally.count) == ((SIGNAL,), 1)
    assert (incident.acknowledged_by, incident.assignee, incident.outcome) == (None, None, None)


def test_attached_signals_come_after_those_before() -> None:
    incident = given("attach")
    assert incident.signals == (SIGNAL, LATER)
    assert (incident.tally.count, incident.tally.last_at) == (2, LATER.timestamp)


def test_signals_that_are_there_already_are_refused() -> None:
    incident = given("attach")
    with pytest.raises(NothingChangedError, match="has these signals already"):
        incident.attach((LATER,), incident.tally, ANNA, AT)


# Acknowledging, resolving, reopening.


def test_who_acknowledges_answers_for_the_incident() -> None:
    assert given("acknowledge").acknowledged_by == "anna"


def test_who_starts_to_investigate_answers_for_it_unless_somebody_does() -> None:
    alone = given()
    alone.investigate(BEN, AT)
    assert (alone.status, alone.acknowledged_by) == ("investigating", "ben")
    after_anna = given("acknowledge")
    after_anna.investigate(BEN, AT)
    assert (after_anna.acknowledged_by, after_anna.investigated_by) == ("anna", "ben")


def test_the_second_to_acknowledge_learns_who_was_first() -> None:
    with pytest.raises(AlreadyAcknowledgedError, match="acknowledged by anna before"):
        given("acknowledge").acknowledge(BEN, AT)


def test_what_is_resolved_is_so_already() -> None:
    with pytest.raises(IllegalTransitionError, match="is resolved already"):
        given("resolve").resolve(BEN, AT)
    with pytest.raises(IllegalTransitionError, match="is closed and cannot be resolved; reopen it"):
        given("close as a false alarm").resolve(BEN, AT)


def test_an_incident_that_is_closed_unresolved_says_what_to_do() -> None:
    with pytest.raises(IllegalTransitionError, match="resolve it before it is closed"):
        given().close("resolved", ANNA, AT)


def test_a_closed_incident_has_an_outcome() -> None:
    assert given("resolve", "close").outcome == "resolved"
    assert given("close as a false alarm").outcome == "false_alarm"


def test_a_reopened_incident_waits_to_be_acknowledged_again() -> None:
    incident = given("acknowledge", "resolve", "close", "reopen")
    assert (incident.status, incident.acknowledged_by, incident.outcome) == ("detected", None, None)
    assert brought_about(incident, COMMANDS["acknowledge"]) == ["Acknowledged"]


# Facts and severity.


def test_a_fact_that_raises_the_severity_is_two_events_with_facts_and_reasons() -> None:
    incident = given()
    incident.assess({"data_at_risk": True}, POLICY, ANNA, AT)
    assessed, changed = incident.collect_events()
    assert isinstance(assessed, events.FactsAssessed)
    assert isinstance(changed, events.SeverityChanged)
    assert (assessed.learned, assessed.facts) == ({"data_at_risk": True}, Facts(data_at_risk=True))
    assert (changed.previous, changed.severity, changed.base_severity) == ("P3", "P1", "P3")
    assert [reason.rule for reason in changed.reasons] == ["data at risk"]


def test_a_fact_that_was_wrong_lets_the_severity_fall_again() -> None:
    incident = given()
    incident.assess({"data_at_risk": True}, POLICY, ANNA, AT)
    incident.assess({"data_at_risk": False}, POLICY, ANNA, AT)
    assert (incident.severity, incident.reasons) == (Severity.P3, ())


def test_facts_add_up() -> None:
    incident = given()
    incident.assess({"data_at_risk": True}, POLICY, ANNA, AT)
    incident.assess({"security_breach": True}, POLICY, ANNA, AT)
    assert incident.severity is Severity.P0


def test_facts_that_are_known_already_are_refused() -> None:
    with pytest.raises(NothingChangedError, match="has these facts already"):
        given("assess").assess({"affected_users": 5}, POLICY, ANNA, AT)


@pytest.mark.parametrize("learned", [{"affected_users": -1}, {"rumour": True}])
def test_an_impossible_fact_changes_nothing(learned: dict[str, Any]) -> None:
    incident = given()
    with pytest.raises(ValidationError):
        incident.assess(learned, POLICY, ANNA, AT)
    assert incident.pending_events == []


def test_a_person_can_say_how_bad_it_is() -> None:
    incident = given()
    incident.set_severity(Severity.P4, POLICY, ANNA, AT)
    assert (incident.base_severity, incident.severity) == (Severity.P4, Severity.P4)


def test_a_person_cannot_go_below_what_the_facts_call_for() -> None:
    incident = given()
    incident.assess({"data_at_risk": True}, POLICY, ANNA, AT)
    with pytest.raises(IllegalTransitionError, match=r"its facts make it P1 \(data at risk\)"):
        incident.set_severity(Severity.P2, POLICY, ANNA, AT)


def test_the_severity_that_it_has_is_no_change() -> None:
    with pytest.raises(NothingChangedError, match="is P3 already"):
        given().set_severity(Severity.P3, POLICY, ANNA, AT)


# People and texts.


def test_an_incident_can_go_from_one_person_to_another_but_not_to_the_same() -> None:
    incident = given("assign")
    incident.assign("anna", ANNA, AT)
    assert incident.assignee == "anna"
    with pytest.raises(NothingChangedError, match="assigned to anna already"):
        incident.assign("anna", ANNA, AT)


@pytest.mark.parametrize("text", ["", " \n"])
def test_a_note_needs_a_text(text: str) -> None:
    with pytest.raises(NothingChangedError, match="a note needs a text"):
        given().note(text, ANNA, AT)


def test_a_recurrence_says_what_it_continues() -> None:
    assert given("link").recurrence_of == "INC-0"


def test_every_event_says_who_did_it_and_when() -> None:
    incident = given()
    incident.note("seen", BEN, AT)
    (noted,) = incident.collect_events()
    assert isinstance(noted, events.Noted)
    assert (noted.provenance, noted.timestamp, noted.text) == (BEN, AT, "seen")
    assert (noted.originator_id, noted.originator_version) == ("INC-1", 2)
