"""The schema of a request to PagerDuty's Events API v2, as PagerDuty documents it.

Transcribed without descriptions and examples from `reference/events-v2/openapiv3.json` of
PagerDuty/api-schema (OpenAPI 3.0.2). The limits of `LIMITED` are not in that file, but in
PagerDuty's prose: an integration key has 32 characters, a dedup_key at most 255, a summary at
most 1,024.
"""

from typing import Any

_TEXT = {"type": "string"}
_URL = {"type": "string", "format": "url"}

PAYLOAD: dict[str, Any] = {
    "type": "object",
    "properties": {
        "summary": _TEXT,
        "timestamp": {"type": "string", "format": "date-time"},
        "severity": {"enum": ["critical", "warning", "error", "info"]},
        "source": _TEXT,
        "component": _TEXT,
        "group": _TEXT,
        "class": _TEXT,
        "custom_details": {"type": "object"},
    },
    "required": ["summary", "severity", "source"],
}
EVENT: dict[str, Any] = {
    "type": "object",
    "properties": {
        "payload": PAYLOAD,
        "routing_key": _TEXT,
        "event_action": {"enum": ["trigger", "acknowledge", "resolve"]},
        "dedup_key": _TEXT,
        "client": _TEXT,
        "client_url": _URL,
        "links": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"href": _URL, "text": _TEXT},
                "required": ["href"],
            },
        },
        "images": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"src": _URL, "href": _URL, "alt": _TEXT},
                "required": ["src"],
            },
        },
    },
    "required": ["routing_key", "event_action"],
}
# What the prose adds, and that nothing undocumented is sent.
LIMITED: dict[str, Any] = {
    "allOf": [EVENT],
    "properties": {
        "routing_key": {"minLength": 32, "maxLength": 32},
        "dedup_key": {"minLength": 1, "maxLength": 255},
        "payload": {
            "properties": {"summary": {"minLength": 1, "maxLength": 1024}},
            "propertyNames": {"enum": list(PAYLOAD["properties"])},
        },
    },
    "if": {"properties": {"event_action": {"const": "trigger"}}},
    "then": {"required": ["payload"]},
    "else": {"required": ["dedup_key"]},
    "propertyNames": {"enum": list(EVENT["properties"])},
}
