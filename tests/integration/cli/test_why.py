"""`tocsin why` tells why somebody was paged, and why nobody was."""

import pytest

from application.journal import Journal
from domain.alerting.silence import Covering
from infrastructure.store.bookmarks import StoredBookmarks
from tests.integration.cli.conftest import Program, configure
from tests.support.told_incident import GRACE, INCIDENT, Story, act, after

CHANNELS = """
channels:
  - { id: slack_security, type: slack, config: { webhook_url: "${SLACK_URL}" } }
  - { id: email_off, type: slack, enabled: false, config: { webhook_url: "${SLACK_URL}" } }
"""


@pytest.fixture
def paged(story: Story) -> Story:
    """Somebody was told by one channel, by another one only the fallback, and ana answered."""
    planned = story.route()
    story.deliver(planned["detected slack_security"], 2)
    stand_in = story.fail(planned["detected pagerduty_high"], 3, "email_night")
    assert stand_in is not None
    story.deliver(stand_in, 5, GRACE)
    story.acknowledge("ana", 130)
    return story


@pytest.mark.usefixtures("paged")
def test_why_was_i_paged(program: Program) -> None:
    told = program.ok("why", "exampl").flat
    assert "Told slack_security; email_night (grace)" in told or (
        "Told email_night (grace); slack_security" in told
    )
    assert "Answered ana, 2026-03-01 12:02:20Z, 2m after Tocsin learned of it" in told
    assert "Decided at 12:00:11Z by worker-1" in told
    assert "✓ slack_security: delivered at 12:00:13Z [" in told
    assert "because the rule rule-example names it; the level P1 names it" in told
    assert r"✗ pagerduty_high: not delivered: it said \x1b[2J\u202e503 [" in told
    assert (
        "email_night stood in for it: delivered at 12:00:16Z to grace "
        "(on call for payments until 2026-03-02 09:00 CET)" in told
    )


@pytest.mark.usefixtures("paged")
def test_who_was_passed_over_and_what_to_do(program: Program) -> None:
    configure(program, CHANNELS)
    told = program.ok("why", INCIDENT).flat
    assert "- email_off: not told, it is switched off in channels.yaml" in told
    assert "- slack_p0: not told, it takes P0 and worse, and this is P1" in told
    assert "- gone: not told, channels.yaml has no such channel" in told
    assert "What to do" in told
    assert "Switched off in channels.yaml: email_off. Take `enabled: false` away" in told
    assert "tocsin channels test email_off" in told
    assert "channels.yaml has no channel slack_p0, gone: add it" in told


@pytest.mark.usefixtures("story")
def test_nobody_was_paged_as_no_worker_ever_ran(program: Program) -> None:
    told = program.ok("why", "EXAMPL").flat
    assert "Told nobody Not told anybody yet: no worker has looked at it" in told
    assert "Answered nobody yet; an answer was due" in told
    assert "No worker has looked at this yet 2026-03-01 12:00:10Z Rule 'Example' found" in told
    assert "No worker has ever run on this database. Start one: tocsin work" in told


def test_a_worker_has_run_but_not_since(program: Program, story: Story, journal: Journal) -> None:
    story.route()
    StoredBookmarks(journal).move("alerting", 1)
    story.acknowledge("ana", 60)
    told = program.ok("why", "EXAMPL").flat
    assert "No worker has looked at this yet 2026-03-01 12:01:10Z Acknowledged by ana" in told
    assert "See whether a worker runs" in told
    assert "ever run" not in told


@pytest.mark.usefixtures("paged")
def test_a_broken_configuration_is_said_and_nothing_fails(program: Program) -> None:
    configure(program, "severity_levels: []", "severity-levels.yaml")
    told = program.ok("why", "EXAMPL").flat
    assert "Answered ana" in told
    assert "The configuration has mistakes, and no worker starts: tocsin rules check" in told


def test_what_is_held_back_names_the_silence(program: Program, story: Story) -> None:
    planned = story.route()["detected slack_security"]
    held = Covering(
        silence_id="SIL-AAAAAAAA", kind="maintenance", until=after(3600),
        comment="\x1b[31mmove\u202e", by="ben",
    )  # fmt: skip
    planned.silence(held, act(2))
    story.journal.commit([planned])
    told = program.ok("why", "EXAMPL").flat
    assert (
        r"… slack_security: held back until 13:00:10Z by SIL-AAAAAAAA: maintenance of ben: "
        r"\x1b[31mmove\u202e [" in told
    )


