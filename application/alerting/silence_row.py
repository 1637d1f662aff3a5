"""A silence or maintenance window as the view shows it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


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
