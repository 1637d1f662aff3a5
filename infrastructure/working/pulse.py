"""The pulse: asks for the URL of a heartbeat in a thread of its own."""

import logging
import threading

from application.actions import (
    ActionFailedError,
    HttpRequest,
    NoAnswerError,
    Outgoing,
    Secrets,
    UnreachableError,
)
from domain.alerting.settings import Heartbeat

_LOGGER = logging.getLogger("tocsin.heartbeat")
_SECONDS = 20.0
_FINE = range(200, 400)


class HttpPulse:
    """Asks for a URL; what goes wrong is a warning, since somebody outside watches for silence."""

    def __init__(self, heartbeat: Heartbeat, outgoing: Outgoing, secrets: Secrets) -> None:
        self._heartbeat = heartbeat
        self._outgoing = outgoing
        self._secrets = secrets
        self._thread: threading.Thread | None = None

    def beat(self) -> None:
        """Ask for it, unless the last time has not come back yet."""
        if self._thread is not None and self._thread.is_alive():
            return
        self._thread = threading.Thread(target=self._ask, name="heartbeat", daemon=True)
        self._thread.start()

    def _ask(self) -> None:
        if why := self._what_is_wrong():
            # Not the URL: whoever knows it can pretend that all is well.
            _LOGGER.warning("the heartbeat was not heard: %s", why)

    def _what_is_wrong(self) -> str:
        try:
            url = self._secrets.resolve(self._heartbeat.url)
            answer = self._outgoing.send(HttpRequest(self._heartbeat.method, url, timeout=_SECONDS))
        except (ActionFailedError, UnreachableError, NoAnswerError) as error:
            return str(self._secrets.redacted(str(error)))
        return "" if answer.status in _FINE else f"it was answered by {answer.status}"
