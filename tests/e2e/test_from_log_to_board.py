"""From a log to the board, and from the board to the end of an incident."""

import gzip
from pathlib import Path

from tests.support.command import Command


def opened(tocsin: Command, log: Path) -> dict[str, str]:
    """Read the log; give the incidents' ids by rule."""
    tocsin.ok("ingest", log)
    return {row["rule_id"]: row["id"] for row in tocsin.ok("incidents", "--json").json}


def test_a_log_is_read_and_told_of(tocsin: Command, log: Path) -> None:
    totals = tocsin.ok("ingest", log, "--json").json
    assert (totals["lines"], totals["rejected"]) == (15, 2)
    assert len(totals["opened"]) == 2

    board = tocsin.ok("incidents").out
    assert "P1" in board.splitlines()[1]
    assert "203.0.113.66" in board
    assert "2 incidents: 1 P1, 1 P2; 2 not acknowledged" in board
    assert tocsin.ok("ingest", log).out == f"{log}: nothing new to read.\n"

    letters = tocsin.ok("dead-letters").out
    assert "2 lines could not be read." in letters
    assert "audit  line 6, byte" in letters
    assert "not JSON" in letters
    assert tocsin.ok("dead-letters", "--limit", "1", "--json").json[0]["line"] == 7

    (source,) = tocsin.ok("sources", "--json").json
    assert (source["name"], source["lines"], source["rejected"]) == ("audit", 15, 2)
    rules = {row["id"]: row for row in tocsin.ok("rules", "list", "--json").json}
    assert rules["rule-auth-brute-force"]["incidents"] == 1
    assert rules["rule-auth-brute-force"]["changed_by"] == "tester"


def test_an_incident_is_seen_through_to_its_end(tocsin: Command, log: Path) -> None:
    whole = opened(tocsin, log)["rule-auth-brute-force"]
    part = whole[-6:].lower()
    assert "is acknowledged by ana" in tocsin.ok("ack", part, "--by", "ana").out
    again = tocsin.run("ack", whole)
    assert (again.status, again.out) == (1, "")
    assert "acknowledged by ana before" in again.err
    assert "is investigating" in tocsin.ok("investigate", part).out
    assert "has a new note" in tocsin.ok("note", part, "the \x1b[31mkey").out
    assert "assigned to bob" in tocsin.ok("assign", part, "bob").out
    raised = tocsin.ok("assess", part, "affectedUsers=20000", "data_at_risk=yes").out
    assert raised.startswith("P0 ")
    assert tocsin.run("close", part).status == 1
    assert "is resolved" in tocsin.ok("resolve", part, "--reason", "blocked").out
    assert "closed as resolved" in tocsin.ok("close", part).out
    assert whole not in tocsin.ok("incidents", "--json").out
    assert "is detected" in tocsin.ok("reopen", part).out
    assert "closed as false alarm" in tocsin.ok("close", part, "--as", "false-alarm").out

    story = [row["kind"].partition(".")[2] for row in tocsin.ok("timeline", part, "--json").json]
    assert story == [
        "detected", "signals_attached", "acknowledged", "investigation_started", "noted",
        "assigned", "facts_assessed", "severity_changed", "resolved", "closed", "reopened",
        "closed",
    ]  # fmt: skip
    told = tocsin.ok("timeline", part).out
    assert "Acknowledged by ana" in told
    assert "Why: blocked" in told
    shown = tocsin.ok("show", part)
    assert "P0  " + whole in shown.out
    assert "affected_users = 20,000" in shown.out
    assert "tocsin reopen" in shown.out
    assert tocsin.ok("show", part, "--json").json["outcome"] == "false_alarm"


def test_the_board_is_filtered(tocsin: Command, log: Path) -> None:
    ids = opened(tocsin, log)
    brute, secret = ids["rule-auth-brute-force"], ids["rule-secret-in-output"]

    def shown(*asked: str) -> set[str]:
        return {row["id"] for row in tocsin.ok("incidents", "--json", *asked).json}

    assert shown("--severity", "p1") == {secret}
    assert shown("--category", "data_leak,data_leak", "--status", "all") == {secret}
    assert shown("--rule", "rule-auth-brute-force", "--since", "2026-03-10") == {brute}
    assert shown("--until", "2026-03-10T03:00:30Z") == {brute}
    assert shown("--since", "1h") == set()
    assert shown("--label", "address=203.0.113.66", "--label", "team=security") == {brute}
    assert shown("--status", "closed,resolved") == set()
    assert shown("--limit", "1") == {secret}
    assert "The first 1 only" in tocsin.ok("incidents", "--limit", "1").out


def test_views_are_built_again_and_told_of(tocsin: Command, log: Path) -> None:
    tocsin.ok("ingest", log)
    before = tocsin.ok("incidents", "--json").out
    assert (
        "Built incidents, timeline"
        in tocsin.ok("projections", "rebuild", "incidents", "timeline").out
    )
    status = {row["name"]: row for row in tocsin.ok("projections", "status", "--json").json}
    assert status["incidents"]["generation"] == 2
    assert status["sources"]["generation"] == 1
    assert all(row["lag"] == 0 for row in status.values())
    assert tocsin.ok("incidents", "--json").out == before


def test_two_files_of_one_format_are_two_sources(tocsin_on_a_file: Command, log: Path) -> None:
    tocsin = tocsin_on_a_file
    tocsin.ok("ingest", log, "--as", "east")
    packed = gzip.compress(log.read_bytes())
    log.with_suffix(".gz").write_bytes(packed)
    tocsin.ok("ingest", log.with_suffix(".gz"), "--as", "west")
    tocsin.ok("ingest", "-", given='{"timestamp": "2026-03-10T05:00:00Z", "action": "x"}')
    found = {row["name"]: row["lines"] for row in tocsin.ok("sources", "--json").json}
    assert found == {"east": 15, "west": 15, "audit": 1}


def test_a_demo_shows_what_it_found_and_what_to_try(tocsin_on_a_file: Command) -> None:
    tocsin = tocsin_on_a_file
    shown = tocsin.ok("demo").out
    assert "The board: the worst first" in shown
    export, *commands = shown.partition("What to try next\n")[2].splitlines()
    database = export.removeprefix("  export TOCSIN_DATABASE=")
    there = Command(tocsin.folder, database)
    for command in commands:
        program, *arguments = (word.strip('"') for word in command.split())
        assert program.endswith("tocsin")
        if "--reason" in arguments:
            arguments = [*arguments[:3], " ".join(arguments[3:])]
        assert there.ok(*arguments).out
    assert "is acknowledged" not in tocsin.ok("demo").out

    (tocsin.folder / "tocsin-demo" / "precious").touch()
    refused = tocsin.run("demo")
    assert refused.status == 1
    assert "no demo of Tocsin" in refused.err
    assert (tocsin.folder / "tocsin-demo" / "precious").exists()
