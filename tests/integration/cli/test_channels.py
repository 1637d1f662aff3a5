"""`tocsin channels`: what there is, what only is named, and whether it works."""

import json

import pytest

from tests.integration.cli.conftest import Program, configure
from tests.support.loopback_server import Heard, Reply, answering
from tests.support.told_incident import Story

CHANNELS = """
channels:
  - id: slack_security
    type: slack
    config: { webhook_url: "${SLACK_URL}" }
    to: ["#security"]
    filters: { minSeverity: P2, categories: [data_leak] }
    retry: { attempts: 1 }
  - id: slack_off
    type: slack
    enabled: false
    config: { webhook_url: "${SLACK_URL}" }
    fallback: slack_security
"""
ALLOW = "allow: [127.0.0.0/8]"


def test_channels_with_what_came_of_their_messages(program: Program, story: Story) -> None:
    configure(program, CHANNELS)
    planned = story.route()
    story.deliver(planned["detected slack_security"], 2)
    story.fail(planned["detected pagerduty_high"], 3)
    listed = program.ok("channels").flat
    assert "CHANNEL TYPE STATE SENT LAST FAILED" in listed
    assert "slack_security slack on 1 " in listed
    assert "to #security; takes P2 and worse, data_leak" in listed
    assert "slack_off slack off if it fails, slack_security" in listed
    assert "pagerduty_high missing 1 not in channels.yaml, but named by " in listed
    rows = {row["id"]: row for row in program.ok("channels", "list", "--json").json}
    assert rows["slack_security"]["last_delivered_at"] == "2026-03-01T12:00:13Z"
    assert rows["slack_security"]["by_status"] == {"delivered": 1}
    assert rows["pagerduty_high"]["state"] == "missing"
    assert "level P1" in rows["pagerduty_high"]["named_by"]
    assert any(by.startswith("rule ") for by in rows["slack_security"]["named_by"])
    assert "webhook" not in json.dumps(rows)


def test_no_channel_at_all_is_said(program: Program) -> None:
    told = program.ok("channels").out
    assert "No channel is on, so nobody is told of anything" in told


def test_a_mistake_in_the_channels_is_told_and_one_elsewhere_is_not(program: Program) -> None:
    configure(program, "channels: [{ id: x, type: nope }]")
    broken = program.run("channels")
    assert broken.status == 2
    assert "there is no type nope" in broken.err
    configure(program, CHANNELS)
    configure(program, "sources: [", "sources.yaml")
    assert "slack_security" in program.ok("channels").out


@pytest.mark.parametrize("channel", ["slack_off", "nope"])
def test_what_cannot_be_tried_is_refused(program: Program, channel: str) -> None:
    configure(program, CHANNELS)
    refused = program.run("channels", "test", channel)
    assert (refused.status, refused.out) == (1, "")
    assert channel in refused.err


def test_a_channel_is_tried_at_once_and_nothing_else_is_sent(
    program: Program, story: Story
) -> None:
    heard: list[Heard] = []

    def answer(request: Heard) -> Reply:
        heard.append(request)
        return Reply(200, b"ok")

    story.route()
    with answering(answer) as server:
        configure(program, CHANNELS)
        program.patch.setenv("SLACK_URL", f"{server.url}/hook")
        configure(program, ALLOW, "outgoing.yaml")
        told = program.ok("channels", "test", "slack_security", "--by", "ben")
    assert "Delivered by slack_security" in told.out
    (request,) = heard
    assert b"ben tries the channel slack_security" in request.body
    waiting = program.ok("deliveries", "list", "--status", "waiting", "--json").json
    assert {row["channel"] for row in waiting} == {"slack_security", "pagerduty_high"}


def test_a_channel_that_does_not_work_says_why(program: Program) -> None:
    with answering(lambda _: Reply(404, b"no_service")) as server:
        configure(program, CHANNELS)
        program.patch.setenv("SLACK_URL", f"{server.url}/hook")
        configure(program, ALLOW, "outgoing.yaml")
        failed = program.run("channels", "test", "slack_security")
    assert failed.status == 1
    assert "tocsin: not delivered by slack_security: " in failed.err
    assert "404" in failed.err
    assert "Correct that, then: tocsin channels test slack_security" in failed.err
    assert "could not be delivered" not in program.ok("incidents").out
