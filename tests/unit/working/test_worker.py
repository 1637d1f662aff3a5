"""A worker carries runbooks out: in order, once, through failures, deaths and decisions."""

from typing import Any

import pytest

from application.commands.incidents import provenance_of
from application.commands.starting import CannotStartError
from application.working.performing import Done, NotDone, Unknown
from domain.incident.severity import Severity
from tests.support.histories import POLICY
from tests.support.runbooks import INCIDENT, a_runbook, an_incident, automated, inner, manual
from tests.support.working import Workshop

AUTO = "runbook-example"  # what the example rule names, and starts by itself


def workshop(*steps: dict[str, Any], script: Any = None, **more: Any) -> Workshop:
    """Give a workshop with an incident that asks for a runbook of these steps."""
    idempotent = more.pop("idempotent", ())
    context = more.pop("context", {})
    made = Workshop(
        a_runbook(*steps, runbook_id=AUTO, **more), script=script, idempotent=idempotent
    )
    made.add(an_incident(**context))
    return made


class TestCarryingOut:
    def test_steps_are_performed_in_order_and_the_execution_is_completed(self) -> None:
        made = workshop(automated("a"), automated("b"))
        made.work()
        (execution,) = made.executions()
        assert [each.step_id for each in made.hands.performed] == ["a", "b"]
        assert execution.status == "completed"
        assert made.topics(execution.id) == [
            "started", "step_started", "step_succeeded", "step_started", "step_succeeded",
            "completed",
        ]  # fmt: skip

    def test_the_claim_is_in_the_log_before_the_effect_happens(self) -> None:
        made = workshop(automated("a"))

        def look(effect: Any) -> Done:
            assert made.topics(effect.execution_id)[-1] == "step_started"
            return Done({})

        made.hands._script["credential_scan"] = [look]
        made.work()
        assert made.executions()[0].status == "completed"

    def test_later_steps_use_what_earlier_ones_gave(self) -> None:
        made = workshop(
            automated("a", outputs={"first": "matches"}),
            automated("b", parameters={"text": "{{ steps.a.output.first }}"}),
            script={"credential_scan": [Done({"matches": [1, 2], "count": 2}), Done({})]},
        )
        made.work()
        assert made.hands.performed[1].parameters == {"text": [1, 2]}

    def test_a_manual_step_waits_for_a_person(self) -> None:
        made = workshop(manual("a", outputs=["key"]), automated("b"))
        made.work()
        (execution,) = made.executions()
        assert execution.progress["a"].status == "assigned"
        made.commands.complete(execution.id, "a", made.order(), {"key": "k"})
        made.work()
        assert made.execution(execution.id).status == "completed"

    def test_an_approval_is_waited_for(self) -> None:
        made = workshop(automated("a", requires_approval=True))
        made.work()
        (execution,) = made.executions()
        assert made.hands.performed == []
        made.commands.approve(execution.id, "a", made.order("ben"))
        made.work()
        assert made.execution(execution.id).status == "completed"

    def test_a_retry_rests_first(self) -> None:
        made = workshop(
            automated("a", on_failure="retry", retry={"attempts": 2, "backoff": "30s"}),
            script={"credential_scan": [NotDone("busy", passing=True), Done({})]},
        )
        made.work()
        assert len(made.hands.performed) == 1
        made.clock.move(seconds=31)
        made.work()
        first, second = made.hands.performed
        assert made.executions()[0].status == "completed"
        assert first.idempotency_key == second.idempotency_key


