"""A detection rule as its author writes it in YAML, checked and frozen."""

from datetime import timedelta
from functools import cached_property
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
)
from pydantic.alias_generators import to_camel

from domain.detection.pattern import Condition
from domain.digest import digest_of
from domain.duration import parse_duration
from domain.incident.severity import Severity
from domain.signal import Signal, SourceKind, Value, lookup
from domain.written import Duration

Category = Literal[
    "security_breach",
    "data_leak",
    "service_outage",
    "compliance_violation",
    "performance_degradation",
    "authentication_failure",
    "authorization_failure",
    "system_error",
]

Identifier = Annotated[StrictStr, Field(min_length=1, max_length=200)]
LabelName = Annotated[StrictStr, Field(min_length=1, max_length=200, pattern="^[^=]+$")]
FieldPath = Annotated[StrictStr, Field(min_length=1, max_length=500)]


class RuleModel(BaseModel):
    """What every part of a rule shares: frozen, no unknown fields, camelCase or snake_case."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True
    )


class Threshold(RuleModel):
    """At least `count` signals within any half-open interval (t - window, t]."""

    count: Annotated[StrictInt, Field(ge=1, le=100_000)]
    window: Duration

    @cached_property
    def length(self) -> timedelta:
        """The window as a length of time."""
        return parse_duration(self.window)


class Correlation(RuleModel):
    """Signals with one value of `field` belong together while gaps stay below `within`."""

    field: FieldPath
    within: Duration

    @cached_property
    def length(self) -> timedelta:
        """The gap that ends an episode, as a length of time."""
        return parse_duration(self.within)


class Detection(RuleModel):
    """Which signals a rule matches, how many it takes, and which of them belong together."""

    source: SourceKind
    pattern: tuple[Condition, ...]
    threshold: Threshold | None = None
    correlate: Correlation | None = None


class LabelField(RuleModel):
    """A label whose value is taken from a field of the signal that opens the incident."""

    field: FieldPath


Label = StrictStr | StrictInt | StrictFloat | StrictBool | LabelField


class Rule(RuleModel):
    """A detection rule: what to look for, how bad it is, and who is told."""

    id: Identifier
    name: Identifier
    description: StrictStr
    enabled: StrictBool = True
    detection: Detection
    default_severity: Severity
    category: Category
    runbook: Identifier | None = None
    auto_remediate: StrictBool = False
    notify_channels: tuple[Identifier, ...]
    labels: dict[LabelName, Label] = Field(default_factory=dict)
    context: dict[Identifier, FieldPath] = Field(default_factory=dict)
    limit: Annotated[StrictInt, Field(ge=1, le=100_000)] = 60

    @cached_property
    def digest(self) -> str:
        """SHA-256, in hex, of what the rule says; defaults that nobody wrote are left out."""
        return digest_of(self)

    def matches(self, signal: Signal) -> bool:
        """Say whether a signal satisfies the rule's source and all its conditions."""
        if signal.source != self.detection.source:
            return False

        def values(path: str) -> tuple[Value, ...]:
            return lookup(signal, path)

        return all(condition.holds(values) for condition in self.detection.pattern)
