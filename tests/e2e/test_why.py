"""From a log to the answer why nobody was told, on each kind of database."""

from pathlib import Path

from tests.support.command import Command


def test_why_nobody_was_told(tocsin: Command, log: Path) -> None:
    nothing = tocsin.run("why", "x")
    assert (nothing.status, nothing.out) == (1, "")
    assert "there is no incident or delivery x" in nothing.err
    tocsin.ok("ingest", log)
    (part,) = (
        row["id"][-6:]
        for row in tocsin.ok("incidents", "--category", "authentication_failure", "--json").json
    )
    before = " ".join(tocsin.ok("why", part).out.split())
    assert "No worker has ever run on this database. Start one: tocsin work" in before
    tocsin.ok("work", "--once")
    after = tocsin.ok("why", part)
    told = " ".join(after.out.split())
    assert "Told nobody" in told
    assert "- slack_security: not told, it is switched off in channels.yaml" in told
    assert "Take `enabled: false` away, then: tocsin channels test slack_" in told
    assert "No worker" not in told
    assert max(map(len, after.out.splitlines())) <= 80
    found = tocsin.ok("why", part, "--json").json
    assert (len(found["rulings"]), found["undecided"], found["a_worker_has_run"]) == (1, [], True)
    assert "Nothing is left to be delivered." in tocsin.ok("deliveries").out
    refused = tocsin.run("channels", "test", "slack_security")
    assert (refused.status, "is switched off" in refused.err) == (1, True)
