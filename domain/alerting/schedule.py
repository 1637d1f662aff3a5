"""When a silence holds: once, or again and again at the same time of day whatever clocks do."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Literal, NamedTuple

from pydantic import AwareDatetime, BaseModel, ConfigDict

from domain.duration import LONGEST
from domain.source.format import time_zone

Repetition = Literal["daily", "weekly"]

_PERIODS = {"daily": timedelta(days=1), "weekly": timedelta(weeks=1)}
_TICK = timedelta(microseconds=1)


class Window(NamedTuple):
    """A time in which a silence holds: from `start` on, and not at `end` any more."""

    start: datetime
    end: datetime


class Schedule(BaseModel):
    """From when until when a silence holds.

    One that `repeats` comes back every day or week at the time of day at which its first window
    begins and ends in `timezone`, for ever or until `repeats_until`, which also ends a window
    that is open then.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    starts_at: AwareDatetime
    ends_at: AwareDatetime
    repeats: Repetition | None = None
    timezone: str | None = None
    repeats_until: AwareDatetime | None = None

    @property
    def over_at(self) -> datetime | None:
        """When it is over for good; None if it comes back for ever."""
        return self.ends_at if self.repeats is None else self.repeats_until

    def window_at(self, at: datetime) -> Window | None:
        """Give the window that holds at a time, if one does."""
        found = self.next_window(at)
        return found if found is not None and found.start <= at else None

    def next_window(self, at: datetime) -> Window | None:
        """Give the window that holds at a time, or else the first one after it."""
        windows = [window for window in self._windows_about(at) if window.end > at]
        open_now = [window for window in windows if window.start <= at]
        if open_now:
            # Two can overlap where clocks go back between them.
            return max(open_now, key=lambda window: window.end)
        return windows[0] if windows else None

    def moved(self, until: datetime) -> "Schedule":
        """Give the same with another end: of its only window, or of its coming back."""
        field = "ends_at" if self.repeats is None else "repeats_until"
        return self.model_copy(update={field: until})

    def mistakes(self, at: datetime) -> Iterator[str]:
        """Say what is wrong with it if it is made at a time."""
        if self.ends_at <= self.starts_at:
            yield "it ends before it begins"
        if self.ends_at - self.starts_at > LONGEST:
            yield f"it lasts longer than {LONGEST.days} days"
        if self.starts_at - at > LONGEST:
            yield f"it begins more than {LONGEST.days} days from now"
        if self.over_at is not None and self.over_at <= at:
            yield "it is over already"
        yield from self._mistakes_of_repeating()

    def _mistakes_of_repeating(self) -> Iterator[str]:
        if self.repeats is None:
            if self.timezone is not None or self.repeats_until is not None:
                yield "only one that comes back has a time zone, and a time after which it does not"
            return
        if self.repeats_until is not None and self.repeats_until < self.ends_at:
            yield "it stops coming back before its first window ends"
        if self.timezone is None:
            yield "one that comes back needs a time zone"
            return
        try:
            zone = time_zone(self.timezone)
        except ValueError as error:
            yield str(error)
            return
        if _wall(self.ends_at, zone) - _wall(self.starts_at, zone) > _PERIODS[self.repeats]:
            yield f"its windows are longer than the time after which it comes back ({self.repeats})"

    def _windows_about(self, at: datetime) -> Iterator[Window]:
        """Give, in order, all windows that can hold at a time, and at least one after them."""
        if self.repeats is None:
            yield Window(self.starts_at, self.ends_at)
            return
        zone = time_zone(self.timezone or "UTC")
        passed = _wall(at, zone) - _wall(self.starts_at, zone)
        number = max(0, passed // _PERIODS[self.repeats])
        # The last one whose start clocks have shown may be over, the next one may have begun before
        # they went back, and one in an hour which they skip does not happen.
        for each in range(number, number + 3):
            window = self._window(each * _PERIODS[self.repeats], zone)
            if window.start < window.end:
                yield window

    def _window(self, later: timedelta, zone: tzinfo) -> Window:
        start, end = self.starts_at, self.ends_at
        if later:
            start = first_moment(_wall(start, zone) + later, zone)
            end = first_moment(_wall(end, zone) + later, zone)
        return Window(start, end if self.repeats_until is None else min(end, self.repeats_until))


def first_moment(wall: datetime, zone: tzinfo) -> datetime:
    """Give the first moment, in UTC, at which clocks of a zone show a time or are past it.

    Of an hour that clocks show twice that is the first; of one that they skip, it is the moment
    at which they do.
    """
    later = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if _wall(later, zone) == wall:
        return later
    # By PEP 495 these two lie on either side of the moment at which clocks go forward.
    earlier = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    while later - earlier > _TICK:
        middle = earlier + (later - earlier) / 2
        if _wall(middle, zone) < wall:
            earlier = middle
        else:
            later = middle
    return later


def _wall(at: datetime, zone: tzinfo) -> datetime:
    """Give what clocks of a zone show, without the zone."""
    return at.astimezone(zone).replace(tzinfo=None)
