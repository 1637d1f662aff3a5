"""Commands on deliveries and obligations, on each kind of database."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from application.commands.deliveries import DeliveryCommands
from application.commands.incidents import IncidentCommands, Order
from application.journal import Journal
from domain.alerting.delivery import Delivery
from domain.alerting.errors import (
    DeliveryStateError,
    UnknownDeliveryError,
    UnusableChannelError,
)
from domain.incident.errors import NothingChangedError
from domain.incident.incident import Incident
from infrastructure.store.store import open_journal
from tests.support.histories import POLICY
from tests.support.told_incident import INCIDENT, SETTINGS, FrozenClock, Story, after, detected

ORDER = Order(by="ana", id="deliveries retry 1", reason="the token is renewed")


@pytest.fixture
def journal(database_url: str) -> Iterator[Journal]:
    with closing(open_journal(database_url)) as journal:
        yield journal


@pytest.fixture
def story(journal: Journal) -> Story:
    detected(journal)
    return Story(journal)


@pytest.fixture
def commands(journal: Journal) -> DeliveryCommands:
    return DeliveryCommands(journal, FrozenClock(after(60)), lambda: SETTINGS)


def stored(journal: Journal, of: str) -> Delivery:
    delivery = journal.load(Delivery, of)
    assert delivery is not None
    return delivery


def test_what_failed_waits_again_for_who_wanted_it(
    journal: Journal, story: Story, commands: DeliveryCommands
) -> None:
    failed = story.route()["detected slack_security"]
    story.fail(failed, 2)
    commands.retry(failed.id, ORDER)
    delivery = stored(journal, failed.id)
    assert (delivery.status, delivery.attempts, delivery.tries) == ("waiting", 0, 1)
    (*_, last) = journal.events.get(failed.id)
    assert isinstance(last, Delivery.Requeued)
    assert last.timestamp == after(60)
    said = last.provenance
    assert (said.actor.name, said.cause.id, said.reason) == ("ana", ORDER.id, ORDER.reason)
    assert said.correlation == INCIDENT


def test_what_waits_or_arrived_is_not_sent_again(story: Story, commands: DeliveryCommands) -> None:
    planned = story.route()["detected slack_security"]
    with pytest.raises(DeliveryStateError, match="is waiting"):
        commands.retry(planned.id, ORDER)
    story.deliver(planned, 2)
    with pytest.raises(DeliveryStateError, match="is delivered"):
        commands.retry(planned.id, ORDER)
    with pytest.raises(UnknownDeliveryError, match="there is no delivery DLV-NONE"):
        commands.retry("DLV-NONE", ORDER)


def test_one_order_tries_a_channel_once(journal: Journal, commands: DeliveryCommands) -> None:
    first = commands.test("slack_security", ORDER)
    assert commands.test("slack_security", ORDER).id == first.id
    delivery = stored(journal, first.id)
    errand = delivery.errand
    assert delivery.version == 1
    assert (errand.event, errand.incident_id, errand.content.occasion) == (
        f"test {ORDER.id}", "", "test",
    )  # fmt: skip
    assert errand.content.alert is None
    assert [str(route) for route in errand.routes] == ["ana tries it"]
    assert commands.test("slack_security", Order(by="ana", id="another")).id != first.id


@pytest.mark.parametrize(
    ("channel", "said"),
    [
        ("nope", "has no channel nope; it has slack_security, pagerduty_high"),
        ("email_off", "email_off is switched off: take `enabled: false` away"),
    ],
)
def test_what_cannot_be_tried_is_said(commands: DeliveryCommands, channel: str, said: str) -> None:
    with pytest.raises(UnusableChannelError, match=said):
        commands.test(channel, ORDER)


def test_the_settings_are_not_read_to_send_something_again(journal: Journal, story: Story) -> None:
    failed = story.route()["detected slack_security"]
    story.fail(failed, 2)
    commands = DeliveryCommands(journal, FrozenClock(after(60)), lambda: 1 / 0)  # type: ignore[arg-type, return-value] # never called
    assert commands.retry(failed.id, ORDER).status == "waiting"


def test_a_person_says_that_something_is_done(journal: Journal, story: Story) -> None:
    story.keep_time(1)
    commands = IncidentCommands(journal, FrozenClock(after(60)), lambda: POLICY)
    incident = commands.fulfil(INCIDENT, ORDER, "war_room")
    assert set(incident.obligations) == {"immediate_response"}
    (*_, last) = journal.events.get(INCIDENT)
    assert isinstance(last, Incident.ObligationFulfilled)
    assert (last.name, last.by, last.shown_by) == ("war_room", "person", "ana")
    assert (last.timestamp, last.provenance.reason) == (after(60), ORDER.reason)
    with pytest.raises(NothingChangedError, match="does not require war_room any more"):
        commands.fulfil(INCIDENT, ORDER, "war_room")
