"""The channel `webhook`: JSON to any address, signed, on its own or as a CloudEvent."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, Field, StrictStr

from application.actions import HttpRequest, Surroundings
from application.channels import Answer, Message
from application.ports import Clock
from infrastructure.channels.answers import exchanged
from infrastructure.channels.config import ChannelConfig, SecretText, Url
from infrastructure.channels.foreign import json_bytes
from infrastructure.channels.webhook_event import event, event_type
from infrastructure.channels.webhook_signature import signed
from infrastructure.clock import SystemClock
from infrastructure.outgoing.headers import Headers, resolved

_OURS = frozenset({"content-type", "webhook-id", "webhook-timestamp", "webhook-signature"})


def _not_ours(headers: dict[str, str]) -> dict[str, str]:
    if taken := sorted(_OURS & {name.lower() for name in headers}):
        msg = f"Tocsin sets {', '.join(taken)}"
        raise ValueError(msg)
    return headers


class WebhookConfig(ChannelConfig):
    """Where to, in which form, and signed with which secrets.

    During a change of secrets there are several in `secrets`, and as many signatures. `source` is
    that of CloudEvents: who sends.
    """

    url: Url
    method: Literal["POST", "PUT"] = "POST"
    headers: Annotated[Headers, AfterValidator(_not_ours)] = Field(default_factory=dict)
    format: Literal["json", "cloudevents"] = "json"
    source: Annotated[StrictStr, Field(pattern=r"^[!-~]{1,200}$")] = "tocsin"
    secret: SecretText | None = None
    secrets: Annotated[tuple[SecretText, ...], Field(max_length=10)] = ()

    @property
    def signing(self) -> tuple[str, ...]:
        """All the secrets to sign with."""
        return ((self.secret,) if self.secret else ()) + self.secrets


class WebhookChannel:
    """Sends events; a repeated one has the same `webhook-id`."""

    Config: ClassVar[type[BaseModel]] = WebhookConfig
    reaches: ClassVar[str | None] = None

    def __init__(
        self, config: WebhookConfig, surroundings: Surroundings, clock: Clock | None = None
    ) -> None:
        self._config = config
        self._surroundings = surroundings
        self._clock = clock or SystemClock()

    def send(self, message: Message) -> Answer:
        """Send the event that a message is."""
        secrets = self._surroundings.secrets
        body, kind = self._written(message)
        signing = [secrets.resolve(each) for each in self._config.signing]
        headers = resolved(self._config.headers, secrets)
        headers |= {"content-type": kind}
        headers |= signed(message.id, self._clock.now(), body, signing)
        url = secrets.resolve(self._config.url)
        request = HttpRequest(self._config.method, url, headers, body, timeout=message.seconds)
        return exchanged(self._surroundings.outgoing, request, "the webhook")

    def _written(self, message: Message) -> tuple[bytes, str]:
        told = event(message)
        if self._config.format == "json":
            return json_bytes(told), "application/json"
        return json_bytes(self._cloud_event(message, told)), "application/cloudevents+json"

    def _cloud_event(self, message: Message, told: dict[str, Any]) -> dict[str, Any]:
        subject = {"subject": told["incident"]["id"]} if told["incident"] else {}
        return {
            "specversion": "1.0",
            "id": message.id,
            "source": self._config.source,
            "type": event_type(message.content),
            **subject,
            "time": told["occurred_at"],
            "datacontenttype": "application/json",
            "data": told,
        }
