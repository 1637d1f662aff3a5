"""What the views say of runbooks being carried out, on each database."""

import pytest

from domain.provenance import Act
from domain.runbook import by_person, by_worker
from domain.runbook.by_worker import Claim, Failure
from domain.runbook.execution import RunbookExecution
from infrastructure.views.database import ViewDatabase
from infrastructure.views.follower import Follower
from infrastructure.views.queries import SqlViews
from tests.support.runbooks import (
    EXECUTION,
    INCIDENT,
    START,
    a_runbook,
    act,
    an_incident,
    automated,
    manual,
    pinned,
    started,
)
from tests.unit.projections.histories import MemoryLog

OTHER = "RUN-OTHERS-BBBBBBBB"
ELSEWHERE = "INC-20260301-OTHERS"


def elsewhere(what: Act) -> Act:
    """The same about another incident."""
    return Act(what.provenance.model_copy(update={"correlation": ELSEWHERE}), what.at)


@pytest.fixture
def log() -> MemoryLog:
    """An execution that waits for ana, and one of another incident that was aborted."""
    waiting = started(
        automated(), manual(assignee="ana", timeout="1h", instructions="Call them."), by="carol"
    )
    by_worker.claim(waiting, "scan", Claim("worker-1", {}), act(1))
    by_worker.succeed(waiting, "scan", 1, {}, act(2))
    by_worker.assign(waiting, "rotate", "Call them.", act(3))
    runbook = a_runbook(automated(), runbook_id="other")
    over = RunbookExecution.start(OTHER, ELSEWHERE, pinned(runbook), elsewhere(act(4)))
    by_person.abort(over, "enough", elsewhere(act(5, by="ben")))
    log = MemoryLog()
    log.record(an_incident(), waiting, over)
    return log


@pytest.fixture
def views(database: ViewDatabase, log: MemoryLog) -> SqlViews:
    Follower(database, log).catch_up()
    return SqlViews(database, log)


def test_what_is_over_is_left_out_unless_asked_for(views: SqlViews) -> None:
    assert [row.id for row in views.executions()] == [EXECUTION]
    assert [row.id for row in views.executions(also_over=True)] == [OTHER, EXECUTION]
    assert views.executions(ELSEWHERE) == []


def test_a_row_says_how_far_it_is_and_who_is_waited_for(views: SqlViews) -> None:
    (row,) = views.executions(INCIDENT)
    assert (row.steps_done, row.steps, row.step_id) == (1, 2, "rotate")
    assert (row.waiting, row.waiting_for) == ("task", ["ana"])
    assert row.instructions == "Call them."
    assert row.started_by == "carol"
    assert row.deadline is not None
    assert (row.deadline - START).total_seconds() == 3603


@pytest.mark.parametrize("part", [EXECUTION, "aaaaaaaa", "AAAAAAAA", "run-exampl"])
def test_an_execution_is_found_by_any_part_of_its_id(views: SqlViews, part: str) -> None:
    assert views.find_execution(part) == [EXECUTION]


def test_what_happens_in_it_is_told_with_its_incident(views: SqlViews) -> None:
    told = [row.sentence for row in views.timeline(INCIDENT)]
    assert told[1:] == [
        "Runbook 'The runbook-1' started by carol (runbook-1)",
        "Step 'Scan' started",
        "Step 'Scan' succeeded",
        "Step 'Rotate' waits for ana",
    ]
    assert len(views.timeline(ELSEWHERE)) == 2


def test_a_failure_waits_for_a_decision_until_somebody_decides(
    database: ViewDatabase,
) -> None:
    execution, log = started(automated()), MemoryLog()
    by_worker.claim(execution, "scan", Claim("worker-1", {}), act(1))
    by_worker.fail(execution, "scan", 1, Failure("no such key"), act(2))
    log.record(execution)
    Follower(database, log).catch_up()
    (row,) = SqlViews(database, log).executions()
    assert (row.waiting, row.why, row.steps_done) == ("decision", "no such key", 0)
    by_person.retry(execution, "scan", act(3, by="ana"))
    log.record(execution)
    Follower(database, log).catch_up()
    (row,) = SqlViews(database, log).executions()
    assert (row.waiting, row.why, row.steps_done) == (None, "", 0)
