"""The timeline: a sentence an event, for a responder at 3 a.m."""

from collections.abc import Callable
from typing import Any

import pytest

from application.projections.delivery_sentences import DELIVERY_SENTENCES
from application.projections.execution_sentences import EXECUTION_SENTENCES
from application.projections.sentences import SENTENCES
from application.projections.telling import told
from application.views import TimelineRow
from domain.detection.rule_book import RuleBook
from domain.incident.classification import ClassificationPolicy, Reason
from domain.incident.evidence import Tally
from domain.incident.incident import Incident
from domain.incident.severity import Severity
from infrastructure.store.events import event_types
from tests.unit.projections.folding import rows_of
from tests.unit.projections.histories import (
    MemoryLog,
    by,
    by_rule,
    incident,
    minute,
    signal,
)

POLICY = ClassificationPolicy()
ALICE = by("alice")
BREACH = Reason(rule="a security breach", fact="security_breach = true", severity=Severity.P1)


def story(given: Incident) -> list[TimelineRow]:
    log = MemoryLog()
    log.record(given)
    return [told(given.id, record) for record in log.whole()]


def sentences(given: Incident) -> list[str]:
    return [row.sentence for row in story(given)]


def test_every_event_of_an_incident_is_in_its_story() -> None:
    log = MemoryLog()
    given = incident()
    log.record(given, RuleBook.open(ALICE, minute(0)))
    given.resolve(ALICE, minute(3))
    log.record(given)
    assert rows_of("timeline", log) == [
        {"position": position, "incident_id": given.id} for position in (1, 3)
    ]


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (
            {},
            "Rule 'Authentication Brute Force Attempt' found 10 signals of 181.25.206.27 within "
            "its window (sshd, line 1854): severity P2",
        ),
        (
            {"in_window": 1, "key": ""},
            "Rule 'Authentication Brute Force Attempt' matched a signal (sshd, line 1854): "
            "severity P2",
        ),
        (
            {"signals": (signal(7).model_copy(update={"origin": None}),), "key": '["a",5]'},
            "Rule 'Authentication Brute Force Attempt' found 10 signals of a, 5 within its window "
            "(sshd): severity P2",
        ),
        (
            {"severity": Severity.P1, "reasons": (BREACH,)},
            "Rule 'Authentication Brute Force Attempt' found 10 signals of 181.25.206.27 within "
            "its window (sshd, line 1854): severity P1, raised from the rule's P2 by a security "
            "breach (security_breach = true)",
        ),
    ],
)
def test_a_detection_says_what_was_found_where_and_how_bad_it_is(
    found: dict[str, Any], sentence: str
) -> None:
    assert sentences(incident(**found)) == [sentence]


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (lambda i: i.acknowledge(ALICE, minute(3)), "Acknowledged by alice"),
        (lambda i: i.investigate(ALICE, minute(3)), "Investigation started by alice"),
        (lambda i: i.resolve(ALICE, minute(3)), "Resolved by alice"),
        (
            lambda i: i.close("false_alarm", ALICE, minute(3)),
            "Closed as a false alarm by alice",
        ),
        (lambda i: i.close("duplicate", ALICE, minute(3)), "Closed as a duplicate by alice"),
        (lambda i: i.assign("bob", ALICE, minute(3)), "Assigned to bob by alice"),
        (lambda i: i.assign("alice", ALICE, minute(3)), "alice took it on"),
        (
            lambda i: i.note("first\nsecond\x1b[2J", ALICE, minute(3)),
            "Note by alice: first\nsecond\\x1b[2J",
        ),
        (
            lambda i: i.link_as_recurrence("INC-1", by_rule(), minute(3)),
            "Continues INC-1, which had been closed",
        ),
        (
            lambda i: i.set_severity(Severity.P4, POLICY, ALICE, minute(3)),
            "Severity lowered from P2 to P4 by alice",
        ),
    ],
)
def test_a_command_is_told_with_who_gave_it(
    command: Callable[[Incident], object], sentence: str
) -> None:
    given = incident()
    command(given)
    assert sentences(given)[1:] == [sentence]


