"""The heartbeat asks for its URL; what goes wrong is said, without the URL."""

import logging

import pytest

from domain.alerting.settings import Heartbeat
from infrastructure.working.pulse import HttpPulse
from tests.support.loopback_server import Reply, answering, surroundings


def beaten(heartbeat: Heartbeat, **secrets: str) -> None:
    """Beat once, and wait for what comes of it."""
    around = surroundings(**secrets)
    pulse = HttpPulse(heartbeat, around.outgoing, around.secrets)
    pulse.beat()
    thread = pulse._thread
    assert thread is not None
    thread.join(30)


def test_it_asks_for_the_url(caplog: pytest.LogCaptureFixture) -> None:
    with answering(lambda _: Reply(200)) as server:
        beaten(Heartbeat(url=f"{server.url}/${{ID}}"), ID="4711-4711")
    assert [(each.method, each.path) for each in server.heard] == [("GET", "/4711-4711")]
    assert caplog.records == []


@pytest.mark.parametrize("status", [404, 500])
def test_an_answer_that_is_none_is_a_warning_without_the_url(
    status: int, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING), answering(lambda _: Reply(status)) as server:
        beaten(Heartbeat(url=f"{server.url}/${{ID}}"), ID="4711-4711")
    assert f"it was answered by {status}" in caplog.text
    assert "4711" not in caplog.text


def test_a_secret_that_is_not_set_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        beaten(Heartbeat(url="https://example.com/${NOWHERE}"))
    assert "the secret NOWHERE is not set" in caplog.text
