"""Signatures as Standard Webhooks has them, by which a receiver knows that a request is ours."""

import base64
import hmac
from collections.abc import Sequence
from datetime import datetime

from application.actions import ActionFailedError

_PREFIX = "whsec_"
_SHORTEST = 24
_LONGEST = 64


def signed(message_id: str, at: datetime, body: bytes, secrets: Sequence[str]) -> dict[str, str]:
    """Give the headers: a signature for each secret, so that one can be replaced by another.

    Without secrets there is no signature. Raises ActionFailedError if a secret is not one.
    """
    timestamp = str(int(at.timestamp()))
    content = f"{message_id}.{timestamp}.".encode() + body
    headers = {"webhook-id": message_id, "webhook-timestamp": timestamp}
    signatures = [_signature(_key(each), content) for each in secrets]
    return headers | ({"webhook-signature": " ".join(signatures)} if signatures else {})


def _signature(key: bytes, content: bytes) -> str:
    digest = hmac.digest(key, content, "sha256")
    return f"v1,{base64.b64encode(digest).decode()}"


def _key(secret: str) -> bytes:
    written = secret.removeprefix(_PREFIX)
    padding = "=" * (-len(written) % 4)
    try:
        key = base64.b64decode(written + padding, validate=True)
    except ValueError:
        key = b""
    if not secret.startswith(_PREFIX) or not _SHORTEST <= len(key) <= _LONGEST:
        raise ActionFailedError("a signing secret is not whsec_ and the base64 of 24 to 64 bytes")
    return key
