"""What a mail server's replies mean to an alert (RFC 5321, 4.2; RFC 3463)."""

import re

from application.actions import Secrets
from application.channels import Answer, Never, TryLater
from application.projections.texts import shown

_PERMANENT = range(500, 600)
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?=\s|$)")
_TOO_LARGE = 552


def is_permanent(code: int) -> bool:
    """Say whether a reply means that trying again will not help."""
    return code in _PERMANENT


def numbers(code: int, text: bytes | str) -> str:
    """Give a reply's code, and the enhanced one if there is one: `535 5.7.8`."""
    status = _STATUS.match(_decoded(text))
    if not _is_code(code):
        return "what is no reply"
    return f"{code} {status[0]}" if status else str(code)


def told(code: int, text: bytes | str, secrets: Secrets) -> str:
    """Give a reply as a person reads it: in one line, not endless, and without a secret."""
    if not _is_code(code):
        return "what is no reply"
    return shown(secrets.redacted(f"{code} {' '.join(_decoded(text).split())}".strip()))


def judged(code: int, why: str) -> Answer:
    """Give the answer that a reply to one mail amounts to."""
    if code == _TOO_LARGE:
        why = f"{why}; it is too large, or the mailbox is full"
    return Never(why) if is_permanent(code) else TryLater(why)


def _is_code(code: int) -> bool:
    # smtplib gives -1 for a line that does not begin with a number.
    return 200 <= code < 600  # noqa: PLR2004 - the range of all replies


def _decoded(text: bytes | str) -> str:
    return text if isinstance(text, str) else text.decode("utf-8", errors="replace")
