"""The life of an execution: given what happened, when something is decided, then these events."""

from datetime import timedelta
from typing import Any

import pytest

from domain.runbook import by_person, by_worker
from domain.runbook.by_worker import Claim, Failure
from domain.runbook.errors import (
    ExecutionEndedError,
    ExecutionError,
    LostClaimError,
    NotAllowedError,
    NotStatedError,
    NotWaitingError,
)
from domain.runbook.execution import RunbookExecution
from domain.runbook.runbook import DEEPEST
from tests.support.runbooks import (
    START,
    a_runbook,
    act,
    automated,
    inner,
    manual,
    new_events,
    pinned,
    started,
)

CLAIM = Claim("worker-1", {"scope": "all"})


def running(*steps: dict[str, Any], **more: Any) -> RunbookExecution:
    """Give an execution whose first step was claimed."""
    execution = started(*steps, **more)
    by_worker.claim(execution, execution.runbook.steps[0].id, CLAIM, act(1))
    return execution


def failed(step: dict[str, Any], *, passing: bool = True) -> list[str]:
    return new_events(
        running(step, automated("next")),
        lambda each: by_worker.fail(each, step["id"], 1, Failure("no", passing), act(2)),
    )


class TestAutomatedSteps:
    def test_a_claim_says_who_until_when_and_under_which_key(self) -> None:
        progress = running(automated(timeout="1m")).progress["scan"]
        assert progress.status == "running"
        assert progress.worker == "worker-1"
        assert progress.until == START + timedelta(seconds=61)
        assert progress.idempotency_key == "RUN-EXAMPL-AAAAAAAA/scan/1"
        assert progress.parameters == {"scope": "all"}

    def test_a_step_that_runs_is_not_claimed_again(self) -> None:
        with pytest.raises(NotWaitingError, match="cannot start: it is running"):
            by_worker.claim(running(), "scan", CLAIM, act(2))

    def test_steps_are_taken_in_order(self) -> None:
        with pytest.raises(NotWaitingError):
            by_worker.claim(started(automated("a"), automated("b")), "b", CLAIM, act(2))

    def test_success_gives_later_steps_its_output(self) -> None:
        execution = running(automated(), automated("next"))
        by_worker.succeed(execution, "scan", 1, {"count": 2}, act(2))
        assert execution.progress["scan"].output == {"count": 2}
        assert execution.current_step is not None
        assert execution.current_step.id == "next"

    @pytest.mark.parametrize(
        ("on_failure", "events"),
        [
            ("continue", ["StepFailed"]),
            ("escalate", ["StepFailed", "Escalated"]),
            ("abort", ["StepFailed", "Aborted"]),
            ("retry", ["StepFailed", "StepRetried"]),
        ],
    )
    def test_a_failure_leads_to_what_its_author_says(
        self, on_failure: str, events: list[str]
    ) -> None:
        assert failed(automated(on_failure=on_failure)) == events

    def test_a_failure_that_cannot_pass_is_not_tried_again(self) -> None:
        assert failed(automated(on_failure="retry"), passing=False) == ["StepFailed", "Escalated"]

    def test_after_the_last_attempt_it_escalates(self) -> None:
        execution = running(automated(retry={"attempts": 2, "backoff": "10s"}))
        by_worker.fail(execution, "scan", 1, Failure("no", passing=True), act(2))
        assert execution.progress["scan"].until == START + timedelta(seconds=12)
        by_worker.claim(execution, "scan", CLAIM, act(12))
        events = new_events(
            execution,
            lambda each: by_worker.fail(each, "scan", 2, Failure("no", passing=True), act(13)),
        )
        assert events == ["StepFailed", "Escalated"]
        assert execution.status == "undecided"

    def test_what_is_tried_again_by_itself_keeps_its_key(self) -> None:
        execution = running(automated(on_failure="retry"))
        by_worker.fail(execution, "scan", 1, Failure("no", passing=True), act(2))
        by_worker.claim(execution, "scan", CLAIM, act(20))
        assert execution.progress["scan"].idempotency_key.endswith("/scan/1")

    def test_time_that_is_up_has_an_event_of_its_own(self) -> None:
        execution = running(automated(on_failure="continue"))
        late = Failure("no answer", passing=True, late=True)
        assert new_events(
            execution, lambda each: by_worker.fail(each, "scan", 1, late, act(2))
        ) == ["StepTimedOut"]

    def test_an_outcome_of_another_attempt_counts_no_more(self) -> None:
        with pytest.raises(LostClaimError):
            by_worker.succeed(running(), "scan", 2, {}, act(2))


