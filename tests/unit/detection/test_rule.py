"""How a rule is written, refused and told from another version of itself."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from domain.detection.rule import LabelField, Rule
from domain.signal import Signal
from tests.support.detection import START

BRUTE_FORCE: dict[str, Any] = {
    "id": "rule-auth-brute-force",
    "name": "Authentication Brute Force Attempt",
    "description": "Multiple failed authentication attempts detected",
    "enabled": True,
    "detection": {
        "source": "audit_log",
        "pattern": [{"field": "action", "operator": "equals", "value": "authentication_failed"}],
        "threshold": {"count": 10, "window": "5m"},
        "correlate": {"field": "actor.ip", "within": "5m"},
    },
    "defaultSeverity": "P2",
    "category": "authentication_failure",
    "notifyChannels": ["slack_security"],
}

SECRET_IN_OUTPUT: dict[str, Any] = {
    "id": "rule-secret-in-output",
    "name": "Secret Detected in Agent Output",
    "description": "Agent output contains potential credentials",
    "enabled": True,
    "detection": {
        "source": "audit_log",
        "pattern": [{"field": "action", "operator": "equals", "value": "secret_detected"}],
    },
    "defaultSeverity": "P1",
    "category": "data_leak",
    "runbook": "runbook-secret-exposure",
    "autoRemediate": True,
    "notifyChannels": ["slack_security", "email_security"],
}


def written(**changed: Any) -> dict[str, Any]:
    return BRUTE_FORCE | changed


def detection(**changed: Any) -> dict[str, Any]:
    return written(detection=BRUTE_FORCE["detection"] | changed)


def rule(content: dict[str, Any]) -> Rule:
    return Rule.model_validate(content)


def a_signal(source: Any = "audit_log", **data: Any) -> Signal:
    return Signal(id="s", source=source, type="t", timestamp=START, data=data)


def test_the_originals_rules_load_unchanged() -> None:
    brute_force, secret = rule(BRUTE_FORCE), rule(SECRET_IN_OUTPUT)
    assert brute_force.detection.threshold is not None
    assert brute_force.detection.threshold.length == timedelta(minutes=5)
    assert brute_force.detection.correlate is not None
    assert brute_force.detection.correlate.length == timedelta(minutes=5)
    assert (secret.auto_remediate, secret.runbook) == (True, "runbook-secret-exposure")


def test_what_the_original_leaves_out_has_its_default() -> None:
    read = rule({key: value for key, value in BRUTE_FORCE.items() if key != "enabled"})
    assert (read.enabled, read.auto_remediate, read.runbook, read.limit) == (True, False, None, 60)


def test_camel_case_and_snake_case_are_the_same() -> None:
    names = {
        "defaultSeverity": "default_severity",
        "notifyChannels": "notify_channels",
        "autoRemediate": "auto_remediate",
    }
    snake = {names.get(key, key): value for key, value in SECRET_IN_OUTPUT.items()}
    assert rule(snake) == rule(SECRET_IN_OUTPUT)


def test_a_rule_matches_its_source_and_all_its_conditions() -> None:
    restricted = rule(
        detection(
            pattern=[
                {"field": "action", "operator": "equals", "value": "denied"},
                {"field": "target.sensitivity", "operator": "in", "value": ["critical"]},
            ]
        )
    )
    critical = {"sensitivity": "critical"}
    assert restricted.matches(a_signal(action="denied", target=critical))
    assert not restricted.matches(a_signal(action="denied", target={}))
    assert not restricted.matches(a_signal(action="allowed", target=critical))
    assert not restricted.matches(a_signal("metric", action="denied", target=critical))


def test_a_rule_without_conditions_matches_all_of_its_source() -> None:
    everything = rule(detection(pattern=[]))
    assert everything.matches(a_signal())
    assert not everything.matches(a_signal("external"))


def test_labels_are_written_or_taken_from_a_field() -> None:
    labels = {"team": "security", "tier": 1, "host": {"field": "host.name"}}
    assert rule(written(labels=labels)).labels == {
        "team": "security",
        "tier": 1,
        "host": LabelField(field="host.name"),
    }


@pytest.mark.parametrize(
    "content",
    [
        written(id=""),
        written(id="x" * 201),
        written(id=5),
        written(enabled="yes"),
        written(defaultSeverity="P5"),
        written(defaultSeverity=2),
        written(category="breach"),
        written(notifyChannels="slack"),
        written(notifyChannels=[""]),
        written(limit=0),
        written(limit=100_001),
        written(limit="60"),
        written(limit=True),
        written(unknown=1),
        written(labels={"": "x"}),
        written(labels={"a=b": "x"}),
        written(labels={"host": {"path": "x"}}),
        detection(source="logs"),
        detection(unknown=1),
        detection(pattern={"field": "a", "operator": "equals", "value": 1}),
        detection(threshold={"count": 0, "window": "5m"}),
        detection(threshold={"count": 100_001, "window": "5m"}),
        detection(threshold={"count": 1.5, "window": "5m"}),
        detection(threshold={"count": 3}),
        detection(threshold={"count": 3, "window": "5 parsecs"}),
        detection(threshold={"count": 3, "window": 300}),
        detection(threshold={"count": 3, "window": "0s"}),
        detection(correlate={"field": "", "within": "5m"}),
        detection(correlate={"field": "actor.ip"}),
        {key: value for key, value in BRUTE_FORCE.items() if key != "defaultSeverity"},
        {key: value for key, value in BRUTE_FORCE.items() if key != "notifyChannels"},
    ],
)
def test_what_cannot_be_meant_is_refused(content: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        rule(content)


def test_a_rule_does_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        rule(BRUTE_FORCE).name = "Another"  # type: ignore[misc]  # that is the point


def test_writing_a_default_out_does_not_change_the_digest() -> None:
    explicit = written(autoRemediate=False, limit=60, labels={}, context={}, runbook=None)
    assert rule(explicit).digest == rule(BRUTE_FORCE).digest


def test_the_digest_is_the_same_in_every_version_of_tocsin() -> None:
    # Stored events hold it: whoever changes this changes what old incidents refer to.
    assert (
        rule(BRUTE_FORCE).digest
        == "86dd9af87126f3590406302eaa55c6a79a10e4a8ad92257f34fe8c307a0e8846"
    )


@pytest.mark.parametrize(
    "changed",
    [
        written(name="Another"),
        written(enabled=False),
        written(limit=61),
        written(defaultSeverity="P1"),
        detection(threshold={"count": 11, "window": "5m"}),
        detection(threshold=None),
        detection(correlate=None),
    ],
)
def test_another_content_has_another_digest(changed: dict[str, Any]) -> None:
    assert rule(changed).digest != rule(BRUTE_FORCE).digest


def test_a_rule_survives_being_written_and_read() -> None:
    read = rule(written(labels={"tier": 1, "host": {"field": "h"}}, context={"user": "actor.id"}))
    again = Rule.model_validate(read.model_dump(mode="json", by_alias=True, exclude_defaults=True))
    assert (again, again.digest) == (read, read.digest)
