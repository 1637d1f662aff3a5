"""A mail server: what is handed to it, and what becomes of that."""

import smtplib
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from application.actions import ActionFailedError, Secrets
from application.channels import Answer, Delivered, TryLater
from infrastructure.channels.mail.connection import SmtpConnection, connect
from infrastructure.channels.mail.reasons import why_not_entered
from infrastructure.channels.mail.replies import judged, told
from infrastructure.channels.mail.settings import EmailConfig
from infrastructure.outgoing.deadline import Cutoff, Deadline


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail ready to be sent to one address."""

    address: str
    source: bytes


class MailServer:
    """A mail server as it is configured."""

    def __init__(self, config: EmailConfig, secrets: Secrets) -> None:
        self._config = config
        self._secrets = secrets
        self._sender = config.name_and_address[1]
        self._name = "{}:{}".format(*config.connects_to)

    def take(self, mails: Sequence[Mail], seconds: float) -> dict[str, Answer]:
        """Hand over mails in one conversation, and say for each address what became of its mail.

        Raises ActionFailedError if it did not get so far that a mail could be handed over.
        """
        deadline = Deadline(seconds)
        if not deadline.left():
            raise ActionFailedError(f"there was no time left to ask {self._name}", passing=True)
        with Cutoff(deadline.left()) as cutoff:

            def why_broken() -> str:
                if cutoff.fired or not deadline.left():
                    return f"{self._name} did not finish within {seconds:g} s"
                return f"{self._name} closed the connection before it took the mail"

            try:
                connection = self._entered(cutoff, deadline)
            except OSError as error:
                if cutoff.fired or not deadline.left():
                    raise ActionFailedError(why_broken(), passing=True) from None
                raise why_not_entered(self._name, error, self._secrets) from None
            try:
                return {mail.address: self._taken(connection, mail, why_broken) for mail in mails}
            finally:
                connection.leave()

    def _entered(self, cutoff: Cutoff, deadline: Deadline) -> SmtpConnection:
        config, context = self._config, self._context
        connection = connect(config.connects_to, config.tls, context, cutoff, deadline)
        try:
            if config.username is not None and config.password is not None:
                resolve = self._secrets.resolve
                connection.log_in(resolve(config.username), resolve(config.password))
        except BaseException:
            connection.close()
            raise
        return connection

    def _taken(
        self, connection: SmtpConnection, mail: Mail, why_broken: Callable[[], str]
    ) -> Answer:
        try:
            connection.sendmail(self._sender, [mail.address], mail.source)
        except smtplib.SMTPRecipientsRefused as error:
            code, text = error.recipients[mail.address]
            return self._refused("the recipient", code, text)
        except smtplib.SMTPSenderRefused as error:
            return self._refused("the sender", error.smtp_code, error.smtp_error)
        except smtplib.SMTPDataError as error:
            return self._refused("the mail", error.smtp_code, error.smtp_error)
        except OSError:
            return TryLater(why_broken())
        return Delivered()

    def _refused(self, what: str, code: int, text: bytes | str) -> Answer:
        return judged(code, f"{self._name} refused {what}: {told(code, text, self._secrets)}")

    @cached_property
    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if self._config.authorities:
            try:
                context.load_verify_locations(self._config.authorities)
            except OSError as error:
                msg = f"the certificates in {self._config.authorities} cannot be read"
                raise ActionFailedError(f"{msg}: {error.strerror or 'they are none'}") from None
        return context