class TestLostWorkers:
    def test_an_idempotent_attempt_is_performed_again_under_its_key(self) -> None:
        execution = running()
        by_worker.take_over(execution, "scan", "worker-2", act(60))
        progress = execution.progress["scan"]
        assert (progress.worker, progress.attempt) == ("worker-2", 1)
        assert progress.idempotency_key.endswith("/scan/1")
        assert progress.parameters == {"scope": "all"}

    def test_of_others_nobody_knows_the_outcome_and_a_person_decides(self) -> None:
        execution = running()
        by_worker.lose(execution, "scan", 1, "worker-1 ended", act(60))
        assert execution.status == "undecided"
        by_person.retry(execution, "scan", act(70, by="ana"))
        by_worker.claim(execution, "scan", CLAIM, act(71))
        # It may have happened: the same key keeps a server from doing it twice.
        assert execution.progress["scan"].idempotency_key.endswith("/scan/1")

    def test_a_worker_that_lived_on_may_still_say_what_came_of_it(self) -> None:
        execution = running()
        by_worker.lose(execution, "scan", 1, "worker-1 ended", act(60))
        by_worker.succeed(execution, "scan", 1, {}, act(61))
        assert execution.progress["scan"].status == "succeeded"

    def test_but_not_once_a_person_has_decided(self) -> None:
        execution = running()
        by_worker.lose(execution, "scan", 1, "worker-1 ended", act(60))
        by_person.skip(execution, "scan", "checked by hand", act(61, by="ana"))
        with pytest.raises(LostClaimError):
            by_worker.succeed(execution, "scan", 1, {}, act(62))

    def test_what_came_of_a_step_is_recorded_even_if_the_execution_was_aborted(self) -> None:
        execution = running()
        by_person.abort(execution, "enough", act(2, by="ana"))
        by_worker.succeed(execution, "scan", 1, {}, act(3))
        assert execution.progress["scan"].status == "succeeded"
        assert execution.status == "aborted"


class TestDecisionsOfPeople:
    def held(self) -> RunbookExecution:
        execution = running(automated(), automated("next"))
        by_worker.fail(execution, "scan", 1, Failure("no"), act(2))
        return execution

    def test_a_failed_step_tried_again_gets_a_new_key(self) -> None:
        execution = self.held()
        by_person.retry(execution, "scan", act(3, by="ana"))
        by_worker.claim(execution, "scan", CLAIM, act(4))
        assert execution.progress["scan"].idempotency_key.endswith("/scan/2")

    def test_a_failed_step_can_be_skipped_or_be_done_by_hand(self) -> None:
        skipped, done = self.held(), self.held()
        by_person.skip(skipped, "scan", "not needed", act(3, by="ana"))
        by_person.complete_task(done, "scan", {"matches": []}, "looked myself", act(3, by="ana"))
        assert skipped.progress["scan"].status == "skipped"
        assert done.progress["scan"].output == {"matches": []}
        assert skipped.status == done.status == "running"

    def test_a_running_step_is_not_skipped(self) -> None:
        with pytest.raises(NotWaitingError, match="cannot be skipped: it is running"):
            by_person.skip(running(), "scan", "", act(3, by="ana"))

    def test_after_the_end_nothing_more_is_decided(self) -> None:
        execution = self.held()
        by_person.abort(execution, "enough", act(3, by="ana"))
        with pytest.raises(ExecutionEndedError, match="is aborted"):
            by_person.retry(execution, "scan", act(4, by="ana"))

    def test_while_it_is_paused_nothing_starts(self) -> None:
        execution = started()
        by_person.pause(execution, act(1, by="ana"))
        assert execution.next_move({}, START).does == "wait"
        by_person.resume(execution, act(2, by="ana"))
        assert execution.next_move({}, START).does == "start"

    def test_a_step_that_the_runbook_does_not_have_is_named(self) -> None:
        with pytest.raises(ExecutionError, match="has no step nope; it has scan"):
            by_person.skip(started(), "nope", "", act(1, by="ana"))


class TestApprovals:
    def asked(self, by: str = "") -> RunbookExecution:
        execution = started(automated(requires_approval=True), by=by)
        by_worker.ask(execution, "scan", act(1))
        return execution

    def test_who_started_it_cannot_approve(self) -> None:
        with pytest.raises(NotAllowedError, match="somebody else has to approve"):
            by_person.grant(self.asked(by="ana"), "scan", act(2, by="ana"))

    def test_somebody_else_can_and_then_it_starts(self) -> None:
        execution = self.asked(by="ana")
        by_person.grant(execution, "scan", act(2, by="ben"))
        assert execution.next_move({}, START).does == "start"

    def test_anybody_can_approve_what_a_rule_started(self) -> None:
        execution = self.asked()
        by_person.grant(execution, "scan", act(2, by="ana"))
        assert execution.progress["scan"].status == "approved"

    def test_what_was_refused_waits_for_a_decision_and_is_asked_for_again(self) -> None:
        execution = self.asked()
        by_person.refuse(execution, "scan", act(2, by="ben", reason="not on a Friday"))
        assert execution.status == "undecided"
        by_person.retry(execution, "scan", act(3, by="ana"))
        assert execution.next_move({}, START + timedelta(seconds=3)).does == "ask"


