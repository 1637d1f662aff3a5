"""What can be read from the views about telling people: rows, and what to ask for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A message to a channel, and what came of it.

    `not_before` is when it is tried again, or until when a silence, `held_by`, holds it back.
    `stands_in` is the delivery that took its place, `instead_of` the one whose place it took.
    """

    id: str
    incident_id: str
    channel: str
    occasion: str
    severity: str
    sentence: str
    routes: list[dict[str, Any]]
    recipients: list[dict[str, Any]]
    planned_at: datetime
    updated_at: datetime
    status: str
    tries: int
    not_before: datetime | None
    delivered_at: datetime | None
    instead_of: str | None
    stands_in: str | None
    held_by: str | None
    why: str
    version: int
    position: int


@dataclass(frozen=True, slots=True)
class DeliveryFilter:
    """Which deliveries to show, the newest first; an empty condition asks nothing.

    `of_open`: only those of incidents that are not closed, or of no single incident.
    """

    statuses: Sequence[str] = ()
    ids: Sequence[str] = ()
    of_open: bool = False
    incident_id: str | None = None
    channel: str | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class ChannelCount:
    """How many deliveries of a channel have a status, and when the last of them changed."""

    channel: str
    status: str
    count: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class OpenIncident:
    """An incident that is not over, with what tells when its clocks run out."""

    id: str
    status: str
    severity: str
    detected_at: datetime
    recorded_at: datetime
    clocks: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class SilenceRow:
    """A silence or maintenance window; `over_at` is when it is, or was, over for good.

    `everything` says that it needs no matcher. One that comes back for ever is never over.
    """

    id: str
    kind: str
    everything: bool
    matchers: list[dict[str, Any]]
    starts_at: datetime
    ends_at: datetime
    repeats: str | None
    timezone: str | None
    repeats_until: datetime | None
    over_at: datetime | None
    comment: str
    created_by: str
    created_at: datetime
    ended_by: str | None
    ended_at: datetime | None
    updated_at: datetime
    version: int
    position: int
