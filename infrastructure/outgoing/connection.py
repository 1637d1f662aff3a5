"""One request and its answer on one connection to one address that was checked."""

import http.client
import logging
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.errors import MissingHeaderBodySeparatorDefect
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from application.actions import HttpAnswer, HttpRequest, NoAnswerError, UnreachableError
from infrastructure.outgoing.addresses import Address
from infrastructure.outgoing.deadline import Cutoff
from infrastructure.outgoing.headers import as_sent
from infrastructure.outgoing.target import Origin, Target

# It warns of odd answers with the whole URL, and a query may hold a secret.
logging.getLogger("urllib3.connection").setLevel(logging.ERROR)

_BROKEN = (OSError, HTTPError, http.client.HTTPException)
_FIRST_FINAL_STATUS = 200


class _Reader:
    """Reads what a server sends, and remembers whether it ended where a line should be."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.ended = False

    def readline(self, limit: int = -1) -> bytes:
        line: bytes = self._stream.readline(limit)
        self.ended = self.ended or not line
        return line

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class _WholeResponse(http.client.HTTPResponse):
    """An answer whose head is whole and legible.

    http.client takes the end of a stream for an empty line, and stops at a line that is no field:
    a length further down would be lost, and half a body pass for a whole one.
    """

    def begin(self) -> None:
        reader = _Reader(self.fp)
        self.fp = reader  # type: ignore[assignment] # it passes everything on
        super().begin()
        if reader.ended or any(
            isinstance(each, MissingHeaderBodySeparatorDefect) for each in self.headers.defects
        ):
            raise http.client.IncompleteRead(b"")


class _CutConnection(HTTPConnection):
    response_class = _WholeResponse
    cutoff: Cutoff

    # Not public, but all that depends on it is that TLS, too, is begun within the time.
    def _new_conn(self) -> socket.socket:
        return self.cutoff.watch(super()._new_conn())


class _CutSecureConnection(_CutConnection, HTTPSConnection):
    pass


@dataclass(frozen=True, slots=True)
class Line:
    """A way to an origin: the address to connect to, and how TLS is checked there.

    The name is not looked up again, so it cannot mean another address by now.
    """

    origin: Origin
    address: Address
    context: ssl.SSLContext | None

    def connect(self, cutoff: Cutoff, timeout: float) -> HTTPConnection:
        """Connect; raises UnreachableError."""
        connection = self._prepared(timeout)
        connection.cutoff = cutoff
        try:
            connection.connect()
        except _BROKEN as error:
            connection.close()
            raise UnreachableError(f"{self.origin}: {_why(error)}") from None
        return connection

    def _prepared(self, timeout: float) -> _CutConnection:
        host, port = str(self.address), self.origin.port
        if self.origin.scheme == "http":
            return _CutConnection(host, port, timeout=timeout)
        name = self.origin.host.removesuffix(".")
        return _CutSecureConnection(
            host, port, timeout=timeout, server_hostname=name, ssl_context=self.context
        )


def exchange(
    connection: HTTPConnection, target: Target, request: HttpRequest, limit: int
) -> HttpAnswer:
    """Send a request, and read its answer with at most `limit` bytes of its body.

    Raises NoAnswerError; the text holds nothing of the request but where it went.
    """
    headers: Mapping[str, Any] = as_sent(request.headers, target.origin.host_header)
    try:
        # A server that has heard enough may have answered before it hung up.
        with suppress(BrokenPipeError):
            connection.request(
                request.method, target.path, request.body or None, headers,
                preload_content=False, decode_content=False,
            )  # fmt: skip
        return _answer(connection, limit)
    except _BROKEN as error:
        raise NoAnswerError(f"{target.origin} gave no whole answer: {_why(error)}") from None


def _answer(connection: HTTPConnection, limit: int) -> HttpAnswer:
    response = connection.getresponse()
    if response.status < _FIRST_FINAL_STATUS:
        raise http.client.BadStatusLine("")
    body = bytearray()
    while len(body) < limit:
        piece = response.read(limit - len(body), decode_content=False)
        if not piece:
            break
        body += piece
    headers = {name.lower(): ", ".join(response.headers.getlist(name)) for name in response.headers}
    return HttpAnswer(response.status, headers, bytes(body))


def _why(error: BaseException) -> str:
    """Word an error of the network without anything that was sent or received."""
    cause = error if isinstance(error, OSError) else error.__cause__ or error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"its certificate is not accepted: {cause.verify_message}"
    if isinstance(cause, ssl.SSLError):
        return "TLS failed" + (f" ({cause.reason})" if cause.reason else "")
    if isinstance(cause, TimeoutError):
        return "it took too long"
    if isinstance(cause, http.client.RemoteDisconnected):
        return "it closed the connection"
    if isinstance(cause, OSError):
        return cause.strerror or type(cause).__name__
    return "what came is not HTTP, or was cut off"
