"""What the views say of deliveries and of clocks, on each database."""

from datetime import timedelta

import pytest

from application.alerting.ticking import clocks_of, looked_at, next_due
from application.alerting.views import DeliveryFilter
from domain.alerting.delivery import Claim, Delivery
from domain.alerting.delivery_events import Addressed
from domain.incident import clocks
from domain.incident.by_clock import keep_time
from domain.incident.incident import Incident
from domain.incident.levels import Level
from domain.provenance import Act
from infrastructure.views.database import ViewDatabase
from infrastructure.views.follower import Follower
from infrastructure.views.queries import SqlViews
from tests.support.histories import LEVELS, example_errand
from tests.unit.projections.histories import MemoryLog, by, by_rule, diagnosis, minute

ADA = Addressed(name="ada", why="on call for payments until 2026-03-02 09:00 CET")


def act(number: float) -> Act:
    return Act(by("alice"), minute(number))


def sent(channel: str = "slack_security") -> Delivery:
    delivery = Delivery.plan(example_errand(channel), act(1))
    delivery.claim(Claim("worker-1", minute(3), (ADA,)), act(2))
    return delivery


@pytest.fixture
def log() -> MemoryLog:
    log = MemoryLog()
    arrived, waiting, dead = sent(), sent("pagerduty_high"), sent("email_oncall")
    arrived.deliver(1, {"ts": "1"}, act(3))
    waiting.defer(1, "it answered 503", minute(9), act(4))
    dead.give_up(1, "it answered 404", "DLV-STANDIN", act(5))
    log.record(arrived, waiting, dead)
    return log


@pytest.fixture
def views(database: ViewDatabase, log: MemoryLog) -> SqlViews:
    Follower(database, log).catch_up()
    return SqlViews(database, log)


def test_a_delivery_is_shown_as_it_stands(views: SqlViews) -> None:
    (row,) = views.deliveries(DeliveryFilter(channel="slack_security"))
    assert (row.status, row.tries, row.delivered_at) == ("delivered", 1, minute(3))
    assert (row.incident_id, row.occasion, row.severity) == (
        "INC-20260301-EXAMPL",
        "detected",
        "P1",
    )
    assert row.recipients == [{"name": ADA.name, "why": ADA.why}]
    assert [each["kind"] for each in row.routes] == ["severity", "rule"]


def test_what_waits_says_until_when_and_why(views: SqlViews) -> None:
    (row,) = views.deliveries(DeliveryFilter(statuses=["waiting"]))
    assert (row.channel, row.not_before, row.why) == (
        "pagerduty_high",
        minute(9),
        "it answered 503",
    )


def test_what_failed_says_why_and_what_stands_in_for_it(views: SqlViews) -> None:
    (row,) = views.deliveries(
        DeliveryFilter(statuses=["failed"], incident_id="INC-20260301-EXAMPL")
    )
    assert (row.why, row.stands_in) == ("it answered 404", "DLV-STANDIN")
    assert views.find_delivery(row.id[-6:].lower()) == [row.id]


def test_deliveries_are_found_by_their_ids(views: SqlViews) -> None:
    known = [row.id for row in views.deliveries(DeliveryFilter())]
    found = views.deliveries(DeliveryFilter(ids=[*known[:2], "DLV-NONE"]))
    assert {row.id for row in found} == set(known[:2])


@pytest.mark.parametrize(("closed", "found"), [(False, 3), (True, 0)])
def test_those_of_closed_incidents_can_be_left_out(
    database: ViewDatabase, log: MemoryLog, closed: bool, found: int
) -> None:
    incident = Incident.detect("INC-20260301-EXAMPL", diagnosis(), by_rule(), minute(0))
    incident.resolve(by("alice"), minute(6))
    if closed:
        incident.close("resolved", by("alice"), minute(7))
    log.record(incident)
    Follower(database, log).catch_up()
    views = SqlViews(database, log)
    assert len(views.deliveries(DeliveryFilter(of_open=True))) == found
    assert len(views.deliveries(DeliveryFilter())) == 3


def test_those_of_no_incident_are_never_left_out(views: SqlViews) -> None:
    # The incident of these is not in the log at all.
    assert len(views.deliveries(DeliveryFilter(of_open=True))) == 3


def test_channels_are_counted_by_what_came_of_their_messages(views: SqlViews) -> None:
    counts = {(each.channel, each.status): each.count for each in views.channel_counts()}
    assert counts == {
        ("email_oncall", "failed"): 1,
        ("pagerduty_high", "waiting"): 1,
        ("slack_security", "delivered"): 1,
    }


def level_of(incident: Incident) -> Level:
    return LEVELS.severity_levels[incident.severity]


@pytest.mark.parametrize("looks", [(), (1,), (1, 20), (1, 20, 40), (1, 20, 40, 300)])
def test_clocks_can_be_read_from_the_board_without_the_log(
    database: ViewDatabase, looks: tuple[int, ...]
) -> None:
    incident = Incident.detect("INC-20241210-AAAAAA", diagnosis(), by_rule(), minute(0))
    for number in looks:
        keep_time(incident, LEVELS, act(number))
    log = MemoryLog()
    log.record(incident)
    Follower(database, log).catch_up()
    (row,) = SqlViews(database, log).open_incidents()
    assert clocks_of(row) == incident.clocks
    level = level_of(incident)
    assert next_due(row, LEVELS) == clocks.next_due(incident.clocks, incident.status, level)
    now = minute((*looks, 0)[0] if not looks else looks[-1])
    # What has to be looked at by the row is what the aggregate would do something about.
    again = keep_time(incident, LEVELS, Act(by("alice"), now))
    assert looked_at(row, LEVELS, now) == (again if looks else now)


def test_a_reopened_incident_has_all_its_time_again(database: ViewDatabase) -> None:
    incident = Incident.detect("INC-20241210-AAAAAA", diagnosis(), by_rule(), minute(0))
    keep_time(incident, LEVELS, act(600))
    incident.resolve(by("alice"), minute(601))
    incident.reopen(by("alice"), minute(700))
    log = MemoryLog()
    log.record(incident)
    Follower(database, log).catch_up()
    (row,) = SqlViews(database, log).open_incidents()
    assert clocks_of(row) == incident.clocks
    due = next_due(row, LEVELS)
    assert due is not None
    assert due.at == minute(700) + timedelta(minutes=15)
