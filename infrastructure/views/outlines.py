"""What views read of each event, and no more: of a big event that is a small part."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from msgspec import Raw, Struct, json

from application.log import Record
from infrastructure.views.delivery_outlines import DELIVERY_OUTLINES
from infrastructure.views.execution_outlines import EXECUTION_OUTLINES
from infrastructure.views.outline import Acted, Outline
from infrastructure.views.silence_outlines import SILENCE_OUTLINES


class Rule(Struct, gc=False):
    """The rule that fired."""

    id: str
    name: str
    digest: str


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
    category: str
    base_severity: str
    severity: str
    reasons: Raw
    facts: Raw
    context: Raw
    labels: dict[str, Any]
    runbook: str | None
    notify_channels: Raw
    tally: Tally


class Detected(Outline, gc=False):
    """`incident.detected`."""

    diagnosis: Diagnosis


class SignalsAttached(Outline, gc=False):
    """`incident.signals_attached`."""

    tally: Tally


class Closed(Outline, gc=False):
    """`incident.closed`."""

    outcome: str


class FactsAssessed(Outline, gc=False):
    """`incident.facts_assessed`."""

    facts: Raw


class SeverityChanged(Outline, gc=False):
    """`incident.severity_changed`."""

    severity: str
    base_severity: str
    reasons: Raw


class Assigned(Outline, gc=False):
    """`incident.assigned`."""

    assignee: str


class LinkedAsRecurrence(Outline, gc=False):
    """`incident.linked_as_recurrence`."""

    recurrence_of: str


class ResponseOverdue(Outline, gc=False):
    """`incident.response_overdue`."""

    tier: int


class Escalated(Outline, gc=False):
    """`incident.escalated`."""

    tier: int
    tier_at: str | None
    rounds: int
    resolution_overdue: bool


class Obligation(Struct, gc=False):
    """Something that is required."""

    name: str
    fulfilled_by: str
    deadline: str | None


class ObligationsArisen(Outline, gc=False):
    """`incident.obligations_arisen`."""

    obligations: list[Obligation]


class OfObligation(Outline, gc=False):
    """`incident.obligation_fulfilled` and `incident.obligation_overdue`."""

    name: str


class ObligationsWaived(Outline, gc=False):
    """`incident.obligations_waived`."""

    names: list[str]


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


class RulesLoaded(Acted, gc=False):
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


OUTLINES: dict[str, type[Struct]] = {
    "incident.detected": Detected,
    "incident.signals_attached": SignalsAttached,
    "incident.acknowledged": Acted,
    "incident.investigation_started": Acted,
    "incident.resolved": Outline,
    "incident.closed": Closed,
    "incident.reopened": Outline,
    "incident.facts_assessed": FactsAssessed,
    "incident.severity_changed": SeverityChanged,
    "incident.assigned": Assigned,
    "incident.noted": Outline,
    "incident.linked_as_recurrence": LinkedAsRecurrence,
    "incident.escalated": Escalated,
    "incident.review_asked": Outline,
    "incident.review_given": Outline,
    "incident.response_overdue": ResponseOverdue,
    "incident.obligations_arisen": ObligationsArisen,
    "incident.obligation_fulfilled": OfObligation,
    "incident.obligation_overdue": OfObligation,
    "incident.obligations_waived": ObligationsWaived,
    "incident.alerts_routed": Outline,
    **DELIVERY_OUTLINES,
    **EXECUTION_OUTLINES,
    "rule_book.rules_loaded": RulesLoaded,
    **SILENCE_OUTLINES,
    "source.configured": Configured,
    "source.reconfigured": Configured,
    "source.file_befallen": FileBefallen,
    "source.lines_rejected": LinesRejected,
    "source.windows_forgotten": WindowsForgotten,
    "source.read": Read,
}
"""What is read of each type of event; a type that is not here concerns no view."""


class _Decoders(dict[str, Callable[[bytes], Any]]):
    """How a state of each topic is outlined; made when the first one is met."""

    def __missing__(self, topic: str) -> Callable[[bytes], Any]:
        kind = OUTLINES.get(topic)
        decoder = self[topic] = _nothing if kind is None else json.Decoder(kind).decode
        return decoder


def _nothing(state: bytes) -> None:
    del state


_DECODERS = _Decoders()
# The named tuple's own constructor takes twice as long.
_made = partial(tuple.__new__, Record)


StoredRow = tuple[int, str, int, str, bytes]
"""An event as it is stored: position, aggregate, version, topic and state."""


def outlined(rows: Iterable[StoredRow]) -> list[Record]:
    """Give the outlines of stored events of the newest version; None where no view reads one."""
    return [
        _made((position, of, version, topic, _DECODERS[topic](state)))
        for position, of, version, topic, state in rows
    ]