class TestStarting:
    def test_an_incident_starts_its_runbook_once_however_many_workers_there_are(self) -> None:
        made = workshop(automated("a"))
        for name in ("worker-1", "worker-2", "worker-3"):
            made.bookmarks.at.clear()
            made.work(name)
        assert len(made.executions()) == 1

    def test_a_trigger_starts_it_too_and_both_together_once(self) -> None:
        runbook = a_runbook(automated("a"), runbook_id=AUTO, triggers=["rule-example"])
        other = a_runbook(automated("a"), runbook_id="other", triggers=["exported"])
        made = Workshop(runbook, other)
        made.add(an_incident())
        made.work()
        assert sorted(each.runbook.id for each in made.executions()) == ["other", AUTO]

    def test_what_is_over_is_left_alone(self) -> None:
        made = workshop(automated("a"))
        incident = made.incident(INCIDENT)
        incident.close("false_alarm", *_act(made))
        made.journal.commit([incident])
        made.work()
        assert made.executions() == []

    def test_each_command_of_a_person_is_a_cause_of_its_own(self) -> None:
        made = workshop(automated("a"))
        order = made.order()
        first = made.commands.run(INCIDENT, AUTO, order)
        assert made.commands.run(INCIDENT, AUTO, order) == first
        assert made.commands.run(INCIDENT, AUTO, made.order()) != first

    def test_what_the_incident_lacks_is_said_before_any_step_runs(self) -> None:
        made = workshop(
            automated("a"), automated("b", parameters={"id": "{{ incident.context.key_id }}"})
        )
        with pytest.raises(CannotStartError, match=r"b needs incident\.context\.key_id"):
            made.commands.run(INCIDENT, AUTO, made.order())
        made.work()
        (execution,) = made.executions()
        assert execution.status == "undecided"
        assert "incident.context.key_id" in execution.progress["a"].why
        assert made.hands.performed == []

    def test_a_step_with_a_condition_may_lack_something(self) -> None:
        when = [{"field": "incident.context.key_id", "operator": "exists", "value": True}]
        made = workshop(
            automated("a", when=when, parameters={"id": "{{ incident.context.key_id }}"})
        )
        made.work()
        assert made.executions()[0].progress["a"].status == "skipped"


class TestFailing:
    def test_a_step_that_fails_for_good_raises_the_incident_and_waits(self) -> None:
        made = workshop(automated("a"), script={"credential_scan": [NotDone("no such key")]})
        before = made.incident(INCIDENT).severity
        made.work()
        incident = made.incident(INCIDENT)
        assert made.executions()[0].status == "undecided"
        assert incident.severity.rank == before.rank + 1
        assert incident.reasons[-1].fact == f"a of {made.executions()[0].id}"
        assert made.topics(INCIDENT)[-2:] == ["escalated", "severity_changed"]

    def test_at_p0_it_is_only_said(self) -> None:
        made = workshop(automated("a"), script={"credential_scan": [NotDone("no")]})
        incident = made.incident(INCIDENT)
        incident.assess({"affected_users": 20000}, POLICY, *_act(made))
        made.journal.commit([incident])
        made.work()
        assert made.incident(INCIDENT).severity is Severity.P0
        assert made.topics(INCIDENT)[-1] == "escalated"

    def test_who_tries_again_lets_it_go_on(self) -> None:
        made = workshop(automated("a"), script={"credential_scan": [NotDone("no"), Done({})]})
        made.work()
        (execution,) = made.executions()
        made.commands.retry(execution.id, "a", made.order())
        made.work()
        assert made.execution(execution.id).status == "completed"

    def test_an_unknown_outcome_waits_for_a_person(self) -> None:
        made = workshop(automated("a"), script={"credential_scan": [Unknown("no answer")]})
        made.work()
        (execution,) = made.executions()
        assert execution.progress["a"].status == "unknown"
        made.commands.complete(execution.id, "a", made.order(reason="it is revoked"), {})
        made.work()
        assert made.execution(execution.id).status == "completed"

    def test_a_template_that_cannot_be_rendered_fails_its_step(self) -> None:
        made = workshop(
            automated("a", outputs=["x"]),
            automated("b", parameters={"id": "{{ steps.a.output.x }}"}),
        )
        made.work()
        progress = made.executions()[0].progress["b"]
        assert (progress.status, progress.why) == ("held", "steps.a.output.x is undefined")


