"""`tocsin deliveries`: what has not arrived is in plain sight, and can be sent again."""

import pytest

from application.journal import Journal
from tests.integration.cli.conftest import Program, configure
from tests.support.told_incident import GRACE, INCIDENT, Story, act, after


@pytest.fixture
def sent(story: Story) -> Story:
    """One message arrived, one failed for good, and one is to be tried again."""
    planned = story.route()
    story.defer(planned["detected slack_security"], 2)
    stand_in = story.fail(planned["detected pagerduty_high"], 3, "email_night")
    assert stand_in is not None
    story.deliver(stand_in, 5, GRACE)
    story.acknowledge("ana", 130)
    story.fail(story.route(131)["acknowledged slack_security"], 132)
    return story


@pytest.mark.usefixtures("sent")
def test_what_has_not_arrived_is_listed_and_what_failed_comes_first(program: Program) -> None:
    listed = program.ok("deliveries")
    assert listed.out == program.ok("deliveries", "list").out
    lines = listed.out.splitlines()
    assert lines[0].split() == ["WHEN", "ID", "CHANNEL", "WHAT", "INCIDENT", "STATUS"]
    statuses = [line.split()[-1] for line in lines if " EXAMPL " in line]
    assert statuses == ["failed", "failed", "waiting"]
    assert r"it said \x1b[2J\u202e503" in listed.out
    assert "stands in: it said" in listed.out
    assert "3 deliveries, 2 failed" in listed.out
    assert "delivered" not in listed.out


def test_what_failed_is_there_however_much_waits(program: Program, story: Story) -> None:
    planned = story.route()
    story.fail(planned["detected pagerduty_high"], 2)
    story.write("one", 10)
    story.write("two", 20)
    first = program.ok("deliveries", "list", "--limit", "1")
    assert "pagerduty_high" in first.out
    assert "The first 1 only; --limit shows more." in first.out


def test_what_waits_says_when_it_goes_on(program: Program, story: Story) -> None:
    story.defer(story.route()["detected slack_security"], 2)
    assert r"again now: it said \x1b[2J\u202e503" in program.ok("deliveries").out


@pytest.mark.usefixtures("sent")
def test_the_list_is_narrowed(program: Program) -> None:
    def channels(*asked: str) -> list[str]:
        rows = program.ok("deliveries", "list", "--json", *asked).json
        return [row["channel"] for row in rows]

    assert channels("--status", "delivered") == ["email_night"]
    assert channels("--channel", "pagerduty_high", "--status", "failed") == ["pagerduty_high"]
    assert len(channels("--all", "--incident", "exampl")) == 5
    assert len(channels("--all", "--limit", "2")) == 2
    assert channels("--status", "cancelled,gathered") == ["slack_security"]
    assert "No delivery is like that." in program.ok("deliveries", "list", "--all",
                                                     "--channel", "nope").out  # fmt: skip
    unknown = program.run("deliveries", "list", "--status", "lost")
    assert (unknown.status, "there is no 'lost'" in unknown.err) == (2, True)


def test_a_closed_incident_lets_its_failures_rest(program: Program, sent: Story) -> None:
    assert "1 alert could not be delivered: tocsin deliveries" in program.ok("incidents").out
    incident = sent.incident()
    does = act(300, "ana")
    incident.close("false_alarm", does.provenance, does.at)
    sent.journal.commit([incident])
    assert "could not be delivered" not in program.ok("incidents").out
    rows = program.ok("deliveries", "list", "--json").json
    assert [row["status"] for row in rows] == ["waiting"]
    assert len(program.ok("deliveries", "list", "--status", "failed", "--json").json) == 2


def test_nothing_is_said_where_all_is_well(program: Program, story: Story) -> None:
    for delivery in story.route().values():
        story.deliver(delivery, 2)
    told = program.ok("deliveries").out
    assert "Nothing is left to be delivered." in told
    assert "could not" not in program.ok("incidents").out


