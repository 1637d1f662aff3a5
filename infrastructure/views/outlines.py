"""What views read of each event, and no more: of a big event that is a small part."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from msgspec import Raw, Struct, json

from application.projections.times import utc

# The names are those of the stored events; what is not named here is skipped unread.


class Actor(Struct, gc=False):
    """Who acted."""

    kind: str
    name: str


class Cause(Struct, gc=False):
    """What led to an event."""

    kind: str
    id: str


class Provenance(Struct, gc=False):
    """Who, by what cause, and why."""

    actor: Actor
    cause: Cause
    reason: str = ""


class Outline(Struct, gc=False):
    """An event of which only its time and provenance are read."""

    timestamp: str
    provenance: Provenance


class Rule(Struct, gc=False):
    """The rule that fired."""

    id: str
    name: str
    digest: str


class Origin(Struct, gc=False):
    """Where a signal was read."""

    source: str
    line: int


class Signal(Struct, gc=False):
    """A signal without its content."""

    id: str
    origin: Origin | None = None


class Tally(Struct, gc=False):
    """How many signals, and when."""

    count: int
    first_at: str
    last_at: str
    overflow: int = 0


class Diagnosis(Struct, gc=False):
    """What detection found; what no view looks into stays the JSON that it is."""

    rule: Rule
    source: str
    key: str
    detected_at: str
    opening_signal: str
    in_window: int
    category: str
    base_severity: str
    severity: str
    reasons: list[dict[str, str]]
    facts: Raw
    context: Raw
    labels: dict[str, Any]
    runbook: str | None
    notify_channels: Raw
    signals: list[Signal]
    tally: Tally


class Detected(Outline, gc=False):
    """`incident.detected`."""

    diagnosis: Diagnosis


class SignalsAttached(Outline, gc=False):
    """`incident.signals_attached`."""

    attached: int
    tally: Tally


class Closed(Outline, gc=False):
    """`incident.closed`."""

    outcome: str


class FactsAssessed(Outline, gc=False):
    """`incident.facts_assessed`."""

    learned: dict[str, Any]
    facts: Raw


class SeverityChanged(Outline, gc=False):
    """`incident.severity_changed`."""

    previous: str
    severity: str
    base_severity: str
    reasons: list[dict[str, str]]


class Assigned(Outline, gc=False):
    """`incident.assigned`."""

    assignee: str


class Noted(Outline, gc=False):
    """`incident.noted`."""

    text: str


class LinkedAsRecurrence(Outline, gc=False):
    """`incident.linked_as_recurrence`."""

    recurrence_of: str


class Definition(Struct, gc=False, rename="camel"):
    """A rule as it was written; what equals its default was left out when it was recorded."""

    name: str
    default_severity: str
    category: str
    enabled: bool = True


class LoadedRule(Struct, gc=False):
    """A rule as it was loaded."""

    id: str
    digest: str
    definition: Definition


class RulesLoaded(Outline, gc=False):
    """`rule_book.rules_loaded`."""

    added: list[LoadedRule]
    changed: list[LoadedRule]
    removed: list[str]


class Format(Struct, gc=False):
    """How a source is read."""

    format: Any = ""


class Configured(Outline, gc=False):
    """`source.configured` and `source.reconfigured`."""

    digest: str
    definition: Format


class FileBefallen(Outline, gc=False):
    """`source.file_befallen`."""

    happening: str
    path: str
    position: int


class RejectedLine(Struct, gc=False):
    """A line that could not be read."""

    position: int
    line: int
    reason: str
    excerpt: str


class LinesRejected(Outline, gc=False):
    """`source.lines_rejected`."""

    path: str
    lines: list[RejectedLine]


class WindowsForgotten(Outline, gc=False):
    """`source.windows_forgotten`."""

    keys: int


class Read(Outline, gc=False):
    """`source.read`."""

    path: str
    position: int
    lines: int
    signals: int
    matched: int


OUTLINES: dict[str, type[Outline]] = {
    "incident.detected": Detected,
    "incident.signals_attached": SignalsAttached,
    "incident.acknowledged": Outline,
    "incident.investigation_started": Outline,
    "incident.resolved": Outline,
    "incident.closed": Closed,
    "incident.reopened": Outline,
    "incident.facts_assessed": FactsAssessed,
    "incident.severity_changed": SeverityChanged,
    "incident.assigned": Assigned,
    "incident.noted": Noted,
    "incident.linked_as_recurrence": LinkedAsRecurrence,
    "rule_book.rules_loaded": RulesLoaded,
    "source.configured": Configured,
    "source.reconfigured": Configured,
    "source.file_befallen": FileBefallen,
    "source.lines_rejected": LinesRejected,
    "source.windows_forgotten": WindowsForgotten,
    "source.read": Read,
}
"""What is read of each type of event; a type that is not here concerns no view."""


def outline(topic: str, state: bytes) -> Any:
    """Give the outline of a stored event of the newest version; None if no view reads it."""
    told = _decoder(topic)(state)
    if told is not None:
        # Here and not in each view, for nearly every event is told in two of them.
        told.timestamp = utc(told.timestamp)
    return told


@lru_cache
def _decoder(topic: str) -> Callable[[bytes], Any]:
    kind = OUTLINES.get(topic)
    return _nothing if kind is None else json.Decoder(kind).decode


def _nothing(state: bytes) -> None:
    del state
