"""Whatever is silenced and whenever: laws of matchers, of windows, and of the aggregate."""

from bisect import bisect_left
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import assume, event, given
from hypothesis import strategies as st

from domain.alerting.content import Alert
from domain.alerting.errors import AlertingError
from domain.alerting.matcher import Matcher
from domain.alerting.schedule import Schedule, first_moment
from domain.alerting.silence import Silence, first_covering
from domain.alerting.silence_definition import SilenceDefinition
from domain.incident.severity import Severity
from tests.support.silences import (
    SILENCE,
    a_maintenance,
    a_silence,
    act,
    an_alert,
    created,
    hours,
    matcher,
)

# When clocks are changed: by an hour, by half of one, at midnight and, in Troll, by two hours.
CHANGES = {
    "Europe/Berlin": ("2025-03-30T01:00Z", "2025-10-26T01:00Z"),
    "America/New_York": ("2025-03-09T07:00Z", "2025-11-02T06:00Z"),
    "Australia/Lord_Howe": ("2025-04-05T15:00Z", "2025-10-04T15:30Z"),
    "America/Havana": ("2025-03-09T05:00Z", "2025-11-02T05:00Z"),
    "Antarctica/Troll": ("2025-03-30T01:00Z", "2025-10-26T01:00Z"),
    "Asia/Kathmandu": (),
    "UTC": (),
}
BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
STEP = timedelta(minutes=10)
YEARS = 3
PERIODS = {"daily": timedelta(days=1), "weekly": timedelta(weeks=1)}

zones = st.sampled_from([*CHANGES])
anywhere = st.integers(6 * 48, 6 * 24 * 365 * (YEARS - 1)).map(lambda n: BEGIN + n * STEP)


@st.composite
def moments(draw: st.DrawFn, zone: str) -> datetime:
    """Any moment, or one within a few hours of a change of the zone's clocks."""
    if not CHANGES[zone] or draw(st.booleans()):
        return draw(anywhere)
    change = datetime.fromisoformat(draw(st.sampled_from(CHANGES[zone])))
    return change + draw(st.integers(-20, 20)) * STEP


@lru_cache(maxsize=len(CHANGES))
def highest_shown(zone: str) -> list[datetime]:
    """The latest time that clocks have shown so far, every ten minutes for some years."""
    shown: list[datetime] = []
    for number in range(6 * 24 * 365 * YEARS):
        wall = (BEGIN + number * STEP).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        shown.append(max(wall, shown[-1]) if shown else wall)
    return shown


def plain_first_moment(wall: datetime, zone: str) -> datetime:
    """The first of the moments ten minutes apart at which clocks show a time or are past it."""
    return BEGIN + bisect_left(highest_shown(zone), wall) * STEP


@given(st.data(), zones, st.integers(-20, 20))
def test_the_first_moment_of_a_time_of_day_is_that_of_a_search(
    data: st.DataObject, zone: str, steps: int
) -> None:
    shown = data.draw(moments(zone)).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    wall = shown + steps * STEP
    assert first_moment(wall, ZoneInfo(zone)) == plain_first_moment(wall, zone)


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    """A window that comes back, often just as clocks are changed."""
    zone = draw(zones)
    repeats = draw(st.sampled_from(["daily", "weekly"]))
    before = draw(st.integers(0, 20)) * PERIODS[repeats]
    start = max(draw(moments(zone)) - before, BEGIN + timedelta(days=2))
    schedule = Schedule(
        starts_at=start,
        ends_at=start + draw(st.integers(1, 12) | st.integers(1, 6 * 24)) * STEP,
        repeats=repeats,  # type: ignore[arg-type] # one of the two
        timezone=zone,
        repeats_until=draw(st.none() | st.integers(144, 9000).map(lambda n: start + n * STEP)),
    )
    # A day that has an hour more on its clocks than it lasts is longer than a day.
    assume(not list(schedule.mistakes(start)))
    return schedule


def plain_windows(schedule: Schedule) -> Iterator[tuple[datetime, datetime]]:
    """Every window for some weeks, one after the other."""
    assert schedule.repeats is not None
    assert schedule.timezone is not None
    zone = ZoneInfo(schedule.timezone)
    walls = [
        at.astimezone(zone).replace(tzinfo=None) for at in (schedule.starts_at, schedule.ends_at)
    ]
    yield schedule.starts_at, schedule.ends_at
    for number in range(1, 60):
        later = number * PERIODS[schedule.repeats]
        start, end = (plain_first_moment(wall + later, schedule.timezone) for wall in walls)
        end = min(end, schedule.repeats_until or end)
        if start < end:
            yield start, end


@given(schedules(), st.lists(st.integers(-100, 6 * 24 * 50), min_size=1, max_size=20))
def test_a_repeating_window_holds_when_one_of_all_its_windows_does(
    schedule: Schedule, steps: list[int]
) -> None:
    windows = list(plain_windows(schedule))
    silence = Silence.create(
        SILENCE,
        a_silence(kind="maintenance", schedule=schedule.model_dump()),
        act((schedule.starts_at - hours(0)) / timedelta(hours=1)),
    )
    edges = [edge for window in windows[:25] for edge in window]
    for at in [schedule.starts_at + step * STEP for step in steps] + edges:
        holding = [end for start, end in windows if start <= at < end]
        covering = silence.covers(an_alert(), "slack", at)
        assert (covering and covering.until) == max(holding, default=None)
        if not holding:
            following = min(((start, end) for start, end in windows if start > at), default=None)
            assert schedule.next_window(at) == following


