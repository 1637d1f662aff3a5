"""An incident is detected, and the runbooks that it asks for are started."""

from application.commands.starting import Starting
from application.journal import Journal
from application.runbooks import Runbooks, UnknownRunbookError
from domain.incident.incident import Incident
from domain.provenance import Actor, Cause, Provenance


class AutoRemediation:
    """Starts runbooks for detected incidents, whoever else does so at the same time."""

    name = "auto-remediation"
    topics = frozenset({"incident.detected"})

    def __init__(self, journal: Journal, runbooks: Runbooks, starting: Starting) -> None:
        self._journal = journal
        self._runbooks = runbooks
        self._starting = starting

    def handle(self, originator_id: str, version: int) -> None:
        """Start what an incident asks for, unless it is over already or that was done before."""
        incident = self._journal.load(Incident, originator_id)
        if incident is None or incident.status in {"resolved", "closed"}:
            return
        for wanted in self._runbooks.wanted_by(incident):
            provenance = Provenance(
                actor=Actor(kind="rule", name=incident.diagnosis.rule.id),
                cause=Cause(kind="event", id=f"{originator_id}@{version}"),
                correlation=originator_id,
                reason=wanted.because,
            )
            try:
                self._starting.by_itself(originator_id, wanted.runbook_id, provenance)
            except UnknownRunbookError:
                # The rule was made when there was one: `tocsin rules check` says so now.
                continue
