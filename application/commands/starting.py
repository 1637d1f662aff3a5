"""Starting a runbook for an incident, never twice for one cause."""

from collections.abc import Mapping
from typing import Any

from application.commands.consequences import Consequences
from application.commands.deciding import unopposed
from application.journal import Journal
from application.ports import Clock
from application.runbooks import Runbooks, execution_id
from application.templates import TemplateError, Templates
from domain.incident.incident import Incident
from domain.provenance import Act, Provenance
from domain.runbook import by_worker
from domain.runbook.errors import ExecutionError
from domain.runbook.events import Pinned
from domain.runbook.execution import RunbookExecution
from domain.runbook.scope import scope_of, unmet
from domain.runbook.step import AutomatedStep, ManualStep


class CannotStartError(ExecutionError):
    """A runbook needs what its incident does not have; the message names all of it."""


class Starting:
    """Starts runbooks as they are configured now."""

    def __init__(
        self, journal: Journal, clock: Clock, runbooks: Runbooks, templates: Templates
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._runbooks = runbooks
        self._templates = templates

    def by_itself(self, incident_id: str, runbook_id: str, provenance: Provenance) -> bool:
        """Start a runbook because of an event; say whether it had not been before.

        One that needs what the incident lacks rests before its first step, for a person to see.
        """

        def attempt() -> bool:
            started = self._prepared(incident_id, runbook_id, provenance)
            if started is None:
                return False
            execution, act, lacking = started
            if lacking:
                by_worker.hold(execution, "; ".join(lacking.values()), act)
            self._journal.commit(Consequences(self._journal, act).of(execution))
            return True

        return unopposed(attempt)

    def by_person(self, incident_id: str, runbook_id: str, provenance: Provenance) -> str:
        """Start a runbook because somebody said so; give the execution's id.

        Raises CannotStartError, with everything that the incident lacks.
        """

        def attempt() -> str:
            started = self._prepared(incident_id, runbook_id, provenance)
            if started is None:
                return execution_id(incident_id, runbook_id, provenance.cause.id)
            execution, act, lacking = started
            if lacking:
                msg = f"{runbook_id} cannot start for {incident_id}: {'; '.join(lacking.values())}"
                raise CannotStartError(msg)
            self._journal.commit(Consequences(self._journal, act).of(execution))
            return str(execution.id)

        return unopposed(attempt)

    def _prepared(
        self, incident_id: str, runbook_id: str, provenance: Provenance
    ) -> tuple[RunbookExecution, Act, dict[str, str]] | None:
        incident = self._journal.load(Incident, incident_id)
        if incident is None:
            msg = f"there is no incident {incident_id}"
            raise ExecutionError(msg)
        if incident.status == "closed":
            msg = f"{incident_id} is closed; reopen it first"
            raise ExecutionError(msg)
        pinned = self._runbooks.pinned(runbook_id)
        named = execution_id(incident_id, runbook_id, provenance.cause.id)
        if self._journal.load(RunbookExecution, named) is not None:
            return None
        act = Act(provenance, self._clock.now())
        execution = RunbookExecution.start(named, incident_id, pinned, act)
        return execution, act, self._lacking(pinned, scope_of(incident, execution))

    def _lacking(self, pinned: Pinned, scope: Mapping[str, Any]) -> dict[str, str]:
        """Say of each step which variables it reads that can never have a value."""
        lacking = {}
        for step in pinned.runbook.steps:
            read: Any = None
            if isinstance(step, AutomatedStep):
                read = step.parameters
            elif isinstance(step, ManualStep):
                read = step.instructions
            try:
                missing = unmet(step, self._templates.variables(read), scope) if read else []
            except TemplateError as error:
                lacking[step.id] = f"{step.id}: {error}"
                continue
            if missing:
                lacking[step.id] = f"{step.id} needs {', '.join(missing)}, which nobody knows"
        return lacking
