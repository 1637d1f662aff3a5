"""What can be read from the views: rows as plain values, what to ask for, and the port."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from application.alerting.views import (
    ChannelCount,
    DeliveryFilter,
    DeliveryRow,
    OpenIncident,
    SilenceRow,
)

OVER = ("completed", "aborted")
OPEN = ("detected", "acknowledged", "investigating")
ACTIVE = ("detected", "acknowledged", "investigating", "resolved")


class ViewsError(Exception):
    """The views cannot be read or written; the message says why and what to do."""


class UnreadableViewsError(ViewsError):
    """What is stored are not views that this Tocsin can read."""


class OutdatedViewsError(ViewsError):
    """A view does not exist yet, or is of another version than this Tocsin's."""


class ForeignLogError(ViewsError):
    """The views know events that the log does not have."""


class UnknownProjectionError(ViewsError):
    """No projection has that name."""


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """Which incidents to show: those that meet every condition; an empty one asks nothing.

    `since` is inclusive and `until` exclusive, both of the time of detection.
    """

    statuses: Sequence[str] = ACTIVE
    severities: Sequence[str] = ()
    categories: Sequence[str] = ()
    rules: Sequence[str] = ()
    labels: Sequence[tuple[str, str]] = ()
    since: datetime | None = None
    until: datetime | None = None
    limit: int | None = 1000


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """An incident as it stands now. `version` and `position` are those of its newest event."""

    id: str
    status: str
    severity: str
    severity_rank: int
    base_severity: str
    reasons: list[dict[str, Any]]
    rule_id: str
    rule_name: str
    rule_digest: str
    category: str
    source: str
    correlation_key: str
    detected_at: datetime
    recorded_at: datetime
    updated_at: datetime
    acknowledged_by: str | None
    acknowledged_at: datetime | None
    investigated_by: str | None
    assignee: str | None
    resolved_at: datetime | None
    closed_at: datetime | None
    outcome: str | None
    recurrence_of: str | None
    signal_count: int
    first_signal_at: datetime
    last_signal_at: datetime
    overflow: int
    labels: dict[str, Any]
    facts: dict[str, Any]
    context: dict[str, Any]
    runbook: str | None
    notify_channels: list[str]
    clocks: dict[str, Any] | None
    version: int
    position: int


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """An event of an incident. `at` is when it happened; `recorded_at` when Tocsin learned it."""

    position: int
    incident_id: str
    version: int
    at: datetime
    recorded_at: datetime
    kind: str
    actor_kind: str
    actor_name: str
    sentence: str
    reason: str
    cause_kind: str
    cause_id: str


@dataclass(frozen=True, slots=True)
class DeadLetterRow:
    """A line that could not be read; `position` and `line` say where it begins in the source."""

    event_position: int
    number: int
    source: str
    path: str
    position: int
    line: int
    reason: str
    excerpt: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source: how far it has been read, what it gave in all, and what befell it."""

    name: str
    format: str
    digest: str
    path: str
    position: int
    lines: int
    signals: int
    matched: int
    rejected: int
    forgotten_windows: int
    rotated: int
    truncated: int
    last_read_at: datetime | None


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule that was ever in force, or ever fired; `last_fired_at` is in the signals' time."""

    id: str
    name: str
    digest: str
    severity: str
    category: str
    enabled: bool
    in_force: bool
    first_loaded_at: datetime | None
    changed_at: datetime | None
    changed_by: str | None
    incidents: int
    last_fired_at: datetime | None


@dataclass(frozen=True, slots=True)
class ExecutionRow:
    """A runbook being carried out: how far it is, and what in it waits for whom, since when.

    `waiting` is `task`, `approval`, `decision` or `review`; `deadline` is when a task is late.
    `parent` is the execution inside which this one runs.
    """

    id: str
    incident_id: str
    runbook_id: str
    runbook_name: str
    digest: str
    parent: str | None
    started_by: str
    started_at: datetime
    updated_at: datetime
    ended_at: datetime | None
    status: str
    steps: int
    steps_done: int
    step_id: str | None
    step_name: str | None
    waiting: str | None
    waiting_for: list[str]
    waiting_since: datetime | None
    deadline: datetime | None
    instructions: str
    why: str
    version: int
    position: int


@dataclass(frozen=True, slots=True)
class RecentIncident:
    """An incident of a rule, with what tells whether another one continues it."""

    id: str
    correlation_key: str
    detected_at: datetime
    severity: str
    status: str
    outcome: str | None


@dataclass(frozen=True, slots=True)
class ProjectionStatus:
    """How current a view is; one that is rebuilding also has a generation in the making.

    `bookmark` is the position of the last event in the view, `head` that of the last in the log.
    """

    name: str
    state: Literal["live", "missing", "outdated", "rebuilding"]
    generation: int
    bookmark: int
    head: int
    building_bookmark: int | None = None

    @property
    def lag(self) -> int:
        """How many positions the view is behind the log."""
        return max(0, self.head - self.bookmark)


class Views(Protocol):
    """The views as readers ask them. Each answer is one consistent state of its view."""

    def board(self, wanted: BoardFilter) -> list[IncidentRow]:
        """Give incidents, the worst first, and of one severity the newest first."""

    def incident(self, incident_id: str) -> IncidentRow | None: ...

    def find_incident(self, part: str, limit: int = 20) -> list[str]:
        """Give at most `limit` ids that contain a part, in any case; a whole id only itself."""

    def recent_incidents(self, rule_id: str, since: datetime) -> list[RecentIncident]:
        """Give a rule's incidents detected at `since` or later, the newest first."""

    def open_incidents(self) -> list[OpenIncident]:
        """Give the incidents that are neither resolved nor closed, the oldest first."""

    def timeline(self, incident_id: str) -> list[TimelineRow]:
        """Give what happened to an incident, in the order in which it was recorded."""

    def dead_letters(
        self, source: str | None = None, limit: int = 100, offset: int = 0
    ) -> list[DeadLetterRow]:
        """Give lines that could not be read, the newest first."""

    def count_dead_letters(self, source: str | None = None) -> int: ...

    def sources(self) -> list[SourceRow]: ...

    def rules(self) -> list[RuleRow]: ...

    def deliveries(self, wanted: DeliveryFilter) -> list[DeliveryRow]:
        """Give deliveries, the newest first."""

    def find_delivery(self, part: str, limit: int = 20) -> list[str]:
        """Give at most `limit` ids of deliveries that contain a part, in any case."""

    def channel_counts(self) -> list[ChannelCount]:
        """Count deliveries by channel and status."""

    def executions(
        self, incident_id: str | None = None, *, also_over: bool = False
    ) -> list[ExecutionRow]:
        """Give executions of runbooks, the newest first; one in review is not over."""

    def find_execution(self, part: str, limit: int = 20) -> list[str]:
        """Give at most `limit` ids of executions that contain a part, in any case."""

    def silences(self, at: datetime, *, also_over: bool = False) -> list[SilenceRow]:
        """Give silences that cover something at a time, or will after it; the first to begin first.

        With `also_over` also those that are over by then.
        """

    def find_silence(self, part: str, limit: int = 20) -> list[str]:
        """Give at most `limit` ids of silences that contain a part, in any case."""

    def status(self) -> list[ProjectionStatus]: ...

    def is_current(self) -> bool:
        """Say whether every view shows the whole log."""
