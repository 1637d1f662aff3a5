"""Real servers on loopback: one that answers HTTP as it is told, and one that does anything."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from typing import Any

import trustme

from application.actions import Surroundings
from infrastructure.outgoing.client import GuardedHttp
from infrastructure.secrets import EnvironmentSecrets

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


def surroundings(**secrets: str) -> Surroundings:
    """Make surroundings with real HTTP that may reach loopback, and secrets by name."""
    return Surroundings(EnvironmentSecrets(secrets), GuardedHttp(LOOPBACK))


@dataclass(frozen=True)
class Heard:
    """A request as it arrived; header names are lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """What is answered."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


Answering = Callable[[Heard], Reply]


def repeating(status: int, headers: Mapping[str, str] | None = None) -> Answering:
    """Answer with a status, and with all that was asked in the body, whatever is secret in it."""

    def answer(heard: Heard) -> Reply:
        fields = "\n".join(f"{name}: {value}" for name, value in heard.headers.items())
        told = f"{heard.method} {heard.path}\n{fields}\n\n".encode() + heard.body
        return Reply(status, told, headers or {})

    return answer


@dataclass
class LoopbackServer:
    """An HTTP server; `heard` is what it was asked, in order."""

    port: int
    scheme: str
    host: str
    heard: list[Heard]

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


class _V6Server(ThreadingHTTPServer):
    address_family = socket.AF_INET6


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    answer: Callable[[Heard], Reply]
    heard: list[Heard]

    def handle_one_request(self) -> None:
        with contextlib.suppress(OSError):
            super().handle_one_request()

    def _answer(self) -> None:
        length = int(self.headers.get("content-length", 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(length)
        if len(body) < length:
            # Whoever asked has died in the middle of a word.
            self.close_connection = True
            return
        request = Heard(self.command, self.path, headers, body)
        self.heard.append(request)
        reply = self.answer(request)
        self.send_response(reply.status)
        for name, value in {"content-length": str(len(reply.body)), **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _answer  # noqa: N815 - http.server's names

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


@contextlib.contextmanager
def answering(
    answer: Answering,
    *,
    tls: ssl.SSLContext | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
) -> Iterator[LoopbackServer]:
    """Run an HTTP server until left."""
    heard: list[Heard] = []
    handler = type("Handler", (_Handler,), {"answer": staticmethod(answer), "heard": heard})
    server = (_V6Server if ":" in host else ThreadingHTTPServer)((host, port), handler)
    server.daemon_threads = True
    if tls:
        server.socket = tls.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield LoopbackServer(server.server_address[1], "https" if tls else "http", host, heard)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class RawServer:
    """A server that does not speak HTTP unless told to; `connections` counts who came."""

    port: int
    connections: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextlib.contextmanager
def behaving(
    behave: Callable[[socket.socket], None], *, hosts: Sequence[str] = ("127.0.0.1",)
) -> Iterator[RawServer]:
    """Run a server that does something with each connection, and then closes it."""
    listeners = _listening(hosts)
    server = RawServer(listeners[0].getsockname()[1])
    threads = [
        threading.Thread(target=_serve, args=(listener, behave, server)) for listener in listeners
    ]
    for thread in threads:
        thread.start()
    try:
        yield server
    finally:
        for listener in listeners:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        for thread in threads:
            thread.join()


def _listening(hosts: Sequence[str]) -> list[socket.socket]:
    first = socket.create_server((hosts[0], 0))
    port = first.getsockname()[1]
    families = [socket.AF_INET6 if ":" in host else socket.AF_INET for host in hosts]
    others = [
        socket.create_server((host, port), family=family)
        for host, family in zip(hosts[1:], families[1:], strict=True)
    ]
    return [first, *others]


def _serve(
    listener: socket.socket, behave: Callable[[socket.socket], None], server: RawServer
) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        server.connections += 1
        threading.Thread(target=_behave, args=(behave, connection), daemon=True).start()


def _behave(behave: Callable[[socket.socket], None], connection: socket.socket) -> None:
    with connection, contextlib.suppress(OSError):
        behave(connection)


def after_the_request(say: Callable[[socket.socket], None]) -> Callable[[socket.socket], None]:
    """Hear a request's head to its end before doing something."""

    def behave(connection: socket.socket) -> None:
        heard = b""
        while b"\r\n\r\n" not in heard:
            piece = connection.recv(65536)
            if not piece:
                return
            heard += piece
        say(connection)

    return behave


@dataclass(frozen=True)
class Certified:
    """A certificate for some names, and the file with the authority that signed it."""

    context: ssl.SSLContext
    authority: Any


def certified(folder: Any, *names: str) -> Certified:
    """Make a throw-away authority and a server's certificate."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    file = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    return Certified(context, file)


def half_an_answer(connection: socket.socket) -> None:
    """Begin an answer, and hang up in the middle of it."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{")


def junk(connection: socket.socket) -> None:
    """Say what is not HTTP."""
    connection.sendall(b"\x00\xff+OK ready\n" * 9)


def hanging(connection: socket.socket) -> None:
    """Say nothing until the other side gives up."""
    with contextlib.suppress(OSError):
        while connection.recv(65536):
            pass
