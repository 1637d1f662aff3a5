"""The channel `pagerduty`: alerts by PagerDuty's Events API v2."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar
from urllib.parse import quote

from pydantic import BaseModel

from application.actions import HttpAnswer, HttpRequest, Surroundings
from application.alerting.wording import exact, one_line, title
from application.channels import Answer, Delivered, Message
from application.projections.texts import shown
from domain.alerting.content import Alert, Content, Occasion
from domain.incident.severity import Severity
from infrastructure.channels.answers import ask, json_object, judged, plain_words
from infrastructure.channels.config import ChannelConfig, IncidentLink, SecretText, Url
from infrastructure.channels.foreign import cut, fitted, json_bytes, sound

_SUMMARY = 1_024
_SHORT = 255
# PagerDuty takes 512 KB in all; what is not detail needs less than the difference.
_DETAILS = 480_000
_SHORTENED = "Some details were shortened or left out: PagerDuty takes 512 KB in all."

_ACTIONS: Mapping[Occasion, str] = MappingProxyType(
    {"acknowledged": "acknowledge", "resolved": "resolve", "closed": "resolve"}
)
_SEVERITIES: Mapping[Severity, str] = MappingProxyType(
    {
        Severity.P0: "critical",
        Severity.P1: "error",
        Severity.P2: "warning",
        Severity.P3: "info",
        Severity.P4: "info",
    }
)


class PagerDutyConfig(ChannelConfig):
    """Which service: its routing key, the integration key of an Events API v2 integration.

    `link` is where an incident can be seen, `{incident}` standing for its id.
    """

    routing_key: SecretText
    url: Url = "https://events.pagerduty.com/v2/enqueue"
    link: IncidentLink | None = None


class PagerDutyChannel:
    """Triggers, acknowledges and resolves alerts, one an incident: its id is the `dedup_key`."""

    Config: ClassVar[type[BaseModel]] = PagerDutyConfig
    reaches: ClassVar[str | None] = None

    def __init__(self, config: PagerDutyConfig, surroundings: Surroundings) -> None:
        self._config = config
        self._surroundings = surroundings

    def send(self, message: Message) -> Answer:
        """Send the event that a message is to PagerDuty."""
        secrets = self._surroundings.secrets
        event = {"routing_key": secrets.resolve(self._config.routing_key)}
        request = HttpRequest(
            "POST",
            secrets.resolve(self._config.url),
            {"content-type": "application/json"},
            json_bytes(event | self._event(message)),
            timeout=message.seconds,
        )
        answer = ask(self._surroundings.outgoing, request)
        if not isinstance(answer, HttpAnswer):
            return answer
        outcome = judged(answer, "PagerDuty", _said(answer.body))
        if isinstance(outcome, Delivered):
            return Delivered({"dedup_key": _dedup_key(message)})
        return outcome

    def _event(self, message: Message) -> dict[str, Any]:
        content = message.content
        action = _ACTIONS.get(content.occasion, "trigger") if content.alert else "trigger"
        event: dict[str, Any] = {"event_action": action, "dedup_key": _dedup_key(message)}
        if action != "trigger":
            return event
        event |= {"payload": _payload(content), "client": "Tocsin"}
        if content.alert and self._config.link:
            incident = quote(content.alert.incident_id, safe="")
            link = self._config.link.replace("{incident}", incident)
            event |= {"client_url": link, "links": [{"href": link, "text": "The incident"}]}
        return event


def _dedup_key(message: Message) -> str:
    alert = message.content.alert
    return alert.incident_id if alert else message.id


def _payload(content: Content) -> dict[str, Any]:
    alert = content.alert
    payload: dict[str, Any] = {
        "summary": cut(_summary(content), _SUMMARY),
        "severity": _severity(content),
        "source": "tocsin",
        "timestamp": content.at.isoformat(),
        "custom_details": _details(content),
    }
    if alert:
        of_the_alert = {
            "source": alert.source or "tocsin",
            "component": alert.about,
            "group": alert.category,
            "class": alert.rule_id,
        }
        payload |= {name: cut(sound(text), _SHORT) for name, text in of_the_alert.items() if text}
    return payload


def _summary(content: Content) -> str:
    begins = sound(title(content)).strip() or "A message from Tocsin"
    about = content.alert.about if content.alert else ""
    return f"{begins} of {shown(about)}" if about else begins


def _severity(content: Content) -> str:
    """Give the worst severity that a message tells of; a test and a mere message alarm nobody."""
    if content.occasion == "test":
        return "info"
    told = [severity for severity, count in content.counts.items() if count]
    if content.alert:
        told.append(content.alert.severity)
    worst = max(told, key=lambda severity: severity.rank, default=Severity.P4)
    return _SEVERITIES[worst]


def _details(content: Content) -> dict[str, Any]:
    told = {
        "what": content.sentence,
        "subject": content.subject,
        "text": content.text,
        **(_alert_details(content.alert) if content.alert else {}),
        "counts": {str(severity): count for severity, count in content.counts.items()},
        "incidents": [one_line(each) for each in content.covers],
    }
    details, shortened = fitted({name: each for name, each in told.items() if each}, _DETAILS)
    return details | {"shortened": _SHORTENED} if shortened else details


def _alert_details(alert: Alert) -> dict[str, Any]:
    return {
        "status": alert.status,
        "detected": exact(alert.detected_at),
        "signals": alert.signals,
        "about": alert.about,
        "reasons": [f"{each.severity}: {each.rule} ({each.fact})" for each in alert.reasons],
        "acknowledged_by": alert.acknowledged_by,
        "assigned_to": alert.assignee,
        "runbook": alert.runbook,
        "context": alert.context,
        "labels": alert.labels,
    }


def _said(body: bytes) -> str:
    """Give the message and the errors of an answer, as far as they are nothing but words."""
    told = json_object(body)
    errors = told.get("errors")
    texts = [told.get("message"), *(errors if isinstance(errors, list) else [])]
    words = [plain_words(each) for each in texts if isinstance(each, str)]
    return "; ".join(each for each in words if each)
