"""What a channel is: a message in, and one of three answers out.

A channel is a class. Tocsin finds its own in `infrastructure/channels`, and those of third
parties by the entry point group `tocsin.channels`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from pydantic import BaseModel

from application.actions import Surroundings
from domain.alerting.content import Content


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody a message is for, as it was found out at the moment of sending.

    `name` is that of the directory, empty for a bare `address`. `why` says how the message got
    to them, such as `on call for payments until 2026-11-25 09:00 CET`.
    """

    name: str = ""
    full_name: str = ""
    email: str | None = None
    phone: str | None = None
    slack: str | None = None
    timezone: str = "UTC"
    address: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one channel.

    `id` is the delivery's, the same for every try: the idempotency key. `begins` is the id of the
    first message that this channel got about the incident, and `receipt` what the channel said of
    that one when it was delivered: by both a channel knows what belongs together. `seconds` is how
    long sending may take.
    """

    id: str
    content: Content
    recipients: tuple[Recipient, ...] = ()
    begins: str = ""
    receipt: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 30.0

    @property
    def is_first(self) -> bool:
        """Whether the channel got no message about this incident before."""
        return self.begins in {"", self.id}


@dataclass(frozen=True, slots=True)
class Delivered:
    """The other side has the message. `receipt` is what later messages refer to it by."""

    receipt: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TryLater:
    """The message did not get through, and may do so later: after `seconds`, if that was said.

    It may also have got through without Tocsin learning of it; then it comes twice rather than
    not at all, under one id.
    """

    why: str
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Never:
    """The message will not get through, however often it is tried."""

    why: str


Answer = Delivered | TryLater | Never


class Channel(Protocol):
    """Sends messages by one kind of service.

    `Config` says what the channel's `config` may hold; secrets in it are `${NAME}` still, to be
    looked up with `surroundings.secrets` when a message is sent. `reaches` says, of `Recipient`,
    by which of their addresses messages are sent (`email`, `phone` or `slack`), None if messages
    are not for anybody in particular.
    """

    Config: ClassVar[type[BaseModel]]
    reaches: ClassVar[str | None]

    def __init__(self, config: Any, surroundings: Surroundings) -> None: ...

    def send(self, message: Message) -> Answer:
        """Send a message.

        May raise `ActionFailedError` of `application.actions`, which means the same as TryLater
        if it is passing and as Never if not.
        """
        ...


class Sender(Protocol):
    """Sends messages by the channels that are configured."""

    def send(self, channel_id: str, message: Message) -> Answer:
        """Send a message; whatever goes wrong becomes an answer without secrets in it."""
        ...
