"""From facts to a severity, by example."""

from typing import Any

import pytest
from pydantic import ValidationError

from domain.incident.classification import (
    Availability,
    ClassificationPolicy,
    Impact,
    Recurrence,
)
from domain.incident.facts import FROM_CATEGORY, Facts
from domain.incident.severity import Severity

POLICY = ClassificationPolicy()


def severity(base: str, **facts: Any) -> str:
    return POLICY.classify(Severity(base), Facts.model_validate(facts)).severity.value


def reasons(base: str, **facts: Any) -> list[str]:
    return reasons_by(POLICY, base, **facts)


def reasons_by(policy: ClassificationPolicy, base: str, **facts: Any) -> list[str]:
    found = policy.classify(Severity(base), Facts.model_validate(facts))
    return [f"{reason.severity}: {reason.rule} ({reason.fact})" for reason in found.reasons]


def test_the_originals_data_breach_is_p0() -> None:
    breach: dict[str, Any] = {
        "affectedUsers": 100,
        "affectedRevenue": 0,
        "dataAtRisk": True,
        "serviceAvailability": 100,
        "complianceImpact": True,
        "securityBreach": True,
        "previousIncidents": 0,
    }
    assert severity("P2", **breach) == "P0"
    assert reasons("P2", **breach) == [
        "P0: a security breach that puts data at risk"
        " (security_breach = true, data_at_risk = true)",
        "P1: a security breach (security_breach = true)",
        "P1: data at risk (data_at_risk = true)",
        "P1: compliance impact (compliance_impact = true)",
    ]


EXAMPLES: list[tuple[str, dict[str, Any], str]] = [
    # base, facts, severity
    ("P4", {}, "P4"),
    ("P0", {}, "P0"),
    ("P3", {"security_breach": True}, "P1"),
    ("P3", {"data_at_risk": True}, "P1"),
    ("P3", {"compliance_impact": True}, "P1"),
    ("P3", {"security_breach": True, "data_at_risk": True}, "P0"),
    ("P3", {"data_at_risk": True, "compliance_impact": True}, "P1"),
    ("P0", {"data_at_risk": True}, "P0"),
    ("P4", {"service_availability": 80}, "P4"),
    ("P4", {"service_availability": 79.9}, "P1"),
    ("P4", {"service_availability": 50}, "P1"),
    ("P4", {"service_availability": 49.9}, "P0"),
    ("P4", {"service_availability": 0}, "P0"),
    ("P4", {"affected_users": 1000}, "P4"),
    ("P4", {"affected_users": 1001}, "P1"),
    ("P4", {"affected_users": 10_000}, "P1"),
    ("P4", {"affected_users": 10_001}, "P0"),
    ("P4", {"affected_revenue": 1e9}, "P4"),
    ("P4", {"previous_incidents": 3}, "P4"),
    ("P4", {"previous_incidents": 4}, "P3"),
    ("P1", {"previous_incidents": 4}, "P0"),
    ("P0", {"previous_incidents": 4}, "P0"),
    ("P3", {"data_at_risk": True, "previous_incidents": 4}, "P0"),
]


@pytest.mark.parametrize(("base", "facts", "expected"), EXAMPLES)
def test_facts_raise_a_severity_as_the_original_says(
    base: str, facts: dict[str, Any], expected: str
) -> None:
    assert severity(base, **facts) == expected


def test_without_a_fact_that_raises_there_is_no_reason() -> None:
    assert reasons("P3") == []
    assert reasons("P1", security_breach=True) == []


def test_a_reason_says_which_rule_and_which_fact() -> None:
    assert reasons("P3", affected_users=12_000, service_availability=62.5) == [
        "P1: service availability below 80 % (service_availability = 62.5)",
        "P1: affected users above 1,000 (affected_users = 12,000)",
        "P0: affected users above 10,000 (affected_users = 12,000)",
    ]


def test_recurrence_is_counted_on_top_of_everything_else() -> None:
    assert reasons("P3", data_at_risk=True, previous_incidents=5) == [
        "P1: data at risk (data_at_risk = true)",
        "P0: more than 3 related incidents in 24 h (previous_incidents = 5)",
    ]


def test_the_thresholds_can_be_others() -> None:
    policy = ClassificationPolicy(
        breach=Severity.P2,
        availability_below=(Availability(percent=99, severity=Severity.P2),),
        affected_users_above=(),
        affected_revenue_above=(Impact(count=5000, severity=Severity.P0),),
        previous_incidents_above=Recurrence(count=0, raise_by=4),
    )
    assert reasons_by(policy, "P4", affected_users=10**6) == []
    assert reasons_by(policy, "P4", security_breach=True) == [
        "P2: a security breach (security_breach = true)"
    ]
    assert reasons_by(policy, "P4", affected_revenue=5000.5) == [
        "P0: affected revenue above 5,000 (affected_revenue = 5,000)"
    ]
    assert reasons_by(policy, "P4", previous_incidents=1) == [
        "P0: more than 0 related incidents in 24 h (previous_incidents = 1)"
    ]


def test_recurrence_can_be_left_out() -> None:
    policy = ClassificationPolicy(previous_incidents_above=None)
    assert reasons_by(policy, "P4", previous_incidents=99) == []


def test_a_category_says_something_by_itself() -> None:
    severities = {
        category: POLICY.classify(Severity.P4, facts).severity.value
        for category, facts in FROM_CATEGORY.items()
    }
    assert severities == {
        "security_breach": "P1",
        "data_leak": "P1",
        "compliance_violation": "P1",
    }


@pytest.mark.parametrize(
    "facts",
    [
        {"affected_users": -1},
        {"affected_users": 1.5},
        {"service_availability": 101},
        {"affected_revenue": float("inf")},
        {"affected_revenue": float("nan")},
        {"data_at_risk": "yes"},
        {"security_breach": 1},
        {"unknown": 1},
    ],
)
def test_impossible_facts_are_refused(facts: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Facts.model_validate(facts)


def test_ranks_go_from_five_for_p0_to_one_for_p4() -> None:
    assert [level.rank for level in Severity] == [5, 4, 3, 2, 1]
    assert [Severity.of_rank(rank) for rank in (9, 5, 1, -1)] == ["P0", "P0", "P4", "P4"]


def test_the_worse_of_two_severities_wins() -> None:
    assert Severity.P2.at_least(Severity.P1) is Severity.P1
    assert Severity.P1.at_least(Severity.P2) is Severity.P1
