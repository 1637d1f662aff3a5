"""Runbooks at the command line: who is asked what, and what is answered to whom."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.carrying import RUNBOOK, Carrying, write_runbooks
from tests.support.command import Command, Finished

STEPS: list[dict[str, Any]] = [
    {
        "id": "call", "name": "Call the vendor", "type": "manual", "assignee": "security_team",
        "instructions": "Call +1 555 0100 about {{ incident.id }}.", "outputs": ["ticket"],
    },
    {
        "id": "purge", "name": "Purge the cache", "type": "automated", "action": "command",
        "requires_approval": True,
        "parameters": {"name": "say", "arguments": {"what": "{{ steps.call.output.ticket }}"}},
    },
]  # fmt: skip
COMMANDS = {
    "command": {"allowed": {"say": {"argv": ["echo", "{what}"], "parameters": {"what": {}}}}}
}


@pytest.fixture
def made(tmp_path: Path, sqlite_url: str) -> Carrying:
    """An incident whose runbook has a manual step and one to approve, begun by a worker."""
    runbook = {"id": RUNBOOK, "name": "Call and purge", "steps": STEPS}
    config = write_runbooks(tmp_path / "config", [runbook], COMMANDS)
    carrying = Carrying(tmp_path, config, sqlite_url)
    carrying.detect(1)
    carrying.work()
    return carrying


def run(made: Carrying, *words: str, given: str = "") -> Finished:
    return Command(made.folder, made.database).run(
        *words, given=given, env={"TOCSIN_CONFIG": str(made.config)}
    )


def ok(made: Carrying, *words: str) -> str:
    finished = run(made, *words)
    assert (finished.status, finished.err) == (0, ""), finished
    return finished.out


def last_part(made: Carrying) -> str:
    (execution,) = made.executions()
    return execution.id.rpartition("-")[2]


def test_tasks_are_for_those_who_are_asked_and_others_are_counted(made: Carrying) -> None:
    hidden = ok(made, "tasks", "--for", "mallory")
    assert "1 task for others: tocsin tasks --all" in hidden
    shown = ok(made, "tasks", "--for", "security_team")
    assert "Call +1 555 0100 about INC-20260301-AAAAAA." in shown
    assert f"{last_part(made)}/call" in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_what_a_step_needs_is_asked_for(made: Carrying) -> None:
    refused = run(made, "task", "done", last_part(made))
    assert refused.status == 1
    assert "needs ticket" in refused.err
    assert "--state ticket=…" in refused.err
    unknown = run(made, "task", "done", last_part(made), "--state", "ticket=T-1", "--state", "x=1")
    assert "x is not asked for (it needs ticket)" in unknown.err
    done = ok(made, "task", "done", last_part(made), "--state", "ticket=T-1", "--note", "rang")
    assert "is running; next: Purge the cache" in done


def test_an_approval_takes_somebody_else(made: Carrying) -> None:
    ok(made, "task", "done", last_part(made), "--state", "ticket=T-1")
    made.work()
    assert "to approve" in ok(made, "tasks")
    approved = ok(made, "task", "approve", last_part(made), "--by", "ben")
    assert "is running; next: Purge the cache" in approved
    made.work()
    shown = ok(made, "executions", last_part(made))
    assert "completed" in shown
    assert "T-1" in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_a_runbook_is_not_started_twice_by_accident(made: Carrying) -> None:
    refused = run(made, "run", "AAAAAA", RUNBOOK)
    assert refused.status == 1
    assert "is carrying out runbook-example for INC-20260301-AAAAAA already" in refused.err
    assert "is started for INC-20260301-AAAAAA" in ok(made, "run", "AAAAAA", RUNBOOK, "--again")
    assert len(made.executions()) == 2
    ambiguous = run(made, "task", "abort", "RUN", "--note", "which one?")
    assert "RUN could be any of 2 executions" in ambiguous.err


def test_one_that_does_not_exist_is_named_with_those_that_do(made: Carrying) -> None:
    refused = run(made, "run", "AAAAAA", "runbook-nope")
    assert refused.status == 1
    assert "there is no runbook runbook-nope; configured: runbook-example" in refused.err


def test_the_list_says_where_each_stands(made: Carrying) -> None:
    shown = ok(made, "executions")
    assert "waiting" in shown
    assert "0/2" in shown
    ok(made, "task", "pause", last_part(made))
    assert "paused" in ok(made, "executions")
    ok(made, "task", "resume", last_part(made))
    ok(made, "task", "abort", last_part(made), "--note", "a false alarm")
    assert "No runbook is being carried out." in ok(made, "executions")
    assert "aborted" in ok(made, "executions", "--all")


def test_a_worker_says_what_it_does(made: Carrying) -> None:
    ok(made, "task", "done", last_part(made), "--state", "ticket=T-1")
    ok(made, "work", "--once")
    ok(made, "task", "approve", last_part(made), "--by", "ben")
    said = ok(made, "work", "--once")
    assert "/purge  command …" in said
    assert "/purge  command: done" in said
    assert "Nothing is left to do now." in said


def test_without_a_log_there_is_nothing_to_do(tmp_path: Path) -> None:
    tocsin = Command(tmp_path, f"sqlite:///{tmp_path}/none.db")
    assert "Nothing waits for anybody." in tocsin.ok("tasks").out
    assert "No runbook is being carried out." in tocsin.ok("executions").out
    assert tocsin.run("task", "done", "X").status == 1
