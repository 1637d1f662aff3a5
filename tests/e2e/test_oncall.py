"""Who is on call, at the command line; and whose tasks those of a rotation are."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import dedent

import pytest

from tests.support.carrying import RUNBOOK, Carrying, write_runbooks
from tests.support.command import Command, Finished

RESPONDERS = """\
people:
  ada: { full_name: Ada Ames }
  ben: { full_name: Ben Berg }
  cleo: { full_name: Cleo Cho }
rotations:
  payments:
    description: Answers for the shop's payments
    members: [ada, ben, cleo]
    handoff: weekly
    timezone: Europe/Berlin
    start: 2026-01-05
    overrides:
      - { from: "2026-12-24 09:00", until: "2026-12-26 09:00", person: ben, reason: holidays }
  night:
    members: [cleo]
    handoff: daily
    at: "22:00"
    start: 2026-12-01
"""
HOLIDAYS = "2026-12-25T12:00:00Z"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "responders.yaml").write_text(RESPONDERS)
    return folder


def oncall(config: Path, *words: str) -> Finished:
    tocsin = Command(config.parent, "sqlite:///never-made.db")
    return tocsin.run("oncall", *words, env={"TOCSIN_CONFIG": str(config)})


def shown(config: Path, *words: str) -> str:
    finished = oncall(config, *words)
    assert (finished.status, finished.err) == (0, ""), finished
    assert max(map(len, finished.out.splitlines())) <= 80
    return finished.out


def test_each_rotation_has_its_line(config: Path) -> None:
    assert shown(config, "--at", "2026-11-30T07:59Z") == dedent("""\
        ROTATION  ON CALL  UNTIL                 SECONDARY  NEXT
        payments  ben      2026-11-30 09:00 CET  cleo       cleo
        night     nobody   2026-12-01 22:00 UTC             cleo
        """)
    assert not list(config.parent.glob("*.db"))


def test_who_stands_in_is_shown_with_whom(config: Path) -> None:
    assert shown(config, "--at", HOLIDAYS) == dedent("""\
        ROTATION  ON CALL       UNTIL                 SECONDARY  NEXT
        payments  ben for cleo  2026-12-26 09:00 CET  ada        cleo
        night     cleo          2026-12-25 22:00 UTC             cleo
        """)


def test_the_turns_of_one_are_listed_in_its_own_zone(config: Path) -> None:
    lines = shown(config, "payments", "--at", "2026-12-24T00:00+01:00").splitlines()
    assert lines[:6] == [
        "Answers for the shop's payments",
        "",
        "FROM                  UNTIL                 ON CALL       WHY",
        "2026-12-21 09:00 CET  2026-12-24 09:00 CET  cleo",
        "2026-12-24 09:00 CET  2026-12-26 09:00 CET  ben for cleo  holidays",
        "2026-12-26 09:00 CET  2026-12-28 09:00 CET  cleo",
    ]
    spring = shown(config, "payments", "--at", "2026-03-25")
    assert "2026-03-23 09:00 CET   2026-03-30 09:00 CEST" in spring


def test_machines_are_told_in_utc(config: Path) -> None:
    payments, night = oncall(config, "--at", HOLIDAYS, "--json").json
    assert payments == {
        "rotation": "payments",
        "description": "Answers for the shop's payments",
        "timezone": "Europe/Berlin",
        "on_call": {
            "person": "ben", "since": "2026-12-24T08:00:00Z", "until": "2026-12-26T08:00:00Z",
            "is_override": True, "reason": "holidays", "in_place_of": "cleo",
        },
        "secondary": {
            "person": "ada", "since": "2026-12-24T08:00:00Z", "until": "2026-12-26T08:00:00Z",
        },
        "next": {
            "person": "cleo", "since": "2026-12-26T08:00:00Z", "until": "2026-12-28T08:00:00Z",
            "is_override": False, "reason": "", "in_place_of": None,
        },
    }  # fmt: skip
    assert (night["on_call"]["person"], night["secondary"]) == ("cleo", None)
    turns = oncall(config, "night", "--at", "2026-11-01", "--json").json
    assert [turn["since"] for turn in turns[:2]] == ["2026-12-01T22:00:00Z", "2026-12-02T22:00:00Z"]


def test_now_is_the_time_unless_another_is_named(config: Path) -> None:
    (payments, _) = oncall(config, "--json").json
    turn, at = payments["on_call"], datetime.now(UTC)
    assert datetime.fromisoformat(turn["since"]) <= at + timedelta(minutes=1)
    assert at - timedelta(minutes=1) < datetime.fromisoformat(turn["until"])


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (["shop"], 1, "there is no rotation shop"),
        (["--at", "soon"], 2, "'soon' is no time"),
        (["--at", "9999-12-31"], 2, "at 9999-12-31T00:00:00Z the calendar ends"),
    ],
)
def test_what_cannot_be_shown_is_named(
    config: Path, words: list[str], status: int, told: str
) -> None:
    refused = oncall(config, *words)
    assert (refused.status, refused.out) == (status, "")
    assert told in refused.err


def test_mistakes_are_told_with_their_lines(config: Path) -> None:
    path = config / "responders.yaml"
    path.write_text(RESPONDERS.replace("[ada, ben, cleo]", "[ada, zoe]"))
    refused = oncall(config)
    assert refused.status == 2
    assert "responders.yaml:8:20: rotations.payments.members[1]: there is no person zoe" in (
        refused.err
    )


def test_without_rotations_or_a_configuration_that_is_said(config: Path) -> None:
    (config / "responders.yaml").unlink()
    assert "There are no rotations." in shown(config)
    assert oncall(config, "--json").json == []
    config.rmdir()
    assert "there is no such folder; TOCSIN_CONFIG names it" in oncall(config).err


def test_a_task_of_a_rotation_is_for_who_is_on_call(tmp_path: Path, sqlite_url: str) -> None:
    step = {
        "id": "call", "name": "Call the bank", "type": "manual", "assignee": "payments",
        "instructions": "Call it.",
    }  # fmt: skip
    review = {"require_review": True, "reviewers": ["payments.secondary"]}
    runbook = {"id": RUNBOOK, "name": "Call", "steps": [step], "completion": review}
    config = write_runbooks(tmp_path / "config", [runbook], {})
    started = datetime.now(UTC) - timedelta(days=1)
    (config / "responders.yaml").write_text(
        dedent(f"""\
        people: {{ ada: {{ full_name: Ada }}, ben: {{ full_name: Ben }} }}
        rotations:
          payments:
            members: [ada, ben]
            handoff: weekly
            on: {started:%A}
            at: "00:00"
            start: {started:%Y-%m-%d}
        """).lower()
    )
    made = Carrying(tmp_path, config, sqlite_url)
    made.detect(1)
    made.work()

    def run(*words: str) -> str:
        finished = Command(tmp_path, sqlite_url).run(*words, env={"TOCSIN_CONFIG": str(config)})
        return finished.out + finished.err

    assert "Call the bank" in run("tasks", "--for", "ada")
    assert "1 task for others" in run("tasks", "--for", "ben")
    (execution,) = made.executions()
    last = execution.id.rpartition("-")[2]
    run("task", "done", last, "--by", "ada")
    made.work()
    assert "has to be reviewed by payments.secondary" in run("task", "review", last, "--by", "ada")
    assert "completed" in run("task", "review", last, "--by", "ben")
