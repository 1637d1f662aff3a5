"""The Apprise library: imported only when it is used, kept quiet, and not waited for too long."""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from application.actions import ActionFailedError
from application.channels import Answer, Delivered, Never, TryLater
from infrastructure.outgoing.deadline import within

# As plugins put it: "Failed to send ntfy notification: Page not found., error=404."
_STATUS = re.compile(r"\berror=([1-5]\d\d)\b")
# Request Timeout, Too Early, Too Many Requests.
_PASSING = frozenset({408, 425, 429})
_REFUSED = range(300, 500)

Kind = Literal["info", "success", "warning", "failure"]


@dataclass(frozen=True, slots=True)
class Notice:
    """What is sent: plain text, and what kind of news it is."""

    title: str
    body: str
    kind: Kind


def notify(url: str, notice: Notice, seconds: float) -> Answer:
    """Send a notice to the service behind a URL; the answer tells nothing of the URL.

    Raises ActionFailedError if there is no library.
    """
    library = _library()
    if seconds <= 0:
        return TryLater("there was no time left to send it")
    service = library.Apprise.instantiate(url, asset=_asset(library))
    if service is None:
        return Never("Apprise understands no such URL; its documentation lists those that it does")
    who = str(service.service_name)
    # A plugin's own limits on connecting and on each read; not on the whole.
    service.socket_connect_timeout = _at_most(service.socket_connect_timeout, seconds)
    service.socket_read_timeout = _at_most(service.socket_read_timeout, seconds)
    try:
        result = within(seconds, lambda: _sent(library, service, notice))
    except TimeoutError:
        return TryLater(f"{who} did not finish within {seconds:.3g} s")
    except Exception as error:
        return TryLater(f"{who} failed ({type(error).__name__})")
    return _judged(who, result)


def _sent(library: Any, service: Any, notice: Notice) -> Any:
    sender = library.Apprise(asset=service.asset)
    sender.add(service)
    return sender.notify(
        title=notice.title, body=notice.body, notify_type=notice.kind, body_format="text"
    )


def _judged(who: str, result: Any) -> Answer:
    """Judge by the attempts: an `optional` service counts as a success however it ended."""
    attempts = [attempt for service in result for attempt in service.attempts]
    if any(attempts):
        return Delivered()
    statuses = list(_statuses(attempts))
    if not statuses:
        return TryLater(f"{who} did not take the message")
    why = f"{who} answered {', '.join(map(str, dict.fromkeys(statuses)))}"
    is_final = all(status in _REFUSED and status not in _PASSING for status in statuses)
    return Never(why) if is_final else TryLater(why)


def _statuses(attempts: list[Any]) -> Iterator[int]:
    for attempt in attempts:
        for entry in attempt.logs:
            yield from (int(status) for status in _STATUS.findall(entry.message))


def _library() -> Any:
    try:
        import apprise  # noqa: PLC0415 - an optional extra
    except ImportError:
        msg = "the library Apprise is not installed; install it: pip install 'tocsin[apprise]'"
        raise ActionFailedError(msg) from None
    _keep_quiet()
    return apprise


class _OnlyStatuses(logging.Filter):
    """Lets nothing be logged but the statuses that `_judged` reads.

    The library logs whole URLs with the passwords in them.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        try:
            statuses = _STATUS.findall(record.getMessage())
        except (TypeError, ValueError):
            return False
        record.msg, record.args = " ".join(f"error={status}" for status in statuses), ()
        record.exc_info = record.exc_text = record.stack_info = None
        return bool(statuses)


def _keep_quiet() -> None:
    logger = logging.getLogger("apprise")
    logger.propagate = False
    logger.setLevel(logging.WARNING)
    if not any(isinstance(each, _OnlyStatuses) for each in logger.filters):
        logger.addFilter(_OnlyStatuses())
        logger.addHandler(logging.NullHandler())
    # What it uses logs URLs and tokens likewise.
    for other in ("urllib3.connectionpool", "requests_oauthlib", "oauthlib"):
        logging.getLogger(other).setLevel(logging.ERROR)


def _asset(library: Any) -> Any:
    """Make the settings with which nothing is read from or written to this computer.

    `service_timeout=0` keeps the library from threads that the process would wait for at its end,
    and redirects are not followed, because they make of a POST a GET that reaches nobody.
    """
    return library.AppriseAsset(
        app_id="Tocsin",
        app_desc="Tocsin",
        app_url="",
        language="en",
        async_mode=False,
        http_redirects=False,
        secure_logging=True,
        service_timeout=0,
        storage_mode="memory",
        allow_templates=False,
        pgp_autogen=False,
        pem_autogen=False,
    )


def _at_most(limit: float | None, seconds: float) -> float:
    # 0 is no limit that a socket takes.
    return max(0.001, seconds if limit is None else min(limit, seconds))