@pytest.mark.usefixtures("sent")
def test_one_delivery_in_full(program: Program) -> None:
    row = program.ok("deliveries", "list", "--status", "delivered", "--json").json[0]
    shown = program.ok("deliveries", "show", row["id"][-6:]).flat
    assert f"{row['id']} email_night delivered" in shown
    assert f"Event {INCIDENT}@1" in shown
    assert "Because it stands in for pagerduty_high" in shown
    assert "Last try to grace (on call for payments until 2026-03-02 09:00 CET)" in shown
    assert f"Stands in for {row['instead_of']}" in shown
    assert "Receipt ts=1700000000.000100" in shown
    assert "2026-03-01 12:00:14Z Planned by worker-1" in shown
    assert "2026-03-01 12:00:15Z Try 1 begun by worker-1 to grace" in shown
    assert "2026-03-01 12:00:16Z email_night delivered it to grace" in shown
    found = program.ok("deliveries", "show", row["id"], "--json").json
    assert found["content"]["alert"]["incident_id"] == INCIDENT
    assert [each["by"] for each in found["history"]] == ["worker-1"] * 3
    assert found["receipt"] == {"ts": "1700000000.000100"}


@pytest.mark.usefixtures("sent")
def test_sending_again_says_what_is_true_now(program: Program) -> None:
    (row,) = program.ok(
        "deliveries", "list", "--channel", "pagerduty_high", "--status", "failed", "--json"
    ).json
    configure(program, "channels: []")
    told = program.ok("deliveries", "retry", row["id"], "--reason", "new key", "--by", "ben")
    assert told.out.splitlines() == [
        f"{row['id']} waits to be sent again.",
        f"By pagerduty_high: detected of {INCIDENT}",
        "email_night stood in for it: delivered.",
        "channels.yaml has no channel pagerduty_high: it will fail again.",
        "A worker sends it: tocsin work",
    ]
    again = program.run("deliveries", "retry", row["id"])
    assert (again.status, again.out) == (1, "")
    assert "is waiting; this takes one that is failed or cancelled" in again.err
    assert "to be tried again, as ben wants" in program.ok("timeline", "EXAMPL").out
    assert program.run("deliveries", "retry", "zzz").status == 1


def test_of_no_log_nothing_is_known(program: Program, journal: Journal) -> None:
    del journal
    assert "Nothing is left to be delivered." in program.ok("deliveries").out
    assert program.ok("deliveries", "list", "--json").json == []


@pytest.mark.usefixtures("sent")
def test_the_incident_shows_its_alerts_and_deadlines(program: Program) -> None:
    shown = program.ok("show", "EXAMPL").flat
    assert "Alerts ✗ slack_security: acknowledged, not delivered" in shown
    assert "email_night: detected, delivered at 12:00:16Z to grace" in shown
    assert "Resolve by 2026-03-01 14:00:10Z (late by" in shown
    assert "Answer by" not in shown
    found = program.ok("show", "EXAMPL", "--json").json
    assert len(found["deliveries"]) == 5
    assert found["resolve_by"] == "2026-03-01T14:00:10Z"
    assert found["due"]["kind"] == "resolution"


@pytest.mark.usefixtures("story")
def test_the_board_shows_what_is_due_if_asked(program: Program) -> None:
    assert "DUE" not in program.ok("incidents").out
    assert "ack late" in program.ok("incidents", "--due").out
    (row,) = program.ok("incidents", "--due", "--json").json
    assert row["due"].startswith("ack late")
    configure(program, "severity_levels: [", "severity-levels.yaml")
    broken = program.run("incidents", "--due")
    assert (broken.status, "EXAMPL" in broken.out) == (0, True)
    assert "what is due is not known" in broken.err
    assert "Deadlines" not in program.ok("show", "EXAMPL").out


def test_old_failures_of_no_incident_are_forgotten(program: Program, story: Story) -> None:
    (planned, *_) = story.route().values()
    content = planned.errand.content.model_copy(update={"occasion": "summary", "alert": None})
    errand = planned.errand.model_copy(
        update={"incident_id": "", "event": "summary of DLV-X", "content": content, "begins": ""}
    )
    summary = type(planned).plan(errand, act(2))
    summary.give_up(0, "gone", None, act(3))
    story.journal.commit([summary])
    assert "could not be delivered" not in program.ok("incidents").out
    assert after(3).year == 2026
    rows = program.ok("deliveries", "list", "--status", "failed", "--json").json
    assert [row["occasion"] for row in rows] == ["summary"]
