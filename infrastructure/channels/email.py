"""The channel `email`: a mail to each recipient, by SMTP."""

from typing import ClassVar

from pydantic import BaseModel

from application.actions import Surroundings
from application.channels import Answer, Delivered, Message, Never, Recipient
from application.projections.texts import shown
from infrastructure.channels.mail.addresses import mail_address
from infrastructure.channels.mail.message import mail_source, message_id
from infrastructure.channels.mail.server import Mail, MailServer
from infrastructure.channels.mail.settings import EmailConfig
from infrastructure.channels.several import Several
from infrastructure.clock import SystemClock

# Of the process, and not of a channel, which may be made anew for every message.
_RECIPIENTS = Several("recipients")


class EmailChannel:
    """Sends mail to one recipient each, all in one conversation with the server.

    So nobody sees the others, and one who is refused keeps it from nobody else. All copies have
    one Message-ID, by which whoever gets two of them, or one again, sees one.
    """

    Config: ClassVar[type[BaseModel]] = EmailConfig
    reaches: ClassVar[str | None] = "email"

    def __init__(self, config: EmailConfig, surroundings: Surroundings) -> None:
        self._config = config
        self._server = MailServer(config, surroundings.secrets)
        self._clock = SystemClock()

    def send(self, message: Message) -> Answer:
        """Send a message to all its recipients who have not got it already."""
        recipients, unusable = _addressed(message.recipients)
        if not recipients:
            return Never(_why_nobody(unusable))
        had = _RECIPIENTS.told(message.id)
        mails = [
            self._mail(message, recipient, address)
            for address, recipient in recipients.items()
            if address not in had
        ]
        answers: dict[str, Answer] = dict.fromkeys(unusable, Never("no address for mail"))
        answers |= dict.fromkeys(had & set(recipients), Delivered())
        answers |= self._server.take(mails, message.seconds) if mails else {}
        receipt = {"message_id": message_id(message.id, self._config.id_domain)}
        return _RECIPIENTS.answer(message.id, answers, receipt)

    def _mail(self, message: Message, recipient: Recipient, address: str) -> Mail:
        now = self._clock.now()
        return Mail(address, mail_source(message, recipient, address, self._config, now))


def _addressed(recipients: tuple[Recipient, ...]) -> tuple[dict[str, Recipient], list[str]]:
    """Give the recipients by address, each address once, and what is no address."""
    found: dict[str, Recipient] = {}
    unusable = []
    for recipient in recipients:
        written = recipient.email or recipient.address
        try:
            found.setdefault(mail_address(written), recipient)
        except ValueError:
            unusable.append(shown(written or recipient.name))
    return found, unusable


def _why_nobody(unusable: list[str]) -> str:
    if unusable:
        return f"none of its recipients has an address for mail: {', '.join(unusable)}"
    return "it has no recipient: name people of the directory or addresses in the channel's `to`"