@pytest.mark.usefixtures("paged")
def test_the_chain_of_a_delivery_leads_back_to_the_event(program: Program) -> None:
    rows = program.ok("deliveries", "list", "--all", "--json").json
    stand_in = next(row for row in rows if row["channel"] == "email_night")
    told = program.ok("why", stand_in["id"][4:12]).flat
    assert f"{stand_in['id']} email_night delivered" in told
    assert "Because it stands in for pagerduty_high" in told
    assert "Before it pagerduty_high [" in told
    assert f"Event {INCIDENT}@1, 2026-03-01 12:00:10Z: Rule 'Example' found 2 signals" in told
    assert f"Incident {INCIDENT}, P1, acknowledged: Example" in told
    found = program.ok("why", stand_in["id"], "--json").json
    assert found["event"] == f"{INCIDENT}@1"
    assert found["delivery"]["id"] == stand_in["id"]
    assert [each["channel"] for each in found["before"]] == ["pagerduty_high"]
    assert found["incident"]["severity"] == "P1"


@pytest.mark.usefixtures("journal")
def test_what_went_out_in_a_summary_says_in_which(program: Program, story: Story) -> None:
    planned = story.route()["detected slack_security"]
    summary = story.gather([planned], 30)
    told = program.ok("why", "EXAMPL").flat
    part = summary.id[4:12]
    assert "… slack_security: told together with others [" in told
    assert f"slack_security, many at once: waits to be sent [{part}]" in told
    story.deliver(summary, 60)
    told = program.ok("why", "EXAMPL").flat
    assert "Told slack_security" in told
    assert "✓ slack_security: told together with others [" in told
    assert f"slack_security, many at once: delivered at 12:01:11Z [{part}]" in told
    of_the_summary = program.ok("why", summary.id).flat
    assert "It stands for 1 delivery" in of_the_summary
    assert f"{INCIDENT} P1 detected: Rule 'Example' found" in of_the_summary
    assert "Covers 1 delivery" in program.ok("deliveries", "show", summary.id).out


def test_what_a_runbook_wrote_is_told_too(program: Program, story: Story) -> None:
    written = story.write("Please look \x1b[2J", 10)
    story.deliver(written, 11, GRACE)
    told = program.ok("why", "EXAMPL").flat
    assert "Told email_night (grace)" in told
    assert "Written by runbooks 2026-03-01 12:00:20Z email_night: delivered at 12:00:22Z" in told
    assert r": Please look \x1b[2J" in told
    assert "a step of RUN-EXAMPL-AAAAAAAA/step-1 writes to people" in (
        program.ok("why", written.id).flat
    )


def test_what_nobody_answered_before_it_was_over(program: Program, story: Story) -> None:
    story.route()
    incident = story.incident()
    does = act(60, "ana")
    incident.resolve(does.provenance, does.at)
    story.journal.commit([incident])
    told = program.ok("why", "EXAMPL").flat
    assert "Answered nobody before it was over" in told
    assert "Over Resolved by ana, 2026-03-01 12:01:10Z" in told


def test_a_test_message_has_a_person_behind_it(program: Program) -> None:
    configure(program, CHANNELS)
    assert program.run("channels", "test", "slack_security").status == 1
    (row,) = program.ok("deliveries", "list", "--all", "--json").json
    told = program.ok("why", row["id"]).flat
    assert "Because tester tries it" in told
    assert "Event test channels test" in told


@pytest.mark.usefixtures("paged")
def test_all_of_it_for_machines(program: Program) -> None:
    found = program.ok("why", "EXAMPL", "--json").json
    (ruling,) = found["rulings"]
    assert (ruling["occasion"], ruling["version"], ruling["at"]) == (
        "detected", 1, "2026-03-01T12:00:11Z",
    )  # fmt: skip
    told = {each["channel"]: each for each in ruling["told"]}
    assert [each["status"] for each in told["pagerduty_high"]["deliveries"]] == [
        "failed", "delivered",
    ]  # fmt: skip
    assert told["slack_security"]["routes"] == [
        {"kind": "rule", "name": "rule-example", "words": "the rule rule-example names it"},
        {"kind": "severity", "name": "P1", "words": "the level P1 names it"},
    ]
    assert {each["channel"] for each in ruling["passed_over"]} == {"email_off", "slack_p0", "gone"}
    assert [each["by"] for each in found["answers"]] == ["ana"]
    assert found["incident"] == {
        "severity": "P1", "status": "acknowledged", "rule_id": "rule-example",
    }  # fmt: skip


@pytest.mark.usefixtures("paged")
def test_a_name_of_nothing_and_of_many_is_refused(program: Program) -> None:
    nothing = program.run("why", "zzz")
    assert nothing.status == 1
    assert "there is no incident or delivery zzz" in nothing.err
    many = program.run("why", "-")
    assert many.status == 1
    assert "could be any of 4 incidents or deliveries" in many.err
