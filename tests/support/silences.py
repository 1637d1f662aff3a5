"""Silences and alerts for tests."""

from datetime import UTC, datetime, timedelta
from typing import Any

from domain.alerting.content import Alert
from domain.alerting.matcher import Matcher, Operator
from domain.alerting.schedule import Schedule
from domain.alerting.silence import Silence
from domain.alerting.silence_definition import SilenceDefinition
from domain.incident.severity import Severity
from domain.provenance import Act, Actor, Cause, Provenance

START = datetime(2026, 3, 10, 22, tzinfo=UTC)
SILENCE = "SIL-AAAAAAAA"


def hours(number: float) -> datetime:
    """A moment so many hours after the start."""
    return START + timedelta(hours=number)


def act(at: float = 0, by: str = "ana") -> Act:
    """What a person does, so many hours after the start."""
    provenance = Provenance(
        actor=Actor.person(by),
        cause=Cause(kind="command", id="command-1"),
        correlation=SILENCE,
    )
    return Act(provenance, hours(at))


def matcher(name: str, value: str | tuple[str, ...], operator: Operator = "equals") -> Matcher:
    """One question."""
    return Matcher(name=name, operator=operator, value=value)


RULE = matcher("rule", "auth-001")


def a_silence(
    starts_at: datetime = START,
    minutes: float = 120,
    *matchers: Matcher,
    schedule: dict[str, Any] | None = None,
    **more: Any,
) -> SilenceDefinition:
    """A silence of a rule for two hours, but for what a test wants to be otherwise."""
    ends_at = starts_at + timedelta(minutes=minutes)
    when = Schedule(**{"starts_at": starts_at, "ends_at": ends_at, **(schedule or {})})
    asked = () if more.get("everything") else matchers or (RULE,)
    return SilenceDefinition(
        **{"matchers": asked, "schedule": when, "comment": "we test the login", **more}
    )


def a_maintenance(
    repeats: str | None = "daily", timezone: str | None = "Europe/Berlin", **more: Any
) -> SilenceDefinition:
    """A maintenance window of two hours that comes back every day."""
    schedule = {"repeats": repeats, "timezone": timezone, **more.pop("schedule", {})}
    return a_silence(kind="maintenance", schedule=schedule, **more)


def created(definition: SilenceDefinition | None = None, silence_id: str = SILENCE) -> Silence:
    """A silence that was just made."""
    return Silence.create(silence_id, definition or a_silence(), act())


def an_alert(**changes: Any) -> Alert:
    """An alert of an incident with everything that can be asked for."""
    said: dict[str, Any] = {
        "incident_id": "INC-20260310-AAAAAA",
        "rule_id": "auth-001",
        "rule_name": "Brute force",
        "category": "authentication_failure",
        "severity": Severity.P2,
        "status": "detected",
        "detected_at": START,
        "source": "sshd",
        "about": "192.0.2.1",
        "context": {"user": {"names": ["root", "ana"]}, "count": 12, "share": 0.5, "live": True},
        "labels": {"team": "payments", "app.io/tier": "1", "tags": ["web", "eu"]},
    }
    return Alert(**(said | changes))
