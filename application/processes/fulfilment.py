"""A message is delivered or a step succeeds, and an obligation is fulfilled by that."""

from collections.abc import Iterator

from application.commands.deciding import unopposed
from application.journal import Journal
from application.ports import Clock
from domain.alerting.delivery import Delivery
from domain.incident.by_clock import fulfil
from domain.incident.incident import Incident
from domain.incident.levels import SeverityLevels
from domain.incident.obligations import Evidence
from domain.provenance import Act, Provenance
from domain.runbook.execution import RunbookExecution
from domain.runbook.step import AutomatedStep

_Shown = tuple[str, Evidence, str]
"""What is fulfilled, by what, and what shows it."""


class Fulfilment:
    """Fulfils obligations of incidents; it looks only at what the configuration has any use for."""

    name = "fulfilment"

    def __init__(self, journal: Journal, clock: Clock, levels: SeverityLevels, actor: str) -> None:
        self._journal = journal
        self._clock = clock
        self._levels = levels
        self._actor = actor
        required = {name for level in levels.severity_levels.values() for name in level.requires}
        kinds = {levels.terms(name).fulfilled_by for name in required}
        self._required = required
        self.topics = frozenset(
            topic
            for kind, topic in (
                ("message", "delivery.delivered"),
                ("action", "execution.step_succeeded"),
            )
            if kind in kinds
        )

    def handle(self, originator_id: str, version: int) -> None:
        """Fulfil what an event shows to be done."""
        unopposed(lambda: self._fulfil(originator_id, version))

    def _fulfil(self, originator_id: str, version: int) -> None:
        is_delivery = originator_id.startswith("DLV-")
        shown = self._by_message if is_delivery else self._by_action
        incident_id, found = shown(originator_id, version)
        incident = self._journal.load(Incident, incident_id) if found else None
        if incident is None:
            return
        shown_by = f"{originator_id}@{version}"
        provenance = Provenance.of_worker(self._actor, shown_by, incident_id)
        act = Act(provenance, self._clock.now())
        for name, by, shown_by in found:
            if name in incident.obligations:
                fulfil(incident, name, by, shown_by, act)
        self._journal.commit([incident])

    def _by_message(self, delivery_id: str, version: int) -> tuple[str, list[_Shown]]:
        del version
        delivery = self._journal.load(Delivery, delivery_id)
        if delivery is None:
            return "", []
        names = [each.name for each in delivery.errand.routes if each.kind == "obligation"]
        return delivery.errand.incident_id, [(name, "message", delivery_id) for name in names]

    def _by_action(self, execution_id: str, version: int) -> tuple[str, list[_Shown]]:
        happened = self._journal.event(execution_id, version)
        execution = self._journal.load(RunbookExecution, execution_id)
        if execution is None or not isinstance(happened, RunbookExecution.StepSucceeded):
            return "", []
        step = execution.step(happened.step.id)
        if not isinstance(step, AutomatedStep):
            return "", []
        names = self._shown_by(step.action)
        shown_by = f"{execution_id}/{step.id}"
        return execution.incident_id, [(name, "action", shown_by) for name in names]

    def _shown_by(self, action: str) -> Iterator[str]:
        for name in sorted(self._required):
            terms = self._levels.terms(name)
            if terms.fulfilled_by == "action" and terms.action == action:
                yield name
