"""The channel `sms`: text messages to phones, by Twilio."""

import base64
import re
from collections.abc import Sequence
from typing import Annotated, ClassVar, Self
from urllib.parse import quote, urlencode

from pydantic import BaseModel, Field, StrictInt, StrictStr, model_validator

from application.actions import HttpAnswer, HttpRequest, Surroundings
from application.channels import Answer, Delivered, Message, Never, Recipient, TryLater
from infrastructure.channels.answers import ask
from infrastructure.channels.config import ChannelConfig, SecretText, Url
from infrastructure.channels.memory import ReachedMemory
from infrastructure.channels.sms_text import text_message
from infrastructure.channels.twilio_answers import of_twilio
from infrastructure.outgoing.deadline import Deadline

_PHONE = re.compile(r"\+[0-9]{5,20}")
_BLANKS = str.maketrans("", "", " -")

Text = Annotated[StrictStr, Field(min_length=1, max_length=200)]


class SmsConfig(ChannelConfig):
    """A Twilio account, and who sends: a number (`from`) or a messaging service.

    `answer` tells who reads a message how to answer: `{incident}` stands for the incident's id
    and `{short}` for its last part.
    """

    account_sid: Text
    auth_token: SecretText | None = None
    api_key: Text | None = None
    api_secret: SecretText | None = None
    sender: Annotated[Text | None, Field(alias="from")] = None
    messaging_service_sid: Text | None = None
    answer: Annotated[StrictStr, Field(max_length=150)] = "tocsin ack {short}"
    segments: Annotated[StrictInt, Field(ge=1, le=10)] = 1
    api: Url = "https://api.twilio.com"

    @model_validator(mode="after")
    def _complete(self) -> Self:
        by_key = [each is not None for each in (self.api_key, self.api_secret)]
        if any(by_key) if self.auth_token is not None else not all(by_key):
            msg = "give either auth_token, or api_key and api_secret"
            raise ValueError(msg)
        if (self.sender is None) == (self.messaging_service_sid is None):
            msg = "give either from or messaging_service_sid"
            raise ValueError(msg)
        return self


class SmsChannel:
    """Sends one text message to each recipient's phone.

    Twilio knows no idempotency key. Whom a message has reached is therefore remembered as long as
    the process runs: they get it no second time when it is tried again for the others.
    """

    Config: ClassVar[type[BaseModel]] = SmsConfig
    reaches: ClassVar[str | None] = "phone"

    def __init__(self, config: SmsConfig, surroundings: Surroundings) -> None:
        self._config = config
        self._surroundings = surroundings
        self._reached = ReachedMemory()

    def send(self, message: Message) -> Answer:
        """Send a message to all its recipients who have a phone."""
        numbers = _numbers(message.recipients)
        if not numbers:
            return Never(_nobody(message.recipients))
        text = text_message(message.content, self._config.answer, self._config.segments)
        deadline = Deadline(message.seconds)
        outcomes = []
        for position, (number, who) in enumerate(numbers.items()):
            share = deadline.left() / (len(numbers) - position)
            reached = self._reached.recall(message.id, number)
            answer = reached or self._sent(number, text, share)
            if isinstance(answer, Delivered):
                self._reached.remember(message.id, number, answer)
            outcomes.append((who, answer))
        return _together(outcomes)

    def _sent(self, number: str, text: str, seconds: float) -> Answer:
        config, secrets = self._config, self._surroundings.secrets
        account = secrets.resolve(config.account_sid)
        user = secrets.resolve(config.api_key) if config.api_key else account
        password = secrets.resolve(config.api_secret or config.auth_token or "")
        credentials = base64.b64encode(f"{user}:{password}".encode()).decode()
        path = f"/2010-04-01/Accounts/{quote(account, safe='')}/Messages.json"
        request = HttpRequest(
            "POST",
            secrets.resolve(config.api).rstrip("/") + path,
            {
                "authorization": f"Basic {credentials}",
                "content-type": "application/x-www-form-urlencoded",
            },
            urlencode({"To": number, "Body": text, **self._sender()}).encode(),
            timeout=seconds,
        )
        answer = ask(self._surroundings.outgoing, request)
        return of_twilio(answer) if isinstance(answer, HttpAnswer) else answer

    def _sender(self) -> dict[str, str]:
        secrets = self._surroundings.secrets
        if self._config.sender:
            return {"From": secrets.resolve(self._config.sender)}
        return {"MessagingServiceSid": secrets.resolve(self._config.messaging_service_sid or "")}


def _numbers(recipients: Sequence[Recipient]) -> dict[str, str]:
    """Give each number once, with how to call whose it is where numbers should not be told."""
    found: dict[str, str] = {}
    for each in recipients:
        number = (each.phone or each.address).translate(_BLANKS)
        if _PHONE.fullmatch(number):
            found.setdefault(number, each.name or f"the number that ends in {number[-4:]}")
    return found


def _nobody(recipients: Sequence[Recipient]) -> str:
    if not recipients:
        return "the message is for nobody, and a text message needs somebody with a phone"
    names = ", ".join(each.name or each.address for each in recipients[:10])
    return f"none of its recipients has a phone number: {names}"


def _together(outcomes: Sequence[tuple[str, Answer]]) -> Answer:
    """Make one answer of those for each recipient: who was not reached is never passed over."""
    later = [(who, answer) for who, answer in outcomes if isinstance(answer, TryLater)]
    never = [(who, answer) for who, answer in outcomes if isinstance(answer, Never)]
    if later:
        waits = [answer.seconds for _, answer in later if answer.seconds is not None]
        return TryLater(_worded([*later, *never], len(outcomes)), max(waits, default=None))
    if never:
        return Never(_worded(never, len(outcomes)))
    return Delivered(
        {
            who: answer.receipt.get("sid", "")
            for who, answer in outcomes
            if isinstance(answer, Delivered)
        }
    )


def _worded(missed: Sequence[tuple[str, TryLater | Never]], of: int) -> str:
    reasons = "; ".join(f"{who}: {answer.why}" for who, answer in missed)
    return f"{len(missed)} of {of} not reached: {reasons}"
