"""What happens in an execution means something for its incident, and for what it runs inside."""

from collections.abc import Callable
from typing import Any

from eventsourcing.domain import BaseAggregate

from application.journal import Journal, TAggregate
from domain.incident.classification import Reason
from domain.incident.incident import Incident
from domain.provenance import Act
from domain.runbook import by_person, by_worker
from domain.runbook.by_worker import Failure
from domain.runbook.errors import ExecutionError
from domain.runbook.execution import RunbookExecution

Made = RunbookExecution


class Consequences:
    """Carries the new events of an execution on, so that all is saved together or nothing is."""

    def __init__(self, journal: Journal, act: Act) -> None:
        self._journal = journal
        self._act = act
        self._touched: dict[str, BaseAggregate[str]] = {}

    def of(self, execution: RunbookExecution) -> list[BaseAggregate[str]]:
        """Give every aggregate that has to be saved, the execution itself first."""
        self._touched[execution.id] = execution
        # Consequences may have consequences: each event is looked at once.
        for each in list(execution.pending_events):
            handle = _HANDLERS.get(type(each))
            if handle is not None:
                handle(self, execution, each)
        return list(self._touched.values())

    def escalated(self, execution: RunbookExecution, happened: Any) -> None:
        """Let the incident know that a step failed for good."""
        incident = self._incident(execution)
        if incident.status == "closed":
            return
        reason = Reason(
            rule="a step of its runbook failed",
            fact=f"{happened.step.id} of {execution.id}",
            severity=incident.severity,
        )
        incident.escalate(reason, self._act.provenance, self._act.at)

    def aborted(self, execution: RunbookExecution, happened: Any) -> None:
        """End what runs inside, and let the step fail in which this one runs."""
        self._abort_inner(execution)
        outer = self._outer(execution)
        if outer is not None and execution.parent is not None:
            step_id = execution.parent.step_id
            attempt = outer.progress[step_id].attempt
            failure = Failure(f"{execution.id} was aborted: {happened.why}")
            by_worker.fail(outer, step_id, attempt, failure, self._act)
            self.of(outer)

    def completed(self, execution: RunbookExecution, happened: Any) -> None:
        """Let the outer step succeed; or ask for the review; or close the incident."""
        outer = self._outer(execution)
        if outer is not None and execution.parent is not None:
            step_id = execution.parent.step_id
            attempt = outer.progress[step_id].attempt
            output = {"execution": execution.id, "steps": _outputs(execution)}
            by_worker.succeed(outer, step_id, attempt, output, self._act)
            self.of(outer)
        elif execution.parent is None and happened.review:
            incident = self._incident(execution)
            incident.ask_review(
                execution.id, happened.reviewers, self._act.provenance, self._act.at
            )
        elif execution.parent is None:
            self._close(execution)

    def reviewed(self, execution: RunbookExecution, happened: Any) -> None:
        """Let the incident be closed, and close it if the runbook says so."""
        del happened
        incident = self._incident(execution)
        if execution.id in incident.reviews:
            incident.give_review(execution.id, self._act.provenance, self._act.at)
        self._close(execution)

    def _close(self, execution: RunbookExecution) -> None:
        incident, act = self._incident(execution), self._act
        if not execution.runbook.completion.auto_close or incident.status == "closed":
            return
        if incident.reviews:
            return
        if incident.status != "resolved":
            incident.resolve(act.provenance, act.at)
        incident.close("resolved", act.provenance, act.at)

    def _abort_inner(self, execution: RunbookExecution) -> None:
        for progress in execution.progress.values():
            if progress.status != "running" or progress.inside is None:
                continue
            inner = self._load(RunbookExecution, progress.inside)
            if inner is not None and not inner.ended:
                by_person.abort(inner, f"{execution.id} was aborted", self._act)
                self._touched[inner.id] = inner
                self._abort_inner(inner)

    def _outer(self, execution: RunbookExecution) -> RunbookExecution | None:
        """Give the execution in which this one runs, if that still waits for it."""
        if execution.parent is None:
            return None
        outer = self._load(RunbookExecution, execution.parent.execution_id)
        if outer is None or outer.ended:
            return None
        step = outer.progress[execution.parent.step_id]
        return outer if step.status == "running" and step.inside == execution.id else None

    def _incident(self, execution: RunbookExecution) -> Incident:
        incident = self._load(Incident, execution.incident_id)
        if incident is None:
            msg = f"there is no incident {execution.incident_id}"
            raise ExecutionError(msg)
        self._touched[incident.id] = incident
        return incident

    def _load(self, kind: type[TAggregate], aggregate_id: str) -> TAggregate | None:
        touched = self._touched.get(aggregate_id)
        return touched if isinstance(touched, kind) else self._journal.load(kind, aggregate_id)


def _outputs(execution: RunbookExecution) -> dict[str, Any]:
    return {name: progress.output for name, progress in execution.progress.items()}


_Handler = Callable[[Consequences, RunbookExecution, Any], None]

_HANDLERS: dict[type[Any], _Handler] = {
    Made.Escalated: Consequences.escalated,
    Made.Aborted: Consequences.aborted,
    Made.Completed: Consequences.completed,
    Made.Reviewed: Consequences.reviewed,
}
