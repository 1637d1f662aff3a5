"""Who is on call when: members take turns, handing over at a local time; overrides beat turns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, StrictStr

from domain.local_time import Day, LocalTime, TimeOfDay, in_zone, moment_of
from domain.responder.names import Line, Name
from domain.source.format import Zone, time_zone

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_WEEKDAYS = get_args(Weekday)
_ONE_DAY = timedelta(days=1)


class NobodyOnCallError(LookupError):
    """Nobody is on call then; the message says why."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody is on call from `since` on, and no longer at `until`; both are in UTC.

    In UTC because comparing two times of one zone would compare what the clock shows, and that
    repeats itself where clocks are put back.
    """

    person: str
    since: datetime
    until: datetime
    is_override: bool = False
    reason: str = ""

    def holds(self, at: datetime) -> bool:
        """Say whether a moment lies in the turn."""
        return self.since <= at < self.until


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Override(_Part):
    """Somebody stands in, from one local time of the rotation's zone up to another."""

    begins: LocalTime = Field(alias="from")
    until: LocalTime
    person: Name
    reason: Line | None = None


class Rotation(_Part):
    """Members answer in turn, in their order; the first one's first turn begins on `start`.

    A turn ends at the next hand-over: at `at` of the next day or, weekly, of the next day that is
    an `on` (Monday if it is left out). A first turn that begins on another day of the week is
    shorter. Of several overrides at one moment, the last in the list holds.
    """

    description: StrictStr = ""
    members: Annotated[tuple[Name, ...], Field(min_length=1, max_length=1000)]
    handoff: Literal["weekly", "daily"]
    on: Weekday | None = None
    at: TimeOfDay = "09:00"
    timezone: Zone = "UTC"
    start: Day
    overrides: Annotated[tuple[Override, ...], Field(max_length=10_000)] = ()

    def turn_at(self, at: datetime) -> Turn:
        """Say who is on call; raises NobodyOnCallError for a moment before the start."""
        turn = self._turn_at(at)
        if turn is None:
            start = self.local(self._hand_over(0))
            msg = f"nobody is on call before {start}, when the rotation starts"
            raise NobodyOnCallError(msg)
        return turn

    def secondary_at(self, at: datetime) -> Turn:
        """Say who is the secondary: whose regular turn comes next, and who is not on call already.

        Somebody who is replaced comes last. Raises NobodyOnCallError.
        """
        holder, regular = self.turn_at(at), self._regular_turn_at(at)
        # Last, but not never: better to ask who swapped a turn than to leave an alert unanswered.
        replaced = regular.person if regular else ""
        others = [each for each in self._order_after(at) if each != holder.person]
        others.sort(key=lambda each: each == replaced)
        if not others:
            msg = f"there is no secondary: {holder.person} is the only member"
            raise NobodyOnCallError(msg)
        # An override may span hand-overs, and each of them makes somebody else the next.
        since = max(holder.since, regular.since) if regular else holder.since
        until = min(holder.until, regular.until if regular else self._hand_over(0))
        return Turn(others[0], since, until)

    def replaced_at(self, at: datetime) -> str | None:
        """Name whose turn it would be, were there no overrides; None if there is no difference."""
        regular = self._regular_turn_at(at)
        is_replaced = regular is not None and regular.person != self.turn_at(at).person
        return regular.person if regular and is_replaced else None

    def next_turn(self, at: datetime) -> Turn:
        """Give the turn that begins next after a moment."""
        now = self._turn_at(at)
        return self._first_from(now.until if now else at)

    def turns_from(self, at: datetime) -> Iterator[Turn]:
        """Give the turn of a moment, if somebody is on call, and all that follow, without end."""
        turn = self._first_from(at)
        while True:
            yield turn
            turn = self._first_from(turn.until)

    def local(self, moment: datetime) -> str:
        """Write a moment as clocks of the rotation's zone show it."""
        return in_zone(moment, self.timezone)

    def moments_of(self, override: Override) -> tuple[datetime, datetime]:
        """Give the moments at which an override begins and ends."""
        begins, until = map(datetime.fromisoformat, (override.begins, override.until))
        return moment_of(begins, self.timezone), moment_of(until, self.timezone)

    def _turn_at(self, at: datetime) -> Turn | None:
        at = at.astimezone(UTC)
        for rank in reversed(range(len(self._overriding))):
            if self._overriding[rank].holds(at):
                return _left_by(self._overriding[rank + 1 :], self._overriding[rank], at)
        regular = self._regular_turn_at(at)
        return regular and _left_by(self._overriding, regular, at)

    def _first_from(self, at: datetime) -> Turn:
        turn = self._turn_at(at)
        if turn is not None:
            return turn
        begin = [self._hand_over(0), *(each.since for each in self._overriding)]
        return self.turn_at(min(each for each in begin if each > at))

    def _regular_turn_at(self, at: datetime) -> Turn | None:
        number = self._number_at(at)
        if number < 0:
            return None
        person = self.members[number % len(self.members)]
        return Turn(person, self._hand_over(number), self._hand_over(number + 1))

    def _number_at(self, at: datetime) -> int:
        """Count the hand-overs since the first turn began; -1 before it did."""
        day = at.astimezone(time_zone(self.timezone)).date()
        number = max(0, (day - self._second_day) // self._length + 1)
        # That day's hand-over may be yet to come; and a zone that skips a day has two at once.
        while number >= 0 and self._hand_over(number) > at:
            number -= 1
        while self._hand_over(number + 1) <= at:
            number += 1
        return number

    def _order_after(self, at: datetime) -> list[str]:
        """Name the members in the order of their next turns."""
        first = (self._number_at(at) + 1) % len(self.members)
        return [*self.members[first:], *self.members[:first]]

    def _hand_over(self, number: int) -> datetime:
        """Give the moment at which a turn begins, the first one being 0."""
        first = date.fromisoformat(self.start)
        day = self._second_day + (number - 1) * self._length if number else first
        return moment_of(datetime.combine(day, time.fromisoformat(self.at)), self.timezone)

    @property
    def _length(self) -> timedelta:
        return _ONE_DAY if self.handoff == "daily" else len(_WEEKDAYS) * _ONE_DAY

    @cached_property
    def _second_day(self) -> date:
        """The day on which the second turn begins."""
        next_day = date.fromisoformat(self.start) + _ONE_DAY
        if self.handoff == "daily":
            return next_day
        days_to_go = _WEEKDAYS.index(self.on or "monday") - next_day.weekday()
        return next_day + days_to_go % len(_WEEKDAYS) * _ONE_DAY

    @cached_property
    def _overriding(self) -> tuple[Turn, ...]:
        every = (
            Turn(each.person, *self.moments_of(each), is_override=True, reason=each.reason or "")
            for each in self.overrides
        )
        return tuple(turn for turn in every if turn.since < turn.until)


def _left_by(others: Sequence[Turn], turn: Turn, at: datetime) -> Turn:
    """Give what others leave of a turn around a moment at which none of them is in force."""
    return replace(
        turn,
        since=max([turn.since, *(each.until for each in others if each.until <= at)]),
        until=min([turn.until, *(each.since for each in others if each.since > at)]),
    )
