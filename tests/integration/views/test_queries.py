"""What readers ask of the views, and what they get."""

from collections.abc import Sequence
from typing import Any

import pytest

from application.views import BoardFilter, ForeignLogError, RecentIncident
from domain.incident.severity import Severity
from infrastructure.views.database import ViewDatabase
from infrastructure.views.follower import Follower
from infrastructure.views.queries import SqlViews
from tests.integration.views.lives import small_log
from tests.unit.projections.histories import MemoryLog, incident, minute

A, B, C = "INC-20241210-AAAAAA", "INC-20241210-BBBBBB", "INC-20241211-CCCCCC"


@pytest.fixture
def views(database: ViewDatabase) -> SqlViews:
    log = small_log()
    Follower(database, log).catch_up()
    return SqlViews(database, log)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, [B, A]),
        ({"statuses": ()}, [B, C, A]),
        ({"statuses": ["closed"]}, [C]),
        ({"statuses": ["closed", "acknowledged"]}, [C, A]),
        ({"severities": ["P0"]}, [B]),
        ({"categories": ["service_outage"]}, []),
        ({"categories": ["authentication_failure"], "limit": 1}, [B]),
        ({"rules": ["auth-001"], "limit": None}, [B, A]),
        ({"rules": ["web-001"]}, []),
        ({"labels": [("team", "security")]}, [B, A]),
        ({"labels": [("team", "security"), ("env", "test")]}, []),
        ({"labels": [("team", "web")], "statuses": ()}, [C]),
        ({"since": minute(2)}, [B]),
        ({"until": minute(2)}, [A]),
        ({"since": minute(1), "until": minute(3), "statuses": ()}, [B, A]),
    ],
)
def test_the_board_shows_what_meets_every_condition(
    views: SqlViews, wanted: dict[str, Any], found: Sequence[str]
) -> None:
    assert [row.id for row in views.board(BoardFilter(**wanted))] == found


def test_the_board_has_the_worst_first_and_then_the_newest(database: ViewDatabase) -> None:
    log = MemoryLog()
    for number, severity in enumerate((Severity.P3, Severity.P0, Severity.P3, Severity.P1)):
        log.record(incident(f"INC-{number}", severity=severity, detected_at=minute(number)))
    Follower(database, log).catch_up()
    board = SqlViews(database, log).board(BoardFilter())
    assert [row.id for row in board] == ["INC-1", "INC-3", "INC-2", "INC-0"]


def test_an_incident_comes_back_as_it_was_put_in(views: SqlViews) -> None:
    row = views.incident(A)
    assert row is not None
    assert (row.status, row.acknowledged_by, row.acknowledged_at) == (
        "acknowledged",
        "alice",
        minute(4),
    )
    assert row.labels == {"team": "security", "env": "prod"}
    assert row.notify_channels == ["slack-security"]
    assert row.facts["security_breach"] is False
    assert views.incident("INC-NONE") is None


@pytest.mark.parametrize(
    ("part", "found"),
    [
        (A, [A]),
        (A.lower(), [A]),
        ("bbb", [B]),
        ("20241210", [B, A]),
        ("none", []),
        ("%", []),
        ("_", []),
        ("  ccc ", [C]),
        ("", []),
    ],
)
def test_an_incident_is_found_by_a_part_of_its_id(
    views: SqlViews, part: str, found: list[str]
) -> None:
    assert views.find_incident(part) == found


def test_a_whole_id_finds_only_itself(database: ViewDatabase) -> None:
    log = MemoryLog()
    log.record(incident("INC-20241210-ABCDEF"), incident("INC-20241210-ABCDEFGH"))
    Follower(database, log).catch_up()
    found = SqlViews(database, log).find_incident("inc-20241210-abcdef")
    assert found == ["INC-20241210-ABCDEF"]


def test_recent_incidents_of_a_rule_are_the_newest_first(views: SqlViews) -> None:
    recent = views.recent_incidents("auth-001", since=minute(2))
    assert [row.id for row in recent] == [C, B]
    assert recent[0] == RecentIncident(
        C, '"181.25.206.27"', minute(3), "P2", "closed", "false_alarm"
    )
    assert views.recent_incidents("web-001", since=minute(0)) == []


def test_a_timeline_is_in_the_order_of_the_log(views: SqlViews) -> None:
    rows = views.timeline(B)
    assert [row.kind for row in rows] == ["incident.detected", "incident.noted"]
    assert [row.version for row in rows] == [1, 2]
    assert (rows[1].sentence, rows[1].at) == ("Note by carol: looks bad", minute(6))


def test_a_timeline_of_another_log_is_refused(database: ViewDatabase) -> None:
    log = small_log()
    Follower(database, log).catch_up()
    with pytest.raises(ForeignLogError, match="tocsin projections rebuild"):
        SqlViews(database, log.until(8)).timeline(B)


def test_dead_letters_come_in_pages_the_newest_first(views: SqlViews) -> None:
    assert [row.line for row in views.dead_letters()] == [2, 1]
    assert [row.line for row in views.dead_letters("sshd", limit=1, offset=1)] == [1]
    assert views.dead_letters("other") == []
    assert (views.count_dead_letters(), views.count_dead_letters("other")) == (2, 0)


def test_sources_and_rules_are_listed(views: SqlViews) -> None:
    (source,) = views.sources()
    assert (source.name, source.rejected, source.last_read_at) == ("sshd", 2, None)
    first, second = views.rules()
    assert (first.id, first.incidents, first.in_force) == ("auth-001", 3, True)
    assert (second.id, second.incidents, second.last_fired_at) == ("web-001", 0, None)
    assert first.last_fired_at == minute(3)
