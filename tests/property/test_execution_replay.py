"""An execution replayed from its events is the execution that triggered them; so is its view."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st

from application.projections.executions import EXECUTIONS, TABLE
from application.projections.projection import Rows, project
from domain.provenance import Act
from domain.runbook import by_person, by_worker
from domain.runbook.by_worker import Claim, Failure
from domain.runbook.errors import ExecutionError
from domain.runbook.execution import RunbookExecution
from domain.runbook.progress import UNDECIDED
from tests.support.runbooks import (
    EXECUTION,
    INCIDENT,
    a_runbook,
    act,
    automated,
    inner,
    manual,
    pinned,
)
from tests.unit.projections.histories import MemoryLog

Decide = Callable[[RunbookExecution, Act], object]

SMALL = a_runbook(automated("only"), runbook_id="small")
STEPS = ("retried", "approved", "manual", "sub", "last")
RUNBOOK = a_runbook(
    automated("retried", retry={"attempts": 2, "backoff": "1s"}, on_failure="continue"),
    automated("approved", requires_approval=True, on_failure="abort"),
    manual("manual", outputs=["key"], timeout="1m"),
    inner("sub", "small"),
    automated("last"),
    completion={"require_review": True},
)


def of_step(decide: Callable[..., object], *arguments: Any) -> Callable[[str], Decide]:
    """Make a decision about a step; where it takes the attempt, the one that counts."""

    def about(step_id: str) -> Decide:
        def do(execution: RunbookExecution, when: Act) -> None:
            given_ = [
                execution.progress[step_id].attempt if each is ATTEMPT else each
                for each in arguments
            ]
            decide(execution, step_id, *given_, when)

        return do

    return about


ATTEMPT = object()
OF_STEP = (
    of_step(by_worker.claim, Claim("worker-1", {"a": 1})),
    of_step(by_worker.take_over, "worker-2"),
    of_step(by_worker.succeed, ATTEMPT, {"count": 1}),
    of_step(by_worker.fail, ATTEMPT, Failure("no", passing=True)),
    of_step(by_worker.fail, ATTEMPT, Failure("never", late=True)),
    of_step(by_worker.lose, ATTEMPT, "it ended"),
    of_step(by_worker.refuse_to_start, "no value"),
    of_step(by_worker.skip, "not needed"),
    of_step(by_worker.ask),
    of_step(by_worker.assign, "Do it."),
    of_step(by_worker.time_out, "late"),
    of_step(by_worker.begin_inner, "RUN-EXAMPL-INNER"),
    of_step(by_person.grant),
    of_step(by_person.refuse),
    of_step(by_person.complete_task, {"key": "k"}, "done"),
    of_step(by_person.complete_task, {}, "done"),
    of_step(by_person.skip, "skipped"),
    of_step(by_person.retry),
)
OF_ALL: tuple[Decide, ...] = (
    by_worker.complete,
    by_person.pause,
    by_person.resume,
    lambda execution, when: by_worker.hold(execution, "it lacks something", when),
    lambda execution, when: by_person.abort(execution, "enough", when),
    lambda execution, when: by_person.review(execution, {"ana"}, "fine", when),
)

decisions = st.one_of(
    st.tuples(st.sampled_from(OF_STEP), st.sampled_from(STEPS)).map(lambda each: each[0](each[1])),
    st.sampled_from(OF_ALL),
)


def usual(execution: RunbookExecution, when: Act) -> None:
    """Do what a worker and a person would do next, so that histories come to an end."""
    step = execution.current_step
    if step is None:
        by_worker.complete(execution, when)
        return
    status = execution.progress[step.id].status
    if status in UNDECIDED | {"assigned"}:
        by_person.skip(execution, step.id, "skipped", when)
    elif status == "running":
        by_worker.succeed(execution, step.id, execution.progress[step.id].attempt, {}, when)
    elif status == "asked":
        by_person.grant(execution, step.id, when)
    elif step.type == "manual":
        by_worker.assign(execution, step.id, "Do it.", when)
    elif step.type == "runbook":
        by_worker.begin_inner(execution, step.id, "RUN-EXAMPL-INNER", when)
    elif step.requires_approval and not execution.progress[step.id].approved:
        by_worker.ask(execution, step.id, when)
    else:
        by_worker.claim(execution, step.id, Claim("worker-1", {}), when)


def lived(taken: Sequence[Decide]) -> RunbookExecution:
    execution = RunbookExecution.start(EXECUTION, INCIDENT, pinned(RUNBOOK, SMALL), act())
    for number, decide in enumerate(taken):
        with suppress(ExecutionError):
            decide(execution, act(10 * number, by="ana" if number % 2 else ""))
    return execution


def replayed(history: Sequence[Any]) -> RunbookExecution:
    execution: RunbookExecution | None = None
    for happened in history:
        execution = happened.mutate(execution)
    assert execution is not None
    return execution


def state_of(execution: RunbookExecution) -> dict[str, Any]:
    return {name: value for name, value in vars(execution).items() if name != "_pending_events"}


histories = st.lists(decisions | st.just(usual), min_size=1, max_size=40).map(lived)


@given(histories)
def test_replaying_events_that_were_written_down_gives_the_same_execution(
    execution: RunbookExecution,
) -> None:
    history: list[Any] = [
        type(one).model_validate_json(one.model_dump_json())  # type: ignore[attr-defined]
        for one in execution.pending_events
    ]
    event(f"{execution.status}, events: {min(20, len(history) // 5 * 5)}")
    assert state_of(replayed(history)) == state_of(execution)


@given(histories, decisions)
def test_a_refused_decision_leaves_everything_as_it_was(
    execution: RunbookExecution, decide: Decide
) -> None:
    before, count = state_of(replayed(execution.pending_events)), len(execution.pending_events)
    try:
        decide(execution, act(10_000, by="ben"))
    except ExecutionError:
        assert len(execution.pending_events) == count
        assert state_of(execution) == before


@given(histories)
def test_no_step_starts_before_all_that_stand_before_it_are_done_with(
    execution: RunbookExecution,
) -> None:
    order = [step.id for step in execution.runbook.steps]
    final = [execution.progress[step_id].is_final for step_id in order]
    begun = [execution.progress[step_id].attempt > 0 for step_id in order]
    for at, is_begun in enumerate(begun):
        assert not is_begun or all(final[:at])


@given(histories, st.integers(0, 60))
def test_the_view_says_what_the_execution_says_however_the_log_is_cut(
    execution: RunbookExecution, cut: int
) -> None:
    log = MemoryLog()
    log.record(execution)
    rows = Rows()
    project(log.records[:cut], [(EXECUTIONS, rows)])
    later = Rows({TABLE: dict(rows.changed.get(TABLE, {}))})
    project(log.records[cut:], [(EXECUTIONS, later)])
    row = (later.changed.get(TABLE) or rows.changed[TABLE])[execution.id]
    assert row["version"] == execution.version
    assert row["steps_done"] == _done(execution)
    paused = execution.is_paused and not execution.ended
    running = "paused" if paused else "running"
    assert row["status"] == (execution.ended or running)
    if execution.status == "undecided":
        assert row["waiting"] == "decision"


def _done(execution: RunbookExecution) -> int:
    return sum(progress.is_final for progress in execution.progress.values())
