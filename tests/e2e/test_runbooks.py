"""`tocsin runbooks`: those in use are listed and told, and playbooks of others are brought in."""

import json
from pathlib import Path

from tests.support.command import Command
from tests.support.playbooks import a_playbook, action, http


def test_the_runbooks_in_use_are_listed(tocsin_on_a_file: Command) -> None:
    (row,) = tocsin_on_a_file.ok("runbooks", "list", "--json").json
    assert row == {
        "id": "runbook-secret-exposure",
        "name": "Secret Exposure Response",
        "steps": 6,
        "triggers": ["secret_detected_in_commit", "secret_detected_in_output"],
        "rules": ["rule-secret-in-output"],
        "digest": row["digest"],
    }
    table = tocsin_on_a_file.run("runbooks", "list", env={"COLUMNS": "200"}).out.splitlines()
    assert table[0].split() == ["ID", "NAME", "STEPS", "TRIGGERS", "RULES"]
    assert table[1].split()[-1] == "rule-secret-in-output"


def test_a_runbook_is_told_step_by_step(tocsin_on_a_file: Command) -> None:
    told = tocsin_on_a_file.ok("runbooks", "show", "secret").out
    assert max(map(len, told.splitlines())) <= 80
    for line in (
        "  1. Block offending commit  step-1\n     By itself: git_revert, at most 5m, 1 attempt\n",
        "     If it fails: goes on with the next step\n",
        "     By hand, for security_team\n       1. Sign in to {{incident.context.service}}",
        "When all is done: security_lead has to review it before",
    ):
        assert line in told
    written = tocsin_on_a_file.ok("runbooks", "show", "runbook-secret-exposure", "--json").json
    assert written["steps"][0]["parameters"] == {"commit": "{{incident.context.commit_sha}}"}
    unknown = tocsin_on_a_file.run("runbooks", "show", "nothing")
    assert (unknown.status, unknown.out) == (1, "")
    assert unknown.err.startswith("tocsin: there is no runbook nothing\n")


def test_everything_that_a_step_can_say_is_told(tocsin_on_a_file: Command) -> None:
    tocsin = tocsin_on_a_file
    tocsin.ok("init", "conf")
    (tocsin.folder / "conf" / "runbooks" / "full.yaml").write_text("""\
runbook:
  id: full
  name: Full
  steps:
    - { id: a, name: A, type: manual, instructions: Do it., timeout: 1h, outputs: [x] }
    - id: b
      name: B
      type: runbook
      runbook: runbook-secret-exposure
      on_failure: abort
      requires_approval: true
      when:
        - not: { field: steps.a.output.x, operator: exists, value: false }
        - any:
            - { field: incident.severity, operator: in, value: [P0, P1] }
            - all: [{ field: incident.facts.affected_users, operator: gt, value: 5 }]
  completion: { auto_close: true }
""")
    config = {"TOCSIN_CONFIG": str(tocsin.folder / "conf")}
    told = tocsin.run("runbooks", "show", "full", env={**config, "COLUMNS": "200"}).out
    assert "By hand, within 1h\n" in told
    assert "Gives later steps: x\n" in told
    assert "Runs the runbook runbook-secret-exposure\n" in told
    assert (
        "Only when not (steps.a.output.x is missing); and (incident.severity is one of "
        '["P0", "P1"] or (incident.facts.affected_users > 5))\n'
    ) in told
    assert "Begins after somebody else has approved it\n" in told
    assert "If it fails: ends the runbook\n" in told
    assert told.endswith("When all is done: the incident is resolved and closed\n")
    ambiguous = tocsin.run("runbooks", "show", "u", env=config)
    assert (ambiguous.status, "could be any of 2 runbooks" in ambiguous.err) == (1, True)


def test_a_playbook_is_imported_checked_and_never_overwritten(tocsin_on_a_file: Command) -> None:
    tocsin = tocsin_on_a_file
    playbook = a_playbook({"a--1": action("end--1", http(), name="Ask")}, labels=["\x1b[2J\u202e"])
    (tocsin.folder / "p.json").write_text(json.dumps(playbook))
    printed = tocsin.ok("runbooks", "import", "p.json").out
    assert printed.startswith("# Made of the CACAO 2.0 playbook playbook--1 (p.json).\n#\n")
    assert printed.isascii()
    wrote = tocsin.ok("runbooks", "import", "p.json", "--to", "new/runbooks")
    path = Path("new/runbooks/playbook--1.yaml")
    assert wrote.out.startswith(f"Wrote {path}.\nWhat is different from the playbook, or not in it")
    assert "\x1b" not in wrote.out
    assert (tocsin.folder / path).read_text() == printed
    checked = tocsin.ok("rules", "check", path).out.splitlines()
    assert checked[-1].startswith("1 good runbook; 0 mistakes, ")
    again = tocsin.run("runbooks", "import", "p.json", "--to", "new/runbooks")
    assert (again.status, again.out) == (1, "")
    assert "nothing is overwritten" in again.err


def test_what_cannot_be_imported_is_refused_with_what_and_where(tocsin_on_a_file: Command) -> None:
    tocsin = tocsin_on_a_file
    for name, workflow, status, said in (
        ("pong", {"a--1": action("end--1", {"type": "pong"})}, 1, "does what no runbook can do:"),
        ("lost", {"a--1": action("b--1")}, 2, "is no valid CACAO 2.0 playbook:"),
    ):
        (tocsin.folder / name).write_text(json.dumps(a_playbook(workflow)))
        refused = tocsin.run("runbooks", "import", name, "--to", "out")
        assert (refused.status, refused.out) == (status, "")
        first, second = refused.err.splitlines()
        assert first == f"tocsin: {name} {said}"
        assert second.startswith("  $.workflow['a--1'].")
    assert not (tocsin.folder / "out").exists()
    assert tocsin.run("runbooks", "import", "missing").status == 2
