"""From what a detector found to what an incident is opened with: facts, severity, labels."""

from hashlib import sha256
from typing import Any

from pydantic import ValidationError
from pydantic.alias_generators import to_snake

from domain.detection.detector import Opened
from domain.detection.rule import LabelField, Rule
from domain.incident.classification import ClassificationPolicy
from domain.incident.diagnosis import Diagnosis, RuleReference
from domain.incident.evidence import KEPT_IN_FULL, Tally
from domain.incident.facts import FROM_CATEGORY, Facts
from domain.signal import Signal, lookup

_NO_FACTS = Facts()


def diagnose(opened: Opened, source: str, policy: ClassificationPolicy) -> Diagnosis:
    """Say all that is known when an incident is opened."""
    rule, opening = opened.rule, opened.opening
    context = context_of(rule, opening)
    facts = _facts(rule, context, opened.related)
    assessment = policy.classify(rule.default_severity, facts)
    return Diagnosis(
        identity=identity_of(rule, opened.key, opening),
        rule=RuleReference(id=rule.id, name=rule.name, digest=rule.digest),
        source=source,
        key=opened.key,
        detected_at=opening.timestamp,
        opening_signal=opening.id,
        in_window=opened.in_window,
        category=rule.category,
        base_severity=rule.default_severity,
        severity=assessment.severity,
        reasons=assessment.reasons,
        facts=facts,
        context=context,
        labels=labels_of(rule, opening),
        runbook=rule.runbook,
        auto_remediate=rule.auto_remediate,
        notify_channels=rule.notify_channels,
        signals=opened.signals[:KEPT_IN_FULL],
        tally=Tally.of(opened.signals),
    )


def identity_of(rule: Rule, key: str, opening: Signal) -> str:
    """Give the SHA-256, in hex, of what makes an incident this one: rule, key, opening signal."""
    return sha256("\n".join((rule.id, key, opening.id)).encode()).hexdigest()


def context_of(rule: Rule, signal: Signal) -> dict[str, Any]:
    """Give the values of the signal's fields that the rule's context names; none for a missing."""
    found = {name: lookup(signal, path) for name, path in rule.context.items()}
    return {name: _one_or_all(values) for name, values in found.items() if values}


def labels_of(rule: Rule, signal: Signal) -> dict[str, Any]:
    """Give the rule's labels, those of fields with the signal's values."""
    labels: dict[str, Any] = {}
    for name, label in rule.labels.items():
        if not isinstance(label, LabelField):
            labels[name] = label
        elif values := lookup(signal, label.field):
            labels[name] = _one_or_all(values)
    return labels


def _facts(rule: Rule, context: dict[str, Any], related: int) -> Facts:
    known = FROM_CATEGORY.get(rule.category, _NO_FACTS)
    facts = known.model_copy(update={"previous_incidents": related})
    learned: dict[str, Any] = {}
    for name, value in context.items():
        fact = to_snake(name)
        if _is_possible(fact, value):
            learned[fact] = value
    return Facts.model_validate(facts.model_dump() | learned) if learned else facts


def _is_possible(fact: str, value: Any) -> bool:
    if fact not in Facts.model_fields:
        return False
    try:
        Facts.model_validate({fact: value})
    except ValidationError:
        return False
    return True


def _one_or_all(values: tuple[Any, ...]) -> Any:
    return values[0] if len(values) == 1 else list(values)
