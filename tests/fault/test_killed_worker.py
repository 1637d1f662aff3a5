"""A worker that is killed runs no step twice unless that is as good as once, and forgets none."""

import random
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from application.commands.incidents import Order
from domain.runbook.execution import RunbookExecution
from tests.conftest import SOAK
from tests.support.carrying import RUNBOOK, Carrying, Counting, write_runbooks
from tests.support.loopback_server import answering

EXECUTIONS = 50 if SOAK else 16
KILLS = 100 if SOAK else 12
FOUR, MANY = 4, (500 if SOAK else 60)
STEPS = ("first", "plain", "second")
PATIENCE = 600


def _post(step_id: str, url: str) -> dict[str, Any]:
    where = f"{url}/{step_id}/{{{{ incident.id }}}}"
    return {
        "id": step_id, "name": step_id.title(), "type": "automated", "action": "http_request",
        "timeout": "20s", "parameters": {"method": "POST", "url": where, "body": {"a": step_id}},
    }  # fmt: skip


def _carrying(tmp_path: Path, database: str, keyed: str, plain: str) -> Carrying:
    steps = [_post("first", keyed), _post("plain", plain), _post("second", keyed)]
    runbook = {"id": RUNBOOK, "name": "Three requests", "steps": steps}
    config = write_runbooks(
        tmp_path / "config", [runbook], {"http_request": {"idempotent_hosts": [keyed]}}
    )
    return Carrying(tmp_path, config, database)


def test_killed_again_and_again_every_effect_happens_once_or_waits_for_a_person(
    tmp_path: Path, database_url: str
) -> None:
    keyed, plain, chance = Counting(delay=0.01), Counting(delay=0.01), random.Random()
    with answering(keyed) as one, answering(plain) as other:
        made = _carrying(tmp_path, database_url, one.url, other.url)
        incidents = made.detect(EXECUTIONS)
        killed = 0
        for _ in range(KILLS):
            process = made.start_worker()
            time.sleep(chance.uniform(0.5, 1.5))
            process.send_signal(signal.SIGKILL)
            killed += process.wait() == -signal.SIGKILL
            assert process.stderr is not None
            assert process.stderr.read() == b""
            process.stderr.close()
        assert killed > 0
        made.work()
        _check(made, incidents, keyed, plain)
        _decide_what_nobody_knows(made)
        made.work()
        _check(made, incidents, keyed, plain)
    assert {each.status for each in made.executions()} == {"completed"}


def _check(made: Carrying, incidents: list[str], keyed: Counting, plain: Counting) -> None:
    executions = made.executions()
    assert sorted(each.incident_id for each in executions) == sorted(incidents)
    for execution in executions:
        assert execution.status in {"completed", "undecided"}
        for step_id in ("first", "second"):
            # The server does it once for each key, however often it is asked.
            done = execution.progress[step_id].status == "succeeded"
            keys = keyed.keys.get(f"/{step_id}/{execution.incident_id}", set())
            assert len(keys) <= 1
            assert not done or len(keys) == 1
        _check_plain(execution, plain.calls.get(f"/plain/{execution.incident_id}", 0))
    _check_order(keyed.order + plain.order, executions)


def _check_plain(execution: RunbookExecution, calls: int) -> None:
    progress = execution.progress["plain"]
    assert calls <= 1
    if progress.status == "succeeded" and progress.worker is not None and not progress.needs:
        assert calls == 1 or progress.output == {"checked": "by hand"}
    if execution.status == "undecided":
        assert progress.status == "unknown"


def _check_order(order: list[str], executions: list[RunbookExecution]) -> None:
    for execution in executions:
        statuses = [execution.progress[step_id].status for step_id in STEPS]
        done = [status in {"succeeded", "skipped"} for status in statuses]
        assert done == sorted(done, reverse=True)
    assert order


def _decide_what_nobody_knows(made: Carrying) -> None:
    with made.case.tocsin() as tocsin:
        for execution in made.executions():
            if execution.status == "undecided":
                order = Order(by="ana", id=f"done {execution.id}", reason="looked at the server")
                stated = {"checked": "by hand"}
                tocsin.executions.complete(execution.id, "plain", order, stated)


def test_four_workers_share_what_there_is_to_do(tmp_path: Path, postgres_url: str) -> None:
    keyed, plain = Counting(), Counting()
    with answering(keyed) as one, answering(plain) as other:
        made = _carrying(tmp_path, postgres_url, one.url, other.url)
        incidents = made.detect(MANY)
        workers = [made.start_worker() for _ in range(FOUR)]
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and not _all_over(made, MANY):
            time.sleep(1.0)
        for worker in workers:
            worker.send_signal(signal.SIGTERM)
        assert [worker.communicate(timeout=60)[1] for worker in workers] == [b""] * FOUR
        assert [worker.returncode for worker in workers] == [0] * FOUR
    executions = made.executions()
    assert sorted(each.incident_id for each in executions) == sorted(incidents)
    assert {each.status for each in executions} == {"completed"}
    for counting in (keyed, plain):
        assert set(counting.calls.values()) == {1}
    shares = {step.worker for each in executions for step in each.progress.values()}
    assert len(shares) == FOUR


def _all_over(made: Carrying, count: int) -> bool:
    with made.case.tocsin() as tocsin:
        tocsin.catch_up()
        rows = tocsin.views.executions(also_over=True)
    return len(rows) == count and all(row.status == "completed" for row in rows)


@pytest.mark.parametrize("grace", ["10s", "1s"])
def test_told_to_stop_it_ends_within_its_grace(tmp_path: Path, sqlite_url: str, grace: str) -> None:
    slow = Counting(delay=3.0)
    with answering(slow) as server:
        made = _carrying(tmp_path, sqlite_url, server.url, server.url)
        made.detect(1)
        worker = made.start_worker("--grace", grace)
        while not slow.order:
            time.sleep(0.05)
        begun = time.monotonic()
        worker.send_signal(signal.SIGTERM)
        assert worker.communicate(timeout=60)[1] == b""
        took = time.monotonic() - begun
    assert worker.returncode == 0
    (execution,) = made.executions()
    status = execution.progress["first"].status
    # Within its grace it waits for what it began; what takes longer the next worker finds.
    assert (status, took < 8) == (("succeeded" if grace == "10s" else "running"), True)