@given(schedules())
def test_a_window_holds_at_its_start_and_not_at_its_end(schedule: Schedule) -> None:
    window = schedule.next_window(schedule.starts_at)
    assert window is not None
    assert schedule.window_at(window.start) is not None
    after = schedule.window_at(window.end)
    assert after is None or after.end > window.end
    assert schedule.window_at(window.end - timedelta(microseconds=1)) is not None


texts = st.text(max_size=4)
names = st.sampled_from(["rule", "about", "source", "channel", "label.team", "context.user"])
labels = texts | st.integers() | st.booleans() | st.lists(texts, max_size=3) | st.none()
alerts = st.builds(
    an_alert,
    rule_id=texts,
    about=texts,
    severity=st.sampled_from(Severity),
    labels=st.fixed_dictionaries({}, optional={"team": labels}),
    context=st.fixed_dictionaries({}, optional={"user": labels}),
)


@given(names, st.lists(texts, min_size=1, max_size=3), alerts, texts)
def test_in_is_that_some_value_is_equal(
    name: str, values: list[str], alert: Alert, channel: str
) -> None:
    among = matcher(name, tuple(values), "in").holds(alert, channel)
    assert among is any(matcher(name, value).holds(alert, channel) for value in values)


@given(names, texts, alerts, texts)
def test_what_is_there_is_either_equal_or_not(
    name: str, value: str, alert: Alert, channel: str
) -> None:
    is_there = matcher(name, "", "matches").holds(alert, channel)
    equal = matcher(name, value).holds(alert, channel)
    unequal = matcher(name, value, "not_equals").holds(alert, channel)
    assert (equal or unequal) is is_there
    assert not (equal and unequal)


questions = st.builds(
    matcher, names, texts.filter(bool), st.sampled_from(["equals", "not_equals"])
) | st.builds(
    matcher,
    st.just("severity"),
    st.lists(st.sampled_from(Severity), min_size=1).map(tuple),
    st.just("in"),
)


@given(st.lists(questions, min_size=1, max_size=4), alerts, texts, questions)
def test_another_matcher_never_covers_more_of_what_is_not_the_worst(
    asked: list[Matcher], alert: Alert, channel: str, more: Matcher
) -> None:
    narrow, wide = a_silence(hours(0), 60, *asked, more), a_silence(hours(0), 60, *asked)
    if narrow.concerns(alert, channel) and alert.severity is not Severity.P0:
        assert wide.concerns(alert, channel)
    if narrow.would_concern(alert, channel):
        assert wide.would_concern(alert, channel)


@given(st.lists(questions, max_size=4), alerts, texts)
def test_p0_is_covered_only_where_p0_is_written(
    asked: list[Matcher], alert: Alert, channel: str
) -> None:
    definition = SilenceDefinition(
        matchers=tuple(asked),
        comment="x",
        schedule=Schedule(starts_at=hours(0), ends_at=hours(1)),
    )
    if definition.concerns(alert, channel) and alert.severity is Severity.P0:
        assert any(each.name == "severity" and "P0" in each.value for each in asked)


@given(
    st.lists(st.tuples(st.integers(-60, 60), st.integers(1, 200)), max_size=6),
    st.randoms(use_true_random=False),
)
def test_the_first_covering_does_not_depend_on_the_order(
    times: list[tuple[int, int]], chance: Any
) -> None:
    silences = [
        created(a_silence(hours(0) + timedelta(minutes=begin), length + 60), f"SIL-{number}")
        for number, (begin, length) in enumerate(times)
    ]
    first = first_covering(silences, an_alert(), "slack", hours(0.5))
    chance.shuffle(silences)
    assert first_covering(silences, an_alert(), "slack", hours(0.5)) == first
    for each in silences:
        covering = each.covers(an_alert(), "slack", hours(0.5))
        assert covering is None or (first is not None and covering.until <= first.until)


decisions = st.lists(
    st.tuples(st.sampled_from(["extend", "extend", "end"]), st.integers(0, 9), st.integers(-5, 60)),
    max_size=6,
)


@given(decisions, st.booleans())
def test_replaying_events_that_were_written_down_gives_the_same_silence(
    taken: list[tuple[str, int, int]], repeating: bool
) -> None:
    silence = created(a_maintenance() if repeating else a_silence())
    now = 0
    for name, passed, until in taken:
        now += passed
        before = state_of(silence)
        try:
            silence.end(act(now)) if name == "end" else silence.extend(hours(until), act(now))
        except AlertingError:
            assert state_of(silence) == before
    event(f"events: {len(silence.pending_events)}")
    replayed: Silence | None = None
    for happened in silence.pending_events:
        written = type(happened).model_validate_json(happened.model_dump_json())  # type: ignore[attr-defined]
        replayed = written.mutate(replayed)
    assert replayed is not None
    assert state_of(replayed) == state_of(silence)


def state_of(silence: Silence) -> dict[str, Any]:
    return {name: value for name, value in vars(silence).items() if name != "_pending_events"}


@given(st.integers(0, 300), st.integers(1, 300))
def test_what_was_ended_is_as_if_it_had_been_that_short(minutes: int, ended: int) -> None:
    silence, short = created(), created(a_silence(minutes=min(ended, 120)))
    with suppress(AlertingError):
        silence.end(act(ended / 60))
    at = hours(minutes / 60)
    assert silence.covers(an_alert(), "slack", at) == short.covers(an_alert(), "slack", at)
