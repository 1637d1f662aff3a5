"""What each question asks of an alert, and which questions cannot be asked."""

from typing import Any

import pytest

from domain.alerting.matcher import Operator
from domain.incident.severity import Severity
from tests.support.silences import an_alert, matcher

HOLDS: list[tuple[str, Operator, str | tuple[str, ...], bool]] = [
    ("incident", "equals", "INC-20260310-AAAAAA", True),
    ("incident", "equals", "INC-20260310-AAAAA", False),
    ("severity", "in", ("P2", "P3"), True),
    ("severity", "not_equals", "P2", False),
    ("severity", "matches", "^P[23]$", True),
    ("category", "equals", "authentication_failure", True),
    ("category", "equals", "data_leak", False),
    ("rule", "equals", "auth-001", True),
    ("rule", "matches", "^auth-", True),
    ("rule", "equals", "AUTH-001", False),
    ("source", "equals", "sshd", True),
    ("about", "matches", r"^192\.0\.2\.", True),
    ("about", "equals", "192.0.2.1", True),
    ("channel", "equals", "slack", True),
    ("channel", "in", ("email", "sms"), False),
    ("channel", "not_equals", "email", True),
    ("label.team", "equals", "payments", True),
    ("label.team", "not_equals", "payments", False),
    ("label.team", "not_equals", "web", True),
    ("label.nobody", "not_equals", "web", False),
    ("label.nobody", "matches", "", False),
    ("label.app.io/tier", "equals", "1", True),
    ("label.tags", "equals", "eu", True),
    ("label.tags", "not_equals", "eu", False),
    ("label.tags", "matches", "^w", True),
    ("context.user.names", "equals", "root", True),
    ("context.user.names", "in", ("eve", "ana"), True),
    ("context.user", "matches", ".", False),
    ("context.count", "equals", "12", True),
    ("context.share", "equals", "0.5", True),
    ("context.live", "equals", "true", True),
    ("context.user.nothing", "equals", "", False),
]


@pytest.mark.parametrize(("name", "operator", "value", "holds"), HOLDS)
def test_a_question_has_an_answer(
    name: str, operator: Operator, value: str | tuple[str, ...], holds: bool
) -> None:
    asked = matcher(name, value, operator)
    assert list(asked.mistakes()) == []
    assert asked.holds(an_alert(), "slack") is holds


def test_without_a_channel_any_will_do() -> None:
    assert matcher("channel", "email").holds(an_alert(), None)


def test_an_incident_about_nothing_in_particular_answers_no_question_about_that() -> None:
    assert not matcher("about", "x", "not_equals").holds(an_alert(about=""), "slack")
    assert not matcher("about", "", "matches").holds(an_alert(about=""), "slack")


MISTAKES: list[tuple[str, Operator, Any, str]] = [
    ("team", "equals", "x", "there is no 'team' to ask for; there are incident, severity"),
    ("label.", "equals", "x", "there is no 'label.'"),
    ("severity", "equals", "P9", "there is no severity 'P9'; there are P0, P1"),
    ("severity", "in", ("P1", "x", "y"), "there is no severity 'x', 'y'"),
    ("category", "equals", "breach", "there is no category 'breach'"),
    ("rule", "equals", "", "a value is missing"),
    ("rule", "in", ("a", ""), "a value is missing"),
    ("rule", "in", (), "`in` takes a list"),
    ("rule", "in", "a", "`in` takes a list"),
    ("rule", "equals", ("a",), "the others take one"),
    ("about", "matches", "(", "RE2 cannot take the pattern"),
    ("about", "matches", r"(a)\1", "RE2 cannot take the pattern"),
    ("label.x", "equals", "x" * 1001, "at most 1,000 characters"),
]


@pytest.mark.parametrize(("name", "operator", "value", "said"), MISTAKES)
def test_what_cannot_be_asked_is_told(name: str, operator: Operator, value: Any, said: str) -> None:
    (mistake,) = matcher(name, value, operator).mistakes()
    assert said in mistake


def test_a_label_may_be_empty() -> None:
    asked = matcher("label.team", "")
    assert list(asked.mistakes()) == []
    assert asked.holds(an_alert(labels={"team": ""}), "slack")


@pytest.mark.parametrize(
    ("name", "operator", "value", "explicit"),
    [
        ("severity", "equals", "P0", True),
        ("severity", "in", ("P0", "P1"), True),
        ("incident", "equals", "INC-1", True),
        ("severity", "not_equals", "P4", False),
        ("severity", "matches", "P0", False),
        ("incident", "matches", "INC", False),
        ("rule", "equals", "auth-001", False),
    ],
)
def test_only_what_is_spelled_out_is_explicit(
    name: str, operator: Operator, value: str | tuple[str, ...], explicit: bool
) -> None:
    assert matcher(name, value, operator).is_explicit is explicit


def test_a_question_is_written_as_it_is_typed() -> None:
    assert str(matcher("severity", ("P2", "P3"), "in")) == "severity=P2,P3"
    assert str(matcher("label.team", "web", "not_equals")) == "label.team!=web"
    assert str(matcher("about", "^10", "matches")) == "about~^10"
    assert str(matcher("severity", Severity.P1)) == "severity=P1"
