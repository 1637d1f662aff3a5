"""A message as mail (RFC 5322): its headers, and its text as plain text and as HTML."""

import re
from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256

from application.alerting.wording import title
from application.channels import Message, Recipient
from application.projections.texts import shown
from domain.alerting.content import Alert, Content
from domain.incident.severity import Severity
from infrastructure.channels.mail.headers import WrittenPolicy, encoded, encoded_address
from infrastructure.channels.mail.html import as_html
from infrastructure.channels.mail.letter import letter, worst
from infrastructure.channels.mail.settings import EmailConfig
from infrastructure.channels.mail.text import as_text

_POLICY = WrittenPolicy()
_URGENT = frozenset({Severity.P0, Severity.P1})
_CALM = frozenset({"acknowledged", "resolved", "closed", "digest"})
_ATOM = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9._-]+@[A-Za-z0-9.-]+>")
_LONGEST_ID = 200


def mail_source(
    message: Message, recipient: Recipient, to: str, config: EmailConfig, now: datetime
) -> bytes:
    """Write the mail of a message to one recipient, as it is handed to a server."""
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = encoded_address("From", *config.name_and_address)
    mail["To"] = encoded_address("To", shown(recipient.full_name), to)
    for field, value in _fields(message, config):
        mail[field] = encoded(field, value)
    mail["Date"] = format_datetime(now)
    written = letter(message, recipient, config.link)
    mail.set_content(as_text(written), cte="quoted-printable")
    mail.add_alternative(as_html(written), subtype="html", cte="quoted-printable")
    return mail.as_bytes()


def message_id(delivery_id: str, domain: str) -> str:
    """Give the Message-ID of a delivery: the same for every try and for every recipient."""
    if not _ATOM.fullmatch(delivery_id) or len(delivery_id) > _LONGEST_ID:
        delivery_id = sha256(delivery_id.encode(errors="surrogatepass")).hexdigest()
    return f"<{delivery_id}@{domain}>"


def subject(content: Content) -> str:
    """Give the subject, such as `[P1: Resolved] Secret in output (INC-20260301-7KQ2ZD)`.

    All that changes in the course of an incident stands in brackets, which Gmail and others
    leave out when they ask whether two mails belong to one conversation.
    """
    alert = content.alert
    if alert is None:
        return title(content)
    before = title(content).removesuffix(shown(alert.rule_name))
    mark = before.removeprefix(f"[{alert.severity}]").strip(" :")
    return f"[{alert.severity}{f': {mark}' if mark else ''}] {_topic(alert)}"


def _fields(message: Message, config: EmailConfig) -> Iterator[tuple[str, str]]:
    content = message.content
    yield "Subject", subject(content)
    yield "Message-ID", message_id(message.id, config.id_domain)
    if not message.is_first:
        first = _first(message, config)
        yield "In-Reply-To", first
        yield "References", first
    if config.reply_to:
        yield "Reply-To", config.reply_to
    # RFC 3834: nobody's vacation is to answer this; the second is what Exchange goes by.
    yield "Auto-Submitted", "auto-generated"
    yield "X-Auto-Response-Suppress", "All"
    yield "X-Tocsin-Delivery", shown(message.id)
    if content.alert is not None:
        yield "X-Tocsin-Incident", shown(content.alert.incident_id)
        yield "Thread-Topic", _topic(content.alert)
    if worst(content) in _URGENT and content.occasion not in _CALM:
        yield "Importance", "high"
        yield "X-Priority", "1"


def _first(message: Message, config: EmailConfig) -> str:
    # What it was given then: the domain may have been another one.
    given = message.receipt.get("message_id", "")
    if _MESSAGE_ID.fullmatch(given):
        return given
    return message_id(message.begins, config.id_domain)


def _topic(alert: Alert) -> str:
    return f"{shown(alert.rule_name)} ({shown(alert.incident_id)})"
