"""The shape of what a webhook is sent, version 1, as JSON Schema: a promise to receivers."""

from typing import Any

from tests.support.alerts import OCCASIONS, OF_NO_INCIDENT

TEXT = {"type": "string"}
MAYBE = {"type": ["string", "null"]}
TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"}
SEVERITY = {"enum": ["P0", "P1", "P2", "P3", "P4"]}
COUNT = {"type": "integer", "minimum": 0}


def an_object(**properties: Any) -> dict[str, Any]:
    """Describe an object that has all of some properties, and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


INCIDENT = an_object(
    id=TEXT,
    rule=an_object(id=TEXT, name=TEXT),
    category=TEXT,
    severity=SEVERITY,
    reasons={"type": "array", "items": an_object(rule=TEXT, fact=TEXT, severity=SEVERITY)},
    status=TEXT,
    detected_at=TIME,
    source=TEXT,
    about=TEXT,
    signals=COUNT,
    acknowledged_by=MAYBE,
    assignee=MAYBE,
    runbook=MAYBE,
    context={"type": "object"},
    labels={"type": "object"},
    shortened={"type": "boolean"},
)
TYPES = [
    f"tocsin.{each}" if each in OF_NO_INCIDENT else f"tocsin.incident.{each}" for each in OCCASIONS
]
EVENT = an_object(
    version={"const": "1"},
    id=TEXT,
    type={"enum": TYPES},
    occurred_at=TIME,
    sentence=TEXT,
    subject=TEXT,
    text=TEXT,
    incident={"anyOf": [INCIDENT, {"type": "null"}]},
    incidents={"type": "array", "items": INCIDENT, "maxItems": 100},
    counts={
        "type": "object",
        "propertyNames": SEVERITY,
        "additionalProperties": COUNT,
    },
    recipients={"type": "array", "items": an_object(name=TEXT, full_name=TEXT, why=TEXT)},
)