class TestDeaths:
    def dead(self, idempotent: tuple[str, ...]) -> Workshop:
        made = workshop(automated("a"), idempotent=idempotent)
        made.hands.holds_back = True
        made.work(once=False, rests=3)
        made.hands.holds_back, made.hands._waiting = False, []
        return made

    def test_what_is_idempotent_is_performed_again_under_its_key(self) -> None:
        made = self.dead(("credential_scan",))
        made.gone.add("worker-1")
        made.work("worker-2")
        first, second = made.hands.performed
        assert first.idempotency_key == second.idempotency_key
        assert made.executions()[0].status == "completed"

    def test_what_is_not_waits_for_a_person(self) -> None:
        made = self.dead(())
        made.gone.add("worker-1")
        made.work("worker-2")
        assert len(made.hands.performed) == 1
        assert made.executions()[0].progress["a"].status == "unknown"

    def test_a_worker_of_which_nobody_knows_is_waited_for_until_its_time_is_up(self) -> None:
        made = self.dead(("credential_scan",))
        made.work("worker-2")
        assert len(made.hands.performed) == 1
        made.clock.move(minutes=6)
        made.work("worker-2")
        assert len(made.hands.performed) == 2


class TestInside:
    def made(self, script: Any = None, **sub: Any) -> Workshop:
        outer = a_runbook(inner("sub", "small", **sub), automated("last"), runbook_id=AUTO)
        small = a_runbook(automated("first", action="notify"), runbook_id="small")
        made = Workshop(outer, small, script=script)
        made.add(an_incident())
        made.work()
        return made

    def test_the_step_succeeds_when_its_runbook_is_completed(self) -> None:
        made = self.made()
        outer, small = made.executions()
        assert [each.action for each in made.hands.performed] == ["notify", "credential_scan"]
        assert outer.status == small.status == "completed"
        assert outer.progress["sub"].output["execution"] == small.id

    def test_the_step_fails_when_its_runbook_is_aborted(self) -> None:
        made = self.made({"notify": [NotDone("no")]}, on_failure="continue")
        outer, small = made.executions()
        made.commands.abort(small.id, made.order(reason="pointless"))
        made.work()
        outer = made.execution(outer.id)
        assert outer.progress["sub"].status == "failed"
        assert outer.status == "completed"

    def test_who_aborts_the_outer_one_aborts_what_runs_inside(self) -> None:
        made = self.made({"notify": [NotDone("no")]})
        outer, small = made.executions()
        made.commands.abort(outer.id, made.order(reason="enough"))
        assert made.execution(small.id).status == "aborted"


class TestEnding:
    def test_a_review_keeps_the_incident_open(self) -> None:
        made = workshop(automated("a"), completion={"require_review": True, "reviewers": ["ana"]})
        made.work()
        (execution,) = made.executions()
        incident = made.incident(INCIDENT)
        assert incident.reviews == {execution.id}
        with pytest.raises(Exception, match=f"cannot be closed before {execution.id}"):
            incident.close("false_alarm", *_act(made))
        made.commands.review(execution.id, made.order("ana", "looks right"))
        made.incident(INCIDENT).close("false_alarm", *_act(made))

    def test_a_runbook_may_close_its_incident(self) -> None:
        made = workshop(automated("a"), completion={"auto_close": True})
        made.work()
        assert made.incident(INCIDENT).status == "closed"

    def test_a_closed_incident_ends_what_was_being_done_about_it(self) -> None:
        made = workshop(manual("a"))
        made.work()
        incident = made.incident(INCIDENT)
        incident.close("false_alarm", *_act(made))
        made.journal.commit([incident])
        made.work()
        (execution,) = made.executions()
        assert execution.status == "aborted"

    def test_told_to_stop_it_waits_for_what_it_began(self) -> None:
        made = workshop(automated("a"), automated("b"))
        made.work(once=False, rests=1)
        statuses = {each.status for each in made.executions()[0].progress.values()}
        assert "running" not in statuses


def _act(made: Workshop) -> tuple[Any, Any]:
    return provenance_of(made.order(), INCIDENT), made.clock.now()