class TestManualSteps:
    def assigned(self, **more: Any) -> RunbookExecution:
        execution = started(manual(**more))
        by_worker.assign(execution, "rotate", "Do it.", act(1))
        return execution

    def test_whoever_does_it_states_what_it_needs(self) -> None:
        execution = self.assigned(outputs=["new_key"])
        by_person.complete_task(execution, "rotate", {"new_key": "k-2"}, "done", act(2, by="ana"))
        assert execution.progress["rotate"].output == {"new_key": "k-2"}

    def test_everything_that_is_missing_or_too_much_is_said_at_once(self) -> None:
        execution = self.assigned(outputs=["a", "b"])
        with pytest.raises(NotStatedError) as caught:
            by_person.complete_task(execution, "rotate", {"b": 1, "c": 2}, "", act(2, by="ana"))
        assert "a is missing; c is not asked for (it needs a, b)" in str(caught.value)

    def test_one_that_is_late_fails(self) -> None:
        execution = self.assigned(timeout="1h")
        move = execution.next_move({}, START + timedelta(hours=2))
        assert move.does == "time_out"
        events = new_events(
            execution, lambda each: by_worker.time_out(each, "rotate", move.why, act(7200))
        )
        assert events == ["StepTimedOut", "Escalated"]

    def test_one_without_a_timeout_waits_for_ever(self) -> None:
        move = self.assigned().next_move({}, START + timedelta(days=1000))
        assert (move.does, move.until) == ("wait", None)


class TestConditions:
    @pytest.mark.parametrize(("severity", "does"), [("P0", "start"), ("P3", "skip")])
    def test_a_step_whose_condition_does_not_hold_is_skipped(
        self, severity: str, does: str
    ) -> None:
        when = [{"field": "incident.severity", "operator": "in", "value": ["P0", "P1"]}]
        execution = started(automated(when=when))
        assert execution.next_move({"incident": {"severity": severity}}, START).does == does

    def test_a_condition_may_ask_about_earlier_results(self) -> None:
        when = [{"field": "steps.scan.output.count", "operator": "gt", "value": 0}]
        execution = running(automated(), automated("next", when=when))
        by_worker.succeed(execution, "scan", 1, {"count": 2}, act(2))
        scope = {"steps": {"scan": {"output": {"count": 2}}}}
        assert execution.next_move(scope, START).does == "start"


class TestRunbooksInside:
    def outer(self, depth: int = 1) -> RunbookExecution:
        outer, loop = a_runbook(inner("sub", "b")), a_runbook(inner("sub", "b"), runbook_id="b")
        execution = RunbookExecution.start("RUN-0", "INC-1", pinned(outer, loop), act())
        for number in range(1, depth):
            execution = by_worker.begin_inner(execution, "sub", f"RUN-{number}", act())
        return execution

    def test_it_is_an_execution_that_knows_where_it_runs(self) -> None:
        outer = self.outer()
        begun = by_worker.begin_inner(outer, "sub", "RUN-1", act(1))
        assert begun.parent is not None
        assert (begun.parent.execution_id, begun.parent.step_id) == ("RUN-0", "sub")
        assert begun.runbook.id == "b"
        assert outer.progress["sub"].inside == "RUN-1"

    def test_an_endless_one_ends_at_the_greatest_depth(self) -> None:
        with pytest.raises(ExecutionError, match="more than 5 deep"):
            by_worker.begin_inner(self.outer(DEEPEST), "sub", "RUN-9", act(1))


class TestCompletion:
    def finished(self, **completion: Any) -> RunbookExecution:
        execution = running(automated(), completion=completion)
        by_worker.succeed(execution, "scan", 1, {}, act(2))
        by_worker.complete(execution, act(3))
        return execution

    def test_without_a_review_it_is_complete(self) -> None:
        assert self.finished().status == "completed"

    def test_only_a_reviewer_reviews(self) -> None:
        execution = self.finished(require_review=True, reviewers=["security_lead"])
        assert execution.status == "in_review"
        with pytest.raises(NotAllowedError, match="reviewed by security_lead"):
            by_person.review(execution, {"ana"}, "", act(4, by="ana"))
        by_person.review(execution, {"ana", "security_lead"}, "fine", act(5, by="ana"))
        assert (execution.status, execution.reviewed_by) == ("completed", "ana")

    def test_it_is_not_complete_before_every_step_is_done_with(self) -> None:
        with pytest.raises(NotWaitingError, match="scan is not done"):
            by_worker.complete(started(), act(1))
