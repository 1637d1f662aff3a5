"""The one way out: HTTP requests that reach only what they may reach, in the time they have."""

import ssl
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from urllib3.connection import HTTPConnection
from urllib3.util import create_urllib3_context

from application.actions import HttpAnswer, HttpRequest, NoAnswerError, UnreachableError
from infrastructure.outgoing.addresses import Network
from infrastructure.outgoing.connection import Line, exchange
from infrastructure.outgoing.deadline import Cutoff, Deadline
from infrastructure.outgoing.headers import refuse_unsafe
from infrastructure.outgoing.names import Resolve, permitted_addresses, resolve
from infrastructure.outgoing.redirects import redirected
from infrastructure.outgoing.refusals import RefusedError, RefusedRedirectError
from infrastructure.outgoing.target import Target, parse_target

LIMIT = 1024 * 1024
# A socket takes 0 for never waiting at all.
_INSTANT = 0.001


class GuardedHttp:
    """Sends HTTP requests to public addresses and to the networks that are allowed.

    A host is looked up once, and connected to at an address that was checked, so a name cannot
    change its meaning in between. No proxy of the environment is asked, nothing is tried twice,
    and of an answer's body no more than `limit` bytes are read: the rest is left. `authorities`
    is a file of certificates (PEM) that are trusted besides the system's.
    """

    def __init__(
        self,
        allowed: Sequence[Network] = (),
        *,
        authorities: Path | None = None,
        limit: int = LIMIT,
        resolving: Resolve = resolve,
    ) -> None:
        self._allowed = tuple(allowed)
        self._authorities = authorities
        self._limit = limit
        self._resolving = resolving

    def send(self, request: HttpRequest) -> HttpAnswer:
        """Send a request, and what follows from redirects, all within its timeout.

        Raises UnreachableError if nothing was sent, NoAnswerError if nobody can tell.
        """
        refuse_unsafe(request)
        target = parse_target(request.url)
        deadline = Deadline(request.timeout)
        answer = self._send(request, target, deadline)
        while following := redirected(request, target, answer):
            asked, target = target, parse_target(following.url)
            request = following
            try:
                answer = self._send(request, target, deadline)
            except RefusedError as error:
                raise RefusedRedirectError(f"{asked.origin} redirects, but {error}") from None
            except UnreachableError as error:
                raise NoAnswerError(f"{asked.origin} redirects, but {error}") from None
        return answer

    def _send(self, request: HttpRequest, target: Target, deadline: Deadline) -> HttpAnswer:
        if not deadline.left():
            raise UnreachableError(f"{target.origin}: there was no time left to ask")
        lines = self._lines(target, deadline)
        with Cutoff(deadline.left()) as cutoff:
            connection = self._connected(lines, cutoff, deadline)
            late = f"{target.origin} gave no whole answer within {request.timeout:g} s"
            try:
                answer = exchange(connection, target, request, self._limit)
            except NoAnswerError as error:
                is_late = cutoff.fired or not deadline.left()
                raise NoAnswerError(late if is_late else str(error)) from None
            finally:
                connection.close()
            if cutoff.fired:  # the end of time looks like the end of an answer
                raise NoAnswerError(late)
            return answer

    def _lines(self, target: Target, deadline: Deadline) -> list[Line]:
        addresses = permitted_addresses(
            target.origin, self._allowed, self._resolving, deadline.left()
        )
        context = self._context if target.origin.scheme == "https" else None
        return [Line(target.origin, address, context) for address in addresses]

    def _connected(self, lines: list[Line], cutoff: Cutoff, deadline: Deadline) -> HTTPConnection:
        while True:
            line, *lines = lines
            timeout = deadline.left() / (len(lines) + 1)
            if not timeout:
                raise UnreachableError(f"{line.origin}: it took too long to connect")
            try:
                connection = line.connect(cutoff, timeout)
                # From here on there is nobody else to leave some time for.
                connection.timeout = max(_INSTANT, deadline.left())
                return connection
            except UnreachableError:
                if not lines:
                    raise

    @cached_property
    def _context(self) -> ssl.SSLContext:
        context = create_urllib3_context()
        context.load_default_certs()
        if self._authorities:
            try:
                context.load_verify_locations(self._authorities)
            except OSError as error:
                msg = f"the certificates in {self._authorities} cannot be read"
                raise RefusedError(f"{msg}: {error.strerror or 'they are none'}") from None
        return context
