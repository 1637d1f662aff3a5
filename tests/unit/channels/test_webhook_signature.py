"""Signatures are those that the reference implementation of Standard Webhooks makes."""

import base64
from datetime import UTC, datetime

import pytest
from standardwebhooks.webhooks import Webhook

from application.actions import ActionFailedError
from infrastructure.channels.webhook_signature import signed

AT = datetime(2026, 3, 1, 3, 14, 15, 999_999, tzinfo=UTC)


def secret(length: int) -> str:
    return "whsec_" + base64.b64encode(bytes(range(length))).decode()


@pytest.mark.parametrize("length", [24, 32, 64])
def test_a_signature_is_theirs(length: int) -> None:
    headers = signed("msg-1", AT, b'{"a": "\xc3\xa4"}', [secret(length)])
    theirs = Webhook(secret(length)).sign("msg-1", AT, '{"a": "ä"}')
    assert headers == {
        "webhook-id": "msg-1",
        "webhook-timestamp": "1772334855",
        "webhook-signature": theirs,
    }


def test_there_is_one_for_each_secret() -> None:
    headers = signed("msg-1", AT, b"x", [secret(24), secret(25)])
    ones = [
        signed("msg-1", AT, b"x", [each])["webhook-signature"] for each in map(secret, (24, 25))
    ]
    assert headers["webhook-signature"] == " ".join(ones)


def test_without_a_secret_there_is_none() -> None:
    assert set(signed("msg-1", AT, b"x", [])) == {"webhook-id", "webhook-timestamp"}


def test_a_secret_may_lack_its_padding() -> None:
    assert secret(25).endswith("=")
    padded, bare = (signed("m", AT, b"x", [each]) for each in (secret(25), secret(25).rstrip("=")))
    assert padded == bare


@pytest.mark.parametrize(
    "wrong",
    [secret(23), secret(65), secret(32)[6:], "whsec_", "whsec_ä", "whsec_!!!!" + "A" * 40, "", "x"],
)
def test_what_is_no_secret_is_refused_unseen(wrong: str) -> None:
    with pytest.raises(ActionFailedError) as caught:
        signed("m", AT, b"x", [wrong])
    assert str(caught.value) == "a signing secret is not whsec_ and the base64 of 24 to 64 bytes"
    assert caught.value.__context__ is None
