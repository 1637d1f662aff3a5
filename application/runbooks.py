"""The runbooks that are configured, and which of them an incident asks for."""

from base64 import b32encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

from domain.incident.incident import Incident
from domain.runbook.errors import ExecutionError
from domain.runbook.events import Pinned
from domain.runbook.runbook import Runbook
from domain.runbook.step import SubRunbookStep

TRIGGER = "trigger"


class UnknownRunbookError(ExecutionError):
    """No runbook of that id is configured."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A runbook that an incident asks for, and by what."""

    runbook_id: str
    because: str


@dataclass(frozen=True, slots=True)
class Runbooks:
    """The configured runbooks by id."""

    known: Mapping[str, Runbook]

    def pinned(self, runbook_id: str) -> Pinned:
        """Give a runbook as it is now, with all that run inside it.

        Raises UnknownRunbookError.
        """
        runbook = self._get(runbook_id)
        inner: dict[str, Runbook] = {}
        waiting = [runbook]
        while waiting:
            for step in waiting.pop().steps:
                if isinstance(step, SubRunbookStep) and step.runbook not in inner:
                    inner[step.runbook] = self._get(step.runbook)
                    waiting.append(inner[step.runbook])
        return Pinned(digest=runbook.digest, runbook=runbook, inner=inner)

    def wanted_by(self, incident: Incident) -> Iterator[Wanted]:
        """Say which runbooks start by themselves for an incident, each once, and by what."""
        found = incident.diagnosis
        seen = set()
        if found.auto_remediate and found.runbook is not None:
            seen.add(found.runbook)
            yield Wanted(found.runbook, f"rule {found.rule.id} says autoRemediate")
        names = {found.rule.id: "rule", **dict.fromkeys(_types(incident), "signal type")}
        names |= dict.fromkeys(_trigger_labels(incident), f"label {TRIGGER}")
        for runbook in self.known.values():
            triggers = [each for each in runbook.triggers if each in names]
            if triggers and runbook.id not in seen:
                seen.add(runbook.id)
                yield Wanted(runbook.id, f"its trigger {triggers[0]} is the {names[triggers[0]]}")

    def _get(self, runbook_id: str) -> Runbook:
        runbook = self.known.get(runbook_id)
        if runbook is None:
            known = ", ".join(sorted(self.known)) or "none"
            msg = f"there is no runbook {runbook_id}; configured: {known}"
            raise UnknownRunbookError(msg)
        return runbook


def execution_id(incident_id: str, runbook_id: str, cause: str) -> str:
    """Name an execution by what it is: the same incident, runbook and cause are one execution.

    `RUN-<the incident's last part>-<8 characters of base32 of SHA-256(incident, runbook, cause)>`.
    """
    digest = sha256("\n".join((incident_id, runbook_id, cause)).encode()).digest()
    return f"RUN-{incident_id.rpartition('-')[2]}-{b32encode(digest).decode()[:8]}"


def _types(incident: Incident) -> Iterator[str]:
    opening = incident.diagnosis.opening_signal
    yield from (signal.type for signal in incident.diagnosis.signals if signal.id == opening)


def _trigger_labels(incident: Incident) -> list[str]:
    value = incident.diagnosis.labels.get(TRIGGER, [])
    return [str(each) for each in (value if isinstance(value, list) else [value])]
