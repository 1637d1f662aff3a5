"""A source as an aggregate: how it is read, what befell it, and the lines it was not read from."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Literal

from eventsourcing.domain import BaseAggregate, CanInitAggregate, CanMutateAggregate, event
from pydantic import BaseModel, ConfigDict

from domain.event import RecordedEvent
from domain.provenance import Provenance


class RejectedLine(BaseModel):
    """A line that could not be read: where it begins, why, and how it looks (shortened)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    position: int
    line: int
    reason: str
    excerpt: str


class Source(BaseAggregate[str]):
    """What is known of a source besides its signals."""

    TOPIC = "source"

    class Event(RecordedEvent, CanMutateAggregate[str]):
        """What all events of a source share."""

        TOPIC: ClassVar[str] = "source.event"

    class Configured(Event, CanInitAggregate[str]):
        """The source is read for the first time; `definition` says how."""

        TOPIC: ClassVar[str] = "source.configured"
        originator_topic: str
        name: str
        digest: str
        definition: dict[str, Any]

    class Reconfigured(Event):
        """The source is read in another way from here on."""

        TOPIC: ClassVar[str] = "source.reconfigured"
        digest: str
        definition: dict[str, Any]

    class FileBefallen(Event):
        """A file was opened, rotated away or truncated; `position` is the source's then."""

        TOPIC: ClassVar[str] = "source.file_befallen"
        happening: Literal["opened", "rotated", "truncated"]
        path: str
        position: int

    class LinesRejected(Event):
        """Lines that could not be read, in the order in which they stand in the source."""

        TOPIC: ClassVar[str] = "source.lines_rejected"
        path: str
        lines: tuple[RejectedLine, ...]

    class WindowsForgotten(Event):
        """More correlation keys were open at once than the limit allows: the idlest were let go."""

        TOPIC: ClassVar[str] = "source.windows_forgotten"
        rule_id: str
        keys: int
        limit: int

    class Read(Event):
        """Reading came to rest: how far the source has been read, and what this run gave."""

        TOPIC: ClassVar[str] = "source.read"
        path: str
        position: int
        lines: int
        signals: int
        matched: int
        rejected: int

    @staticmethod
    def id_of(name: str) -> str:
        """Give the aggregate id of the source of a name."""
        return f"source:{name}"

    @classmethod
    def configure(
        cls,
        name: str,
        digest: str,
        definition: dict[str, Any],
        provenance: Provenance,
        at: datetime,
    ) -> Source:
        """Begin to read a source."""
        return cls._create(
            cls.Configured,
            id=cls.id_of(name),
            name=name,
            digest=digest,
            definition=definition,
            provenance=provenance,
            timestamp=at,
        )

    def record(
        self, event_class: type[Event], provenance: Provenance, at: datetime, **what: Any
    ) -> None:
        """Record what befell the source; everything that is so is allowed."""
        self.trigger_event(event_class, provenance=provenance, timestamp=at, **what)

    @event(Configured)
    def __init__(self, name: str, digest: str) -> None:
        self.name = name
        self.digest = digest

    @event(Reconfigured)
    def _reconfigured(self, digest: str) -> None:
        self.digest = digest

    @event(FileBefallen)
    def _file_befallen(self) -> None:
        pass

    @event(LinesRejected)
    def _lines_rejected(self) -> None:
        pass

    @event(WindowsForgotten)
    def _windows_forgotten(self) -> None:
        pass

    @event(Read)
    def _read(self) -> None:
        pass
