"""A connection to a mail server: made within its time, made private, and logged in."""

import errno
import smtplib
import socket
import ssl
from base64 import b64encode
from contextlib import suppress
from io import BufferedReader
from typing import Any

from infrastructure.channels.mail.settings import Tls
from infrastructure.outgoing.deadline import Cutoff, Deadline, within
from infrastructure.outgoing.names import resolve

# What a server may say in all; nobody has that much to say about a few mails.
_MOST_HEARD = 1024 * 1024
_LONGEST_LINE = 8192
# A socket takes 0 for never waiting at all.
_INSTANT = 0.001
_GO_ON = 334
_LOGGED_IN = frozenset({235, 503})
_TO_SAY_GOODBYE = 1.0


class SmtpConnection(smtplib.SMTP):
    """A connection that a server cannot keep busy by talking without end."""

    def __init__(self, connected: socket.socket, host: str, port: int, seconds: float) -> None:
        self._connected = connected
        # An address, because looking up the own name could take longer than there is time.
        own = connected.getsockname()[0]
        name = f"[IPv6:{own}]" if ":" in own else f"[{own}]"
        super().__init__(host, port, local_hostname=name, timeout=seconds)

    def _get_socket(self, *_: Any) -> socket.socket:
        return self._connected

    def getreply(self) -> tuple[int, bytes]:
        """Read a reply; raises SMTPServerDisconnected."""
        if self.file is None and self.sock is not None:
            self.file = _BoundedReader(self.sock.makefile("rb"))
        return super().getreply()

    def log_in(self, username: str, password: str) -> None:
        """Log in; raises SMTPNotSupportedError or SMTPAuthenticationError."""
        # Not by smtplib's way, which takes no password that is not ASCII.
        offered = self.esmtp_features.get("auth", "").upper().split()
        if "PLAIN" in offered:
            lines = [f"AUTH PLAIN {_base64(f'{chr(0)}{username}{chr(0)}{password}')}"]
        elif "LOGIN" in offered:
            lines = ["AUTH LOGIN", _base64(username), _base64(password)]
        else:
            raise smtplib.SMTPNotSupportedError("offers neither AUTH PLAIN nor LOGIN")
        code, text = _GO_ON, b""
        for line in lines:
            if code == _GO_ON:
                code, text = self.docmd(line)
        if code not in _LOGGED_IN:
            raise smtplib.SMTPAuthenticationError(code, text)

    def leave(self) -> None:
        """Say goodbye without waiting long for an answer, and close."""
        with suppress(smtplib.SMTPException, OSError):
            if self.sock is not None:
                self.sock.settimeout(min(_TO_SAY_GOODBYE, self.sock.gettimeout() or _INSTANT))
                self.quit()
        self.close()


class _BoundedReader:
    def __init__(self, stream: BufferedReader) -> None:
        self._stream = stream
        self._left = _MOST_HEARD

    def readline(self, limit: int) -> bytes:
        line = self._stream.readline(limit)
        self._left -= len(line)
        if len(line) > _LONGEST_LINE or self._left < 0:
            raise OSError("it does not stop talking")
        return line

    def close(self) -> None:
        self._stream.close()


def connect(
    place: tuple[str, int], tls: Tls, context: ssl.SSLContext, cutoff: Cutoff, deadline: Deadline
) -> SmtpConnection:
    """Connect, hear the greeting, and make the connection private; raises OSError.

    That includes every SMTPException, and ssl.SSLError.
    """
    host, port = place
    connected = cutoff.watch(_reached(host, port, deadline))
    try:
        if tls == "tls":
            connected = context.wrap_socket(connected, server_hostname=host)
        connection = SmtpConnection(connected, host, port, deadline.left())
    except BaseException:
        connected.close()
        raise
    try:
        connection.ehlo_or_helo_if_needed()
        if tls == "starttls":
            _start_tls(connection, context)
    except BaseException:
        connection.close()
        raise
    return connection


def _start_tls(connection: SmtpConnection, context: ssl.SSLContext) -> None:
    if not connection.has_extn("starttls"):
        raise smtplib.SMTPNotSupportedError("offers no STARTTLS; see `tls`")
    connection.starttls(context=context)
    connection.ehlo_or_helo_if_needed()


def _reached(host: str, port: int, deadline: Deadline) -> socket.socket:
    addresses = list(within(deadline.left(), lambda: resolve(host)))
    if not addresses:
        raise OSError(errno.EADDRNOTAVAIL, "the host has no address")
    while True:
        address, *addresses = addresses
        timeout = max(_INSTANT, deadline.left() / (len(addresses) + 1))
        try:
            connected = socket.create_connection((str(address), port), timeout)
        except OSError:
            if not addresses:
                raise
        else:
            connected.settimeout(max(_INSTANT, deadline.left()))
            return connected


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode()
