"""A silence or a maintenance window: an aggregate that says which alerts are held back, and why."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from eventsourcing.domain import BaseAggregate, event
from pydantic import AwareDatetime, BaseModel, ConfigDict

from domain.alerting import silence_events as events
from domain.alerting.content import Alert
from domain.alerting.errors import (
    AlreadyEndedError,
    ImpossibleSilenceError,
    UnchangedSilenceError,
)
from domain.alerting.schedule import Schedule
from domain.alerting.silence_definition import Kind, SilenceDefinition
from domain.provenance import Act, Provenance


class Covering(BaseModel):
    """By which silence an alert is held back, until when, why, and who wants that."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    silence_id: str
    kind: Kind
    until: AwareDatetime
    comment: str
    by: str


class Silence(BaseAggregate[str]):
    """A silence. Commands check everything, then trigger one event; appliers only assign."""

    TOPIC = "silence"

    Event = events.Event
    Created = events.Created
    Extended = events.Extended
    Ended = events.Ended

    # Asking.

    def covers(self, alert: Alert, channel: str, at: datetime) -> Covering | None:
        """Say whether an alert to a channel is held back at a time, and until when."""
        window = self.definition.schedule.window_at(at)
        if window is None or not self.definition.concerns(alert, channel):
            return None
        until = window.end if self.ended_at is None else min(window.end, self.ended_at)
        if at >= until:
            return None
        return Covering(
            silence_id=self.id,
            kind=self.definition.kind,
            until=until,
            comment=self.definition.comment,
            by=self.created_by,
        )

    @property
    def over_at(self) -> datetime | None:
        """When it is over for good; None if it comes back for ever."""
        return self.ended_at or self.definition.schedule.over_at

    # Deciding.

    @classmethod
    def create(cls, silence_id: str, definition: SilenceDefinition, act: Act) -> Silence:
        """Hold alerts back from now on or later; raises ImpossibleSilenceError."""
        if mistakes := definition.mistakes(act.at):
            raise ImpossibleSilenceError(mistakes)
        return cls._create(
            cls.Created,
            id=silence_id,
            definition=definition,
            provenance=act.provenance,
            timestamp=act.at,
        )

    def extend(self, until: datetime, act: Act) -> None:
        """Move the end: of one that comes back that after which it does so no more."""
        self._refuse_if_over(act.at)
        schedule = self.definition.schedule
        if until == schedule.over_at:
            msg = f"{self.id} ends at that time already"
            raise UnchangedSilenceError(msg)
        if until <= act.at:
            msg = f"{self.id} cannot end in the past; to end it now, say so"
            raise ImpossibleSilenceError([msg])
        moved = schedule.moved(until)
        if mistakes := tuple(moved.mistakes(act.at)):
            raise ImpossibleSilenceError(mistakes)
        self._trigger(self.Extended, act, schedule=moved)

    def end(self, act: Act) -> None:
        """End it now, or, if it has not begun, keep it from ever doing so."""
        self._refuse_if_over(act.at)
        self._trigger(self.Ended, act)

    def _refuse_if_over(self, at: datetime) -> None:
        if self.ended_at is not None:
            msg = f"{self.id} was ended by {self.ended_by} before; make a new one"
            raise AlreadyEndedError(msg)
        if self.over_at is not None and self.over_at <= at:
            msg = f"{self.id} is over; make a new one"
            raise AlreadyEndedError(msg)

    def _trigger(self, event_class: type[events.Event], act: Act, **fields: Schedule) -> None:
        self.trigger_event(event_class, provenance=act.provenance, timestamp=act.at, **fields)

    # Applying.

    @event(Created)
    def __init__(self, definition: SilenceDefinition, provenance: Provenance) -> None:
        self.definition = definition
        self.created_by = provenance.actor.name
        self.command_id = provenance.cause.id
        self.ended_by: str | None = None
        self.ended_at: datetime | None = None

    @event(Extended)
    def _extended(self, schedule: Schedule) -> None:
        self.definition = self.definition.model_copy(update={"schedule": schedule})

    @event(Ended)
    def _ended(self, provenance: Provenance, timestamp: datetime) -> None:
        self.ended_by = provenance.actor.name
        self.ended_at = timestamp


def first_covering(
    silences: Iterable[Silence], alert: Alert, channel: str, at: datetime
) -> Covering | None:
    """Say which of some silences holds an alert back; of several, that which does so longest."""
    found = [covering for each in silences if (covering := each.covers(alert, channel, at))]
    # Of two that hold equally long, always the same one.
    return max(found, key=lambda covering: (covering.until, covering.silence_id), default=None)
