"""`tocsin obligations` and `tocsin fulfil`: what is required is seen, and seen to."""

from tests.integration.cli.conftest import Program, configure
from tests.support.told_incident import Story


def test_what_is_required_and_how_it_is_fulfilled(program: Program, story: Story) -> None:
    assert "1 requires" not in program.ok("obligations").out
    assert "1 incident requires what no worker has noted yet" in program.ok("obligations").out
    story.keep_time(2)
    told = program.ok("obligations").flat
    assert "overdue P1 EXAMPL immediate_response tocsin ack EXAMPL" in told
    assert "overdue P1 EXAMPL war_room tocsin fulfil EXAMPL war_room" in told
    shown = program.ok("show", "EXAMPL").flat
    assert "Required immediate_response by 2026-03-01 12:05:12Z (late by" in shown
    rows = program.ok("obligations", "--json").json
    assert [(row["name"], row["state"], row["deadline"]) for row in rows] == [
        ("immediate_response", "overdue", "2026-03-01T12:05:12Z"),
        ("war_room", "overdue", "2026-03-01T12:15:12Z"),
    ]


def test_a_person_fulfils_one(program: Program, story: Story) -> None:
    story.keep_time(2)
    done = program.ok("fulfil", "EXAMPL", "war_room", "--by", "ana", "--reason", "we meet")
    assert done.out == "P1 INC-20260301-EXAMPL war_room is fulfilled: Example\n"
    assert "war_room" not in program.ok("obligations").out
    assert "fulfilled P1 EXAMPL war_room" in program.ok("obligations", "--all").flat
    assert "Fulfilled: war room (says ana)" in program.ok("timeline", "EXAMPL").out
    again = program.run("fulfil", "EXAMPL", "war_room")
    assert (again.status, again.out) == (1, "")
    assert "does not require war_room any more; it requires immediate_response" in again.err


def test_who_has_done_it_already_is_not_asked_again(program: Program, story: Story) -> None:
    story.keep_time(2)
    story.acknowledge("ana", 60)
    assert "ana; a worker notes it: tocsin work" in program.ok("obligations").out


def test_nothing_is_required_of_nothing(program: Program) -> None:
    assert "Nothing is required now." in program.ok("obligations").out
    assert program.ok("obligations", "--json").json == []


def test_a_broken_configuration_hides_nothing(program: Program, story: Story) -> None:
    story.keep_time(2)
    configure(program, "severity_levels: [", "severity-levels.yaml")
    told = program.ok("obligations").out
    assert "war_room" in told
    assert "The configuration has mistakes" in told
