"""Workers that nobody disturbs share what there is to send, and send each message once."""

from collections import Counter
from pathlib import Path

import pytest

from tests.conftest import SOAK
from tests.support.paging import CHANNELS, READERS, Paging, channels_to, receiving, taking

INCIDENTS = 1_000 if SOAK else 40


@pytest.mark.parametrize(
    ("database", "workers"), [("sqlite", 2), ("postgres", 2), ("postgres", 4)], ids=str
)
def test_workers_share_what_there_is_to_send_and_send_it_once(
    tmp_path: Path, request: pytest.FixtureRequest, database: str, workers: int
) -> None:
    url: str = request.getfixturevalue(f"{database}_url")
    with receiving(taking(0.02), taking(0.02)) as receivers:
        made = Paging.of(tmp_path, url, channels_to(receivers))
        incidents = made.detect(INCIDENTS)
        made.work_until(INCIDENTS * len(CHANNELS), workers=workers)
    assert sorted(receivers.pages()) == [("trigger", each) for each in incidents]
    assert len(receivers.webhook.heard) == len(receivers.hooks()) == INCIDENTS
    assert len(receivers.mails()) == len(set(receivers.mails())) == INCIDENTS * len(READERS)
    told = Counter(headline.topic for headline in made.headlines())
    for topic in ("planned", "attempted", "delivered"):
        assert told[f"delivery.{topic}"] == INCIDENTS * len(CHANNELS)
    assert told["incident.alerts_routed"] == INCIDENTS
    assert len({each.worker for each in made.deliveries()}) == workers
