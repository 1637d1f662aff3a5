"""Sends messages by the configured channels: whatever goes wrong becomes an answer."""

import math
import threading
from collections.abc import Mapping
from itertools import islice
from typing import Any

from pydantic import ValidationError

from application.actions import (
    ActionFailedError,
    NoAnswerError,
    Surroundings,
    UnreachableError,
)
from application.channels import Answer, Channel, Delivered, Message, Never, TryLater
from domain.alerting.channel import ChannelDefinition
from infrastructure.channels.answers import without_answer
from infrastructure.channels.catalogue import (
    BrokenChannelError,
    UnknownChannelTypeError,
    channel_class,
)

LONGEST = 500
_MOST_OF_A_RECEIPT = 50


class ChannelSender:
    """Sends by channels of which each is made once, when it is first needed.

    `definitions` are the channels of `channels.yaml` by id. Several threads may send at once.
    """

    def __init__(
        self, definitions: Mapping[str, ChannelDefinition], surroundings: Surroundings
    ) -> None:
        self._definitions = definitions
        self._surroundings = surroundings
        self._made: dict[str, Channel] = {}
        self._making = {channel_id: threading.Lock() for channel_id in definitions}

    def send(self, channel_id: str, message: Message) -> Answer:
        """Send a message; whatever goes wrong becomes an answer without secrets in it."""
        try:
            return self._fit_to_tell(self._sent(channel_id, message))
        except Exception as error:
            # A fault of the channel's own: whether the message got through, nobody knows.
            return TryLater(self._told(f"the channel {channel_id} broke: {_said(error)}"))

    def _sent(self, channel_id: str, message: Message) -> Answer:
        try:
            return self._channel(channel_id).send(message)
        except UnknownChannelTypeError as error:
            return Never(f"there is no type of channel {error}")
        except (BrokenChannelError, _NoSuchChannelError, _WrongConfigError) as error:
            return Never(str(error))
        except ActionFailedError as error:
            return TryLater(str(error)) if error.passing else Never(str(error))
        except (UnreachableError, NoAnswerError) as error:
            return without_answer(error)

    def _channel(self, channel_id: str) -> Channel:
        definition = self._definitions.get(channel_id)
        if definition is None:
            raise _NoSuchChannelError(f"there is no channel {channel_id}")
        # A lock each: one that takes long to make, or never is, holds up no other.
        with self._making[channel_id]:
            if channel_id not in self._made:
                self._made[channel_id] = self._make(definition)
            return self._made[channel_id]

    def _make(self, definition: ChannelDefinition) -> Channel:
        kind = channel_class(definition.type)
        try:
            config = kind.Config.model_validate(definition.config)
        except ValidationError as error:
            msg = f"the config of the channel {definition.id} is wrong: {_problems(error)}"
            raise _WrongConfigError(msg) from None
        return kind(config, self._surroundings)

    def _fit_to_tell(self, answer: Any) -> Answer:
        if isinstance(answer, Delivered):
            # Delivered it is, whatever is wrong with the receipt.
            given: Any = answer.receipt
            pairs = islice(given.items(), _MOST_OF_A_RECEIPT) if isinstance(given, Mapping) else ()
            return Delivered({self._told(name): self._told(value) for name, value in pairs})
        if isinstance(answer, TryLater):
            return TryLater(self._told(answer.why), _wait(answer.seconds))
        if isinstance(answer, Never):
            return Never(self._told(answer.why))
        msg = f"it gave no answer, but {type(answer).__name__}"
        raise TypeError(msg)

    def _told(self, text: Any) -> str:
        # Secrets first: in one line, or cut short, they could not be recognized.
        redacted = self._surroundings.secrets.redacted(str(text))
        line = " ".join("".join(c if c.isprintable() else " " for c in redacted).split())
        return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


class _NoSuchChannelError(LookupError):
    """No channel is configured under that id."""


class _WrongConfigError(ValueError):
    """The config is not one of the channel's type."""


def _wait(seconds: Any) -> float | None:
    if seconds is None or not math.isfinite(seconds):
        return None
    return max(0.0, float(seconds))


def _problems(error: ValidationError) -> str:
    # Not the values: one of them may be a secret.
    return "; ".join(
        f"{'.'.join(map(str, each['loc'])) or 'config'}: {each['msg']}"
        for each in error.errors(include_input=False, include_url=False, include_context=False)
    )


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
