"""Executions in which every event of an execution happens at least once."""

from collections.abc import Callable
from datetime import datetime

from domain.provenance import Act, Provenance
from domain.runbook import by_person, by_worker
from domain.runbook.by_worker import Claim, Failure
from domain.runbook.events import Pinned
from domain.runbook.execution import RunbookExecution
from domain.runbook.runbook import Runbook

Now = Callable[[], datetime]

REVOKE = {
    "id": "revoke",
    "name": "Revoke the credential",
    "type": "automated",
    "action": "revoke_credential",
    "parameters": {"credential_id": "{{ incident.context.secret_id }}", "force": True},
    "on_failure": "retry",
    "timeout": "2m",
    "retry": {"attempts": 2, "backoff": "30s"},
    "requires_approval": True,
    "when": [{"field": "incident.severity", "operator": "in", "value": ["P0", "P1"]}],
    "outputs": {"revoked": "already_revoked"},
}
ROTATE = {
    "id": "rotate",
    "name": "Make a new one",
    "type": "manual",
    "instructions": "Make a new key for {{ incident.context.service }}.",
    "assignee": "security_team",
    "timeout": "4h",
    "outputs": ["new_key_id"],
}
TELL = {"id": "tell", "name": "Tell", "type": "runbook", "runbook": "runbook-inner"}
AGAIN = {"id": "again", "name": "Scan again", "type": "automated", "action": "credential_scan"}


def example_runbooks() -> tuple[Runbook, Runbook]:
    """A runbook that says something in every field, and the one inside it."""
    outer = Runbook.model_validate(
        {
            "id": "runbook-example",
            "name": "Example",
            "description": "An example of a runbook.",
            "category": "data_leak",
            "triggers": ["rule-example"],
            "steps": [REVOKE, ROTATE, TELL, AGAIN],
            "completion": {"require_review": True, "reviewers": ["security_lead"]},
        }
    )
    steps = [{**AGAIN, "on_failure": "continue"}]
    return outer, Runbook.model_validate({"id": "runbook-inner", "name": "In", "steps": steps})


def example_executions(who: Provenance, now: Now) -> list[RunbookExecution]:
    """One that goes well in the end with one inside it, and one that is aborted."""

    def at() -> Act:
        return Act(who, now())

    outer, inner = example_runbooks()
    pinned = Pinned(digest=outer.digest, runbook=outer, inner={inner.id: inner})
    execution = RunbookExecution.start("RUN-EXAMPL-AAAAAAAA", "INC-20260301-EXAMPL", pinned, at())
    _approved_at_last(execution, at)
    _tried_until_it_worked(execution, at)
    by_worker.assign(execution, "rotate", "Make a new key for billing.", at())
    by_person.complete_task(execution, "rotate", {"new_key_id": "k-2"}, "Done.", at())
    begun = by_worker.begin_inner(execution, "tell", "RUN-EXAMPL-BBBBBBBB", at())
    by_worker.succeed(execution, "tell", 1, {"execution": begun.id}, at())
    by_worker.claim(execution, "again", Claim("worker-1", {}), at())
    by_worker.lose(execution, "again", 1, "worker-1 ended", at())
    by_person.skip(execution, "again", "Looked myself.", at())
    by_worker.complete(execution, at())
    by_person.review(execution, {"security_lead"}, "Well done.", at())
    by_person.abort(begun, "It is not needed.", at())
    return [execution, begun]


def _approved_at_last(execution: RunbookExecution, at: Callable[[], Act]) -> None:
    by_worker.ask(execution, "revoke", at())
    by_person.refuse(execution, "revoke", at())
    by_person.retry(execution, "revoke", at())
    by_worker.ask(execution, "revoke", at())
    execution.record_of(RunbookExecution.ApprovalGranted, "revoke", at())


def _tried_until_it_worked(execution: RunbookExecution, at: Callable[[], Act]) -> None:
    claim = Claim("worker-1", {"credential_id": "AKIAEXAMPLE", "force": True})
    by_worker.claim(execution, "revoke", claim, at())
    by_worker.fail(execution, "revoke", 1, Failure("503", passing=True), at())
    by_person.pause(execution, at())
    by_person.resume(execution, at())
    by_worker.claim(execution, "revoke", claim, at())
    by_worker.fail(execution, "revoke", 2, Failure("no answer", passing=True, late=True), at())
    by_person.retry(execution, "revoke", at())
    by_worker.claim(execution, "revoke", claim, at())
    by_worker.succeed(execution, "revoke", 3, {"revoked": False}, at())
