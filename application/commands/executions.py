"""What people decide about executions of runbooks."""

from collections.abc import Callable, Collection
from typing import Any

from application.commands.consequences import Consequences
from application.commands.deciding import unopposed
from application.commands.incidents import Order, provenance_of
from application.commands.starting import Starting
from application.journal import Journal
from application.ports import Clock
from domain.provenance import Act
from domain.runbook import by_person
from domain.runbook.errors import ExecutionError
from domain.runbook.execution import RunbookExecution

_Decision = Callable[[RunbookExecution, Act], None]
Names = Callable[[str], Collection[str]]
"""Gives the names that stand for somebody now: their teams', and rotations' while on call."""


class UnknownExecutionError(ExecutionError):
    """There is no such execution."""


class ExecutionCommands:
    """The commands on executions. Each raises ExecutionError with the reason when it is refused."""

    def __init__(self, journal: Journal, clock: Clock, starting: Starting, names: Names) -> None:
        self._journal = journal
        self._clock = clock
        self._starting = starting
        self._names = names

    def run(self, incident_id: str, runbook_id: str, order: Order) -> str:
        """Start a runbook for an incident; give the execution's id."""
        return self._starting.by_person(incident_id, runbook_id, provenance_of(order, incident_id))

    def approve(self, of: str, step_id: str, order: Order) -> RunbookExecution:
        """Approve a step."""
        return self._decide(of, order, lambda each, act: by_person.grant(each, step_id, act))

    def refuse(self, of: str, step_id: str, order: Order) -> RunbookExecution:
        """Refuse to approve a step."""
        return self._decide(of, order, lambda each, act: by_person.refuse(each, step_id, act))

    def complete(
        self, of: str, step_id: str, order: Order, stated: dict[str, Any]
    ) -> RunbookExecution:
        """Say that a step is done, and state what it needs."""
        return self._decide(
            of,
            order,
            lambda each, act: by_person.complete_task(each, step_id, stated, order.reason, act),
        )

    def skip(self, of: str, step_id: str, order: Order) -> RunbookExecution:
        """Leave a step out."""
        return self._decide(
            of, order, lambda each, act: by_person.skip(each, step_id, order.reason, act)
        )

    def retry(self, of: str, step_id: str, order: Order) -> RunbookExecution:
        """Try a step again."""
        return self._decide(of, order, lambda each, act: by_person.retry(each, step_id, act))

    def abort(self, of: str, order: Order) -> RunbookExecution:
        """End an execution."""
        return self._decide(of, order, lambda each, act: by_person.abort(each, order.reason, act))

    def pause(self, of: str, order: Order) -> RunbookExecution:
        """Let no further step start."""
        return self._decide(of, order, by_person.pause)

    def resume(self, of: str, order: Order) -> RunbookExecution:
        """Let steps start again."""
        return self._decide(of, order, by_person.resume)

    def review(self, of: str, order: Order) -> RunbookExecution:
        """Stand for what was done."""
        names = {order.by, *self._names(order.by)}
        return self._decide(
            of, order, lambda each, act: by_person.review(each, names, order.reason, act)
        )

    def _decide(self, of: str, order: Order, decision: _Decision) -> RunbookExecution:
        def attempt() -> RunbookExecution:
            execution = self._journal.load(RunbookExecution, of)
            if execution is None:
                msg = f"there is no execution {of}"
                raise UnknownExecutionError(msg)
            act = Act(provenance_of(order, execution.incident_id), self._clock.now())
            decision(execution, act)
            self._journal.commit(Consequences(self._journal, act).of(execution))
            return execution

        return unopposed(attempt)
