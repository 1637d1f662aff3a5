"""Reading logs with a whole Tocsin, on a configuration that a test writes."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from application.commands.ingesting import Rhythm, Told
from application.commands.totals import Totals
from domain.incident.incident import Incident
from infrastructure.bootstrap import Reading, Tocsin
from infrastructure.settings import SHIPPED, Settings

BRUTE_FORCE: dict[str, Any] = {
    "id": "rule-auth-brute-force",
    "name": "Authentication Brute Force Attempt",
    "description": "Multiple failed authentication attempts detected",
    "detection": {
        "source": "audit_log",
        "pattern": [
            {"field": "action", "operator": "equals", "value": "authentication_failed"},
        ],
        "threshold": {"count": 10, "window": "5m"},
        "correlate": {"field": "actor.ip", "within": "5m"},
    },
    "defaultSeverity": "P2",
    "category": "authentication_failure",
    "notifyChannels": ["slack_security"],
}


def _untold(totals: Totals, position: int) -> None:
    del totals, position


def a_rule(rule_id: str, detection: Mapping[str, Any], **other: Any) -> dict[str, Any]:
    """A rule as YAML holds it, with everything that a test does not care about."""
    return {
        "id": rule_id,
        "name": rule_id,
        "description": "",
        "detection": {"source": "audit_log", "pattern": [], **detection},
        "defaultSeverity": "P2",
        "category": "system_error",
        "notifyChannels": [],
        **other,
    }


def equals(field: str, value: Any) -> dict[str, Any]:
    """The pattern that a field equals a value."""
    return {"field": field, "operator": "equals", "value": value}


@dataclass(frozen=True, slots=True)
class Case:
    """A configuration folder and a database."""

    config: Path
    database: str

    @contextmanager
    def tocsin(self) -> Iterator[Tocsin]:
        """Open Tocsin on it."""
        tocsin = Tocsin(Settings(self.database, self.config, self.config / "cache"))
        try:
            yield tocsin
        finally:
            tocsin.close()

    def ingest(
        self,
        location: Path | str,
        source: str,
        batch: int | None = None,
        name: str = "",
        told: Told = _untold,
    ) -> Totals:
        """Read a file as the source of a name, saving after every `batch` lines."""
        rhythm = Rhythm(lines=batch, every=timedelta(days=1)) if batch else Rhythm()
        reading = Reading(
            location=str(location),
            format=source,
            name=name or source,
            by="tester",
            max_lines=min(batch or 1000, 1000),
        )
        with self.tocsin() as tocsin:
            return tocsin.ingest(reading, rhythm, told)

    def incidents(self) -> list[Incident]:
        """Every incident in the log, in the order in which they were detected."""
        with self.tocsin() as tocsin:
            head = tocsin.log.head()
            ids = [
                record.originator_id
                for record in tocsin.log.read(0, head)
                if record.topic == "incident.detected"
            ]
            found = [tocsin.journal.load(Incident, incident_id) for incident_id in ids]
        return [incident for incident in found if incident is not None]


def write_configuration(
    folder: Path,
    rules: Sequence[Mapping[str, Any]],
    sources: Mapping[str, Mapping[str, Any]] | None = None,
) -> Path:
    """Write a configuration folder, of the shipped sources and levels unless others are given."""
    (folder / "detection").mkdir(parents=True, exist_ok=True)
    (folder / "detection/rules.yaml").write_text(yaml.safe_dump({"rules": list(rules)}))
    shipped = yaml.safe_load((SHIPPED / "sources.yaml").read_text())
    (folder / "sources.yaml").write_text(
        yaml.safe_dump({"sources": sources} if sources else shipped)
    )
    (folder / "severity-levels.yaml").write_text((SHIPPED / "severity-levels.yaml").read_text())
    return folder


def shipped_source(name: str, **changes: Any) -> dict[str, Any]:
    """A shipped source's format with some of it changed; a mapping is changed key by key."""
    written: dict[str, Any] = yaml.safe_load((SHIPPED / "sources.yaml").read_text())["sources"][
        name
    ]
    for key, value in changes.items():
        written[key] = {**written[key], **value} if isinstance(value, dict) else value
    return written


def opening_of(incident: Incident) -> tuple[str, int]:
    """When an incident opened, and at which line of its source."""
    diagnosis = incident.diagnosis
    opening = next(s for s in diagnosis.signals if s.id == diagnosis.opening_signal)
    assert opening.origin is not None
    return diagnosis.detected_at.isoformat().replace("+00:00", "Z"), opening.origin.line
