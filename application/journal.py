"""The journal: the one place through which aggregates are loaded and their events saved."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from eventsourcing.application import AggregateNotFoundError, Application, ProcessingEvent
from eventsourcing.domain import BaseAggregate, DomainEventProtocol
from eventsourcing.persistence import Tracking

from application.commands.totals import Totals
from application.reading import Cursor
from domain.detection.memory import MemoryChanges
from domain.incident.evidence import Unrecorded

TAggregate = TypeVar("TAggregate", bound=BaseAggregate[str])


class SourceConflictError(Exception):
    """Another process has read the same source in the meantime."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a source came, saved in one transaction with the events that this led to.

    Saving fails with SourceConflictError unless the source still stands at `expected`, a byte
    position. `tallies` name the incidents whose newest signals no event records yet; None
    stands for one that has none left. `since_rest` is what was read and no event tells yet.
    """

    source: str
    expected: int
    cursor: Cursor
    memory: MemoryChanges = field(default_factory=MemoryChanges)
    tallies: dict[str, Unrecorded | None] = field(default_factory=dict)
    since_rest: Totals = field(default_factory=Totals)


def _folded(aggregate: Any, events: Iterable[Any]) -> Any:
    # As the library does it, but for asking of each event whether it is one: that takes longer.
    for each in events:
        aggregate = each.mutate(aggregate)
    return aggregate


class Journal(Application[str]):
    """The event-sourced application. One log holds every event of every aggregate."""

    name = "tocsin"

    def load(self, kind: type[TAggregate], aggregate_id: str) -> TAggregate | None:
        """Rebuild an aggregate from its events; None if it has none."""
        try:
            aggregate: TAggregate = self.repository.get(aggregate_id, projector_func=_folded)
        except AggregateNotFoundError:
            return None
        if not isinstance(aggregate, kind):
            msg = f"{aggregate_id} is a {type(aggregate).__name__}, not a {kind.__name__}"
            raise TypeError(msg)
        return aggregate

    def event(self, aggregate_id: str, version: int) -> DomainEventProtocol[str] | None:
        """Give one event of an aggregate; None if there is no such event."""
        return next(iter(self.events.get(aggregate_id, gt=version - 1, lte=version)), None)

    def has(self, aggregate_id: str) -> bool:
        """Say whether an aggregate has events: much cheaper than to rebuild one that has none."""
        known: bool = self.recorder.has_events(aggregate_id)  # type: ignore[attr-defined] # ours all do
        return known

    def commit(
        self, aggregates: Iterable[BaseAggregate[str]], progress: Progress | None = None
    ) -> None:
        """Save the new events of aggregates, and a source's progress with them: all or nothing.

        Raises RecordConflictError if one of the aggregates has changed since it was loaded,
        SourceConflictError if the source was read by somebody else; then nothing is saved.
        """
        tracking = None
        if progress is not None and progress.cursor.position > progress.expected:
            tracking = Tracking(progress.source, progress.cursor.position)
        processing = ProcessingEvent[str](tracking)
        if progress is not None:
            processing.saved_kwargs["progress"] = progress
        # Not by its own `collect_events`, which asks each object at length what it is.
        for aggregate in aggregates:
            processing.events.extend(aggregate.collect_events())
        self._record(processing)
