"""Mail servers on loopback: one that takes mail (aiosmtpd), and one that says what it is told."""

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.support.loopback_server import RawServer, behaving


@dataclass(frozen=True)
class Received:
    """A mail as it arrived."""

    sender: str
    recipients: tuple[str, ...]
    source: bytes
    login: str | None
    private: bool

    @property
    def mail(self) -> EmailMessage:
        """The mail as the standard library reads it."""
        parsed = message_from_bytes(self.source, policy=default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    def part(self, kind: str) -> str:
        """The text of its part of a kind: `plain` or `html`."""
        part = self.mail.get_body((kind,))
        assert part is not None
        text: str = part.get_content()
        return text


@dataclass
class MailBox:
    """A server that takes mail; `refusing` gives a reply for an address that it refuses."""

    refusing: Mapping[str, str] = field(default_factory=dict)
    port: int = 0
    received: list[Received] = field(default_factory=list)
    sessions: set[int] = field(default_factory=set)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _: SMTP, session: Session, envelope: Envelope, address: str, __: list[str]
    ) -> str:
        """Take an address, or refuse it."""
        self.sessions.add(id(session))
        if address in self.refusing:
            return self.refusing[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Take a mail."""
        assert isinstance(envelope.content, bytes)
        given: Any = session.auth_data
        login = given.login.decode() if given else None
        assert server.transport is not None
        private = server.transport.get_extra_info("sslcontext") is not None
        self.received.append(
            Received(
                envelope.mail_from or "",
                tuple(envelope.rcpt_tos),
                envelope.content,
                login,
                private,
            )
        )
        return "250 OK"


@dataclass(frozen=True)
class Door:
    """How one gets in: by STARTTLS or, if `implicit`, by TLS at once; `users` have to log in."""

    tls: ssl.SSLContext | None = None
    implicit: bool = False
    users: Mapping[str, str] = field(default_factory=dict)


class _Receiver(SMTP):
    """Remembers its connections, so that all are closed before the loop ends."""

    connections: list[tuple[asyncio.BaseTransport, Any]]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.connections.append((transport, transport.get_extra_info("socket")))
        super().connection_made(transport)


@contextlib.contextmanager
def taking_mail(
    door: Door = Door(),
    refusing: Mapping[str, str] | None = None,
) -> Iterator[MailBox]:
    """Run a real SMTP server until left."""
    box = MailBox(refusing or {})
    started = threading.Event()
    ended: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def serve() -> None:
        loop, stop = asyncio.get_running_loop(), asyncio.Event()
        connections: list[tuple[asyncio.BaseTransport, Any]] = []
        server = await loop.create_server(
            _factory(box, door, connections),
            "127.0.0.1",
            0,
            ssl=door.tls if door.implicit else None,
        )
        box.port = server.sockets[0].getsockname()[1]
        ended.append((loop, stop))
        started.set()
        await stop.wait()
        server.close()
        await _closed(connections)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert started.wait(10)
    try:
        yield box
    finally:
        loop, stop = ended[0]
        loop.call_soon_threadsafe(stop.set)
        thread.join()


async def _closed(connections: list[tuple[asyncio.BaseTransport, Any]]) -> None:
    # Who came just now is let in first; transports close in the loop's own time.
    await asyncio.sleep(0.01)
    for transport, _ in connections:
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()
    async with asyncio.timeout(5):
        while any(connected.fileno() >= 0 for _, connected in connections):
            await asyncio.sleep(0.001)


def _factory(
    box: MailBox, door: Door, connections: list[tuple[asyncio.BaseTransport, Any]]
) -> Callable[[], SMTP]:
    def authenticate(*given: Any) -> AuthResult:
        login = given[-1]
        assert isinstance(login, LoginPassword)
        name, password = login.login.decode(), login.password.decode()
        return AuthResult(success=door.users.get(name) == password, handled=False, auth_data=login)

    def make() -> SMTP:
        server = _Receiver(
            box,
            hostname="mx.example.com",
            tls_context=None if door.implicit else door.tls,
            require_starttls=door.tls is not None and not door.implicit,
            # aiosmtpd does not know that all is private from the beginning, and would warn.
            auth_required=bool(door.users) and not door.implicit,
            auth_require_tls=not door.implicit,
            authenticator=authenticate if door.users else None,
            loop=asyncio.get_running_loop(),
        )
        server.connections = connections
        return server

    return make


# What a server says at each step; "." is the end of a mail. None: it closes the connection.
Script = Mapping[str, str | None]
USUAL: Script = {
    "": "220 mx.example.com ESMTP",
    "EHLO": "250 mx.example.com",
    "HELO": "250 mx.example.com",
    "MAIL": "250 OK",
    "RCPT": "250 OK",
    "DATA": "354 go on",
    ".": "250 OK",
    "RSET": "250 OK",
    "QUIT": "221 bye",
}


@dataclass
class Scripted:
    """A server that follows a script; `heard` is every line that it was told."""

    server: RawServer
    heard: list[str]

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.server.port


@contextlib.contextmanager
def saying(script: Script, *, tls: ssl.SSLContext | None = None) -> Iterator[Scripted]:
    """Run a server that says what a script says instead of the usual.

    With `tls` it offers STARTTLS and keeps that promise.
    """
    heard: list[str] = []
    offers = {"EHLO": "250-mx.example.com\r\n250 STARTTLS", "STARTTLS": "220 go on"} if tls else {}

    def behave(connection: socket.socket) -> None:
        _follow({**USUAL, **offers, **script}, connection, heard, tls)

    with behaving(behave) as server:
        yield Scripted(server, heard)


def _follow(
    script: Script, connection: socket.socket, heard: list[str], tls: ssl.SSLContext | None
) -> None:
    if not _say(connection, script[""]):
        return
    in_mail = False
    while line := _line(connection):
        heard.append(line)
        step = "." if in_mail else line.partition(" ")[0].upper()
        if in_mail and line != ".":
            continue
        reply = script.get(step, "500 what?")
        if not _say(connection, reply):
            return
        in_mail = step == "DATA" and (reply or "").startswith("354")
        if step == "STARTTLS" and tls and (reply or "").startswith("220"):
            with tls.wrap_socket(connection, server_side=True) as private:
                # What is offered next holds no STARTTLS any more.
                after = {**script, "": "", "EHLO": script.get("EHLO-TLS", "250 mx.example.com")}
                _follow(after, private, heard, None)
            return


def _say(connection: socket.socket, reply: str | None) -> bool:
    if reply is None:
        return False
    if reply:
        connection.sendall(f"{reply}\r\n".encode())
    return True


def _line(connection: socket.socket) -> str:
    line = b""
    while not line.endswith(b"\n"):
        piece = connection.recv(1)
        if not piece:
            return ""
        line += piece
    return line.decode("utf-8", errors="replace").rstrip("\r\n") or " "


def hanging(after: str = "") -> AbstractContextManager[RawServer]:
    """Run a server that says something, and then nothing for ever."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(after.encode())
        while connection.recv(65536):
            pass

    return behaving(behave)


def dripping(piece: bytes, pause: float) -> AbstractContextManager[RawServer]:
    """Run a server that says the same again and again, and never comes to an end."""

    def behave(connection: socket.socket) -> None:
        pausing = threading.Event()
        while True:
            connection.sendall(piece)
            pausing.wait(pause)

    return behaving(behave)
