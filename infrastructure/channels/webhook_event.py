"""The JSON that a webhook is sent, version 1; `docs/channels.md` documents it.

Fields may be added within a version; none is removed, and none changes its meaning.
"""

from typing import Any

from application.channels import Message
from domain.alerting.content import Alert, Content
from infrastructure.channels.foreign import cut, fitted, sound

VERSION = "1"
# Room for the context and the labels of all incidents together, in bytes.
_ROOM = 256_000
_LONGEST = 20_000
_OF_MANY = frozenset({"summary", "digest", "message", "test"})


def event(message: Message) -> dict[str, Any]:
    """Write a message as an event."""
    content = message.content
    about_one = _incident(content.alert, _ROOM) if content.alert else None
    room = _ROOM // max(1, len(content.covers))
    return {
        "version": VERSION,
        "id": message.id,
        "type": event_type(content),
        "occurred_at": content.at.isoformat(),
        "sentence": _text(content.sentence),
        "subject": _text(content.subject),
        "text": _text(content.text),
        "incident": about_one,
        "incidents": [_incident(each, room) for each in content.covers],
        "counts": {str(severity): count for severity, count in content.counts.items()},
        "recipients": [
            {"name": _text(each.name), "full_name": _text(each.full_name), "why": _text(each.why)}
            for each in message.recipients
        ],
    }


def event_type(content: Content) -> str:
    """Name the kind of event: `tocsin.incident.detected`, or `tocsin.digest`."""
    of_many = content.occasion in _OF_MANY
    return f"tocsin.{content.occasion}" if of_many else f"tocsin.incident.{content.occasion}"


def _incident(alert: Alert, room: int) -> dict[str, Any]:
    foreign, shortened = fitted({"context": alert.context, "labels": alert.labels}, room)
    return {
        "id": _text(alert.incident_id),
        "rule": {"id": _text(alert.rule_id), "name": _text(alert.rule_name)},
        "category": _text(alert.category),
        "severity": str(alert.severity),
        "reasons": [
            {"rule": _text(each.rule), "fact": _text(each.fact), "severity": str(each.severity)}
            for each in alert.reasons[:100]
        ],
        "status": _text(alert.status),
        "detected_at": alert.detected_at.isoformat(),
        "source": _text(alert.source),
        "about": _text(alert.about),
        "signals": alert.signals,
        "acknowledged_by": _maybe(alert.acknowledged_by),
        "assignee": _maybe(alert.assignee),
        "runbook": _maybe(alert.runbook),
        "context": foreign.get("context", {}),
        "labels": foreign.get("labels", {}),
        "shortened": shortened,
    }


def _text(text: str) -> str:
    return cut(sound(text), _LONGEST)


def _maybe(text: str | None) -> str | None:
    return None if text is None else _text(text)