def test_a_reopened_incident_says_that_it_waits() -> None:
    given = incident()
    given.resolve(ALICE, minute(3))
    given.reopen(by_rule(), minute(4))
    assert sentences(given)[-1] == "Reopened by rule 'auth-001'; it waits to be acknowledged again"


def test_facts_and_the_severity_they_bring_are_spelled_out() -> None:
    given = incident()
    learned = {"affected_users": 5000, "data_at_risk": True, "service_availability": 60.5}
    given.assess(learned, POLICY, ALICE, minute(3))
    assert sentences(given)[1:] == [
        "alice established: affected users 5,000, data at risk yes, service availability 60.5 %",
        "Severity raised from P2 to P1: data at risk (data_at_risk = true); service availability "
        "below 80 % (service_availability = 60.5); affected users above 1,000 "
        "(affected_users = 5,000)",
    ]


def test_attached_signals_say_how_many_are_beyond_the_limit() -> None:
    given = incident()
    arrived = tuple(signal(number, minute(number)) for number in range(3))
    more = given.tally.with_signals(arrived)
    given.attach(arrived, more, by_rule(), minute(5))
    over = given.tally.with_signals(arrived[:1], overflow=True)
    given.attach(arrived[:1], over, by_rule(), minute(6))
    assert sentences(given)[1:] == [
        "3 more signals, 4 in all",
        "1 more signal, 5 in all; 1 of them beyond the rule's limit of incidents an hour",
    ]


def test_hostile_text_is_made_harmless_and_short() -> None:
    (sentence,) = sentences(incident(key='"' + "\\u001b[2J" + "x" * 500 + '"'))
    assert sentence.isprintable()
    assert "of \\x1b[2Jxxx" in sentence
    assert len(sentence) < 300


def test_a_row_says_when_it_happened_and_when_it_was_recorded() -> None:
    (row,) = story(incident())
    assert (row.at, row.recorded_at) == (minute(0), minute(1))
    assert (row.position, row.version) == (1, 1)
    assert (row.cause_kind, row.cause_id) == ("signal", "s-1")


def test_attached_signals_happen_when_the_last_of_them_did() -> None:
    given = incident()
    late = signal(1, minute(30))
    given.attach((late,), Tally.of([signal(1854), late]), by_rule(), minute(90))
    assert story(given)[1].at == minute(30)


def test_what_is_done_happens_when_it_is_recorded() -> None:
    given = incident()
    given.acknowledge(ALICE, minute(3))
    row = story(given)[1]
    assert row.at == row.recorded_at == minute(3)


def test_a_row_says_who_and_why() -> None:
    given = incident()
    given.acknowledge(by("alice", "on call tonight"), minute(3))
    row = story(given)[1]
    assert (row.actor_kind, row.actor_name) == ("person", "alice")
    assert (row.kind, row.reason) == ("incident.acknowledged", "on call tonight")


def test_every_event_of_an_incident_has_a_sentence() -> None:
    topics = {
        member.TOPIC
        for member in vars(Incident).values()
        if isinstance(member, type) and issubclass(member, Incident.Event)
    }
    others = EXECUTION_SENTENCES.keys() | DELIVERY_SENTENCES.keys()
    assert topics - {Incident.Event.TOPIC} == SENTENCES.keys() - others


def test_every_event_of_a_delivery_has_a_sentence_but_that_it_is_planned_and_tried() -> None:
    topics = {topic for topic in event_types() if topic.startswith("delivery.")}
    untold = {"delivery.planned", "delivery.attempted"}
    assert topics - untold == DELIVERY_SENTENCES.keys()


def test_every_event_of_an_execution_has_a_sentence() -> None:
    topics = {topic for topic in event_types() if topic.startswith("execution.")}
    assert topics == EXECUTION_SENTENCES.keys()
