"""What a silence is, in words: what it holds back, when, and where it stands."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Literal, NamedTuple

from infrastructure.cli.moments import age, exact
from infrastructure.cli.output import counted
from infrastructure.cli.texts import safe

if TYPE_CHECKING:
    from application.alerting.views import SilenceRow
    from domain.alerting.schedule import Schedule
    from domain.alerting.silence_definition import SilenceDefinition
    from infrastructure.cli.silencing import Covered


class Standing(NamedTuple):
    """Where a silence stands, and since when, for how long, or how soon."""

    state: Literal["active", "coming", "ended", "over"]
    when: str


def what_of(definition: "SilenceDefinition") -> str:
    """Say in one line what is held back."""
    if definition.everything:
        return "all alerts but those of P0"
    asked = " and ".join(safe(each) for each in definition.matchers)
    spared = "" if any(each.is_explicit for each in definition.matchers) else ", but never of P0"
    return f"alerts with {asked}{spared}"


def when_of(schedule: "Schedule") -> str:
    """Say in one line when it holds."""
    if schedule.repeats is None:
        return f"from {exact(schedule.starts_at)} until {exact(schedule.ends_at)}"
    from domain.source.format import time_zone

    zone = time_zone(schedule.timezone or "UTC")
    start, end = schedule.starts_at.astimezone(zone), schedule.ends_at.astimezone(zone)
    weekly = schedule.repeats == "weekly"
    form = "%A %H:%M" if weekly else "%H:%M"
    last = f"until {exact(schedule.repeats_until)}" if schedule.repeats_until else "for ever"
    return (
        f"every {'week' if weekly else 'day'} from {start.strftime(form)} "
        f"until {end.strftime(form)}, {schedule.timezone}, "
        f"from {start.date()} on, {last}"
    )


def counts_of(covered: "Covered") -> Iterator[str]:
    """Say how many open incidents are covered, and how many are not only as they are P0."""
    some = counted(covered.number, "open incident") if covered.number else "No open incident"
    yield f"{some} {'is' if covered.number <= 1 else 'are'} like that now."
    if covered.spared:
        one = covered.spared == 1
        yield (
            f"{counted(covered.spared, 'open P0 incident')} would be, and still "
            f"{'alerts' if one else 'alert'}: only severity=P0 or incident=ID holds P0 back."
        )


def standing(row: "SilenceRow", at: datetime) -> Standing:
    """Say where a silence stands at a time."""
    if row.over_at is not None and row.over_at <= at:
        return Standing("ended" if row.ended_at else "over", f"{age(row.over_at, at)} ago")
    window = schedule_of(row).next_window(at)
    if window is None:
        return Standing("over", "")
    if window.start <= at:
        return Standing("active", f"{age(at, window.end)} left")
    return Standing("coming", f"in {age(at, window.start)}")


def schedule_of(row: "SilenceRow") -> "Schedule":
    """Give when a silence of the view holds."""
    from domain.alerting.schedule import Schedule

    names = ("starts_at", "ends_at", "repeats", "timezone", "repeats_until")
    return Schedule.model_validate({name: getattr(row, name) for name in names})
