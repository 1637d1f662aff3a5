"""The channel `slack`: by an incoming webhook, or by a bot that keeps one thread an incident."""

from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, Field, StrictStr, model_validator

from application.actions import HttpAnswer, HttpRequest, Surroundings
from application.channels import Answer, Delivered, Message
from infrastructure.channels.answers import ask
from infrastructure.channels.config import ChannelConfig, SecretText, Url
from infrastructure.channels.foreign import json_bytes
from infrastructure.channels.slack_answers import Said, of_a_method, of_a_webhook
from infrastructure.outgoing.deadline import Deadline

# The first message is gone, or where it was: there is no thread to answer in.
_GONE = frozenset(
    {"channel_not_found", "is_archived", "message_not_found", "not_in_channel", "thread_not_found"}
)
# It stands there, but may not be changed; its thread is as good as ever.
_FIXED = frozenset({"cant_update_message", "edit_window_closed"})
# What calls for somebody has to be seen by those, too, who do not follow the thread.
_FOR_ALL_TO_SEE = frozenset({"reopened", "response_overdue", "escalated", "obligation_overdue"})
_QUIET = {"unfurl_links": False, "unfurl_media": False}


class SlackConfig(ChannelConfig):
    """Either the address of an incoming webhook, or a bot's token and a channel."""

    webhook_url: SecretText | None = None
    token: SecretText | None = None
    channel: Annotated[StrictStr, Field(pattern=r"^[^\s\x00]{1,100}$")] | None = None
    api: Url = "https://slack.com/api"

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        by_webhook = self.webhook_url is not None
        of_a_bot = [each is not None for each in (self.token, self.channel)]
        if any(of_a_bot) if by_webhook else not all(of_a_bot):
            msg = "give either webhook_url, or token and channel"
            raise ValueError(msg)
        return self


class SlackChannel:
    """Posts to one channel of Slack.

    A bot changes its first message about an incident to what is the case now, and tells what
    happened in that message's thread. An incoming webhook can do neither: it posts every message
    by itself.
    """

    Config: ClassVar[type[BaseModel]] = SlackConfig
    # Messages are for the channel; recipients are mentioned.
    reaches: ClassVar[str | None] = None

    def __init__(self, config: SlackConfig, surroundings: Surroundings) -> None:
        # Late: it takes a tenth of a second, and checking a configuration needs none of it.
        from infrastructure.channels import slack_blocks  # noqa: PLC0415

        self._config = config
        self._surroundings = surroundings
        self._writing = slack_blocks

    def send(self, message: Message) -> Answer:
        """Post a message, or tell its thread."""
        if self._config.webhook_url:
            return self._by_webhook(self._config.webhook_url, message)
        call = _Calls(self._config, self._surroundings, message.seconds)
        first = message.receipt
        if message.is_first or not message.content.alert or not {"channel", "ts"} <= set(first):
            return call("chat.postMessage", self._posted(message)).answer
        return self._in_thread(call, message)

    def _by_webhook(self, address: str, message: Message) -> Answer:
        request = HttpRequest(
            "POST",
            self._surroundings.secrets.resolve(address),
            {"content-type": "application/json"},
            json_bytes(self._writing.own_message(message) | _QUIET),
            timeout=message.seconds,
        )
        answer = ask(self._surroundings.outgoing, request)
        return of_a_webhook(answer) if isinstance(answer, HttpAnswer) else answer

    def _in_thread(self, call: "_Calls", message: Message) -> Answer:
        # The change first: to repeat it does no harm, so a try that fails there is repeated whole.
        first = message.receipt
        changed = self._writing.own_message(message) | {"channel": first["channel"]}
        said = call("chat.update", changed | {"ts": first["ts"], "parse": "none"})
        if said.code in _GONE:
            return call("chat.postMessage", self._posted(message)).answer
        if not isinstance(said.answer, Delivered) and said.code not in _FIXED:
            return said.answer
        told = self._writing.reply(message) | _QUIET | {"channel": first["channel"]}
        to_all = message.content.occasion in _FOR_ALL_TO_SEE
        told |= {"thread_ts": first["ts"], "reply_broadcast": to_all}
        return call("chat.postMessage", told).answer

    def _posted(self, message: Message) -> dict[str, Any]:
        return self._writing.own_message(message) | _QUIET | {"channel": self._config.channel}


class _Calls:
    """Calls methods of the Web API, all of them within the time that a message has."""

    def __init__(self, config: SlackConfig, surroundings: Surroundings, seconds: float) -> None:
        secrets = surroundings.secrets
        self._outgoing = surroundings.outgoing
        self._api = secrets.resolve(config.api).rstrip("/")
        self._headers = {
            "content-type": "application/json; charset=utf-8",
            "authorization": f"Bearer {secrets.resolve(config.token or '')}",
        }
        self._deadline = Deadline(seconds)

    def __call__(self, method: str, arguments: dict[str, Any]) -> Said:
        request = HttpRequest(
            "POST",
            f"{self._api}/{method}",
            self._headers,
            json_bytes(arguments),
            timeout=self._deadline.left(),
        )
        answer = ask(self._outgoing, request)
        return of_a_method(answer) if isinstance(answer, HttpAnswer) else Said(answer)
