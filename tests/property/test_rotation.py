"""Turns tile time: at every moment exactly one person is on call, for exactly their turn."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.responder.rotation import NobodyOnCallError, Rotation, Turn

PEOPLE = ("ada", "ben", "cleo", "dan")
# Clocks that change by an hour, by half an hour, around midnight, and never.
ZONES = ("UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/Santiago", "Asia/Kolkata")
FROM, UNTIL = date(2025, 1, 1), date(2028, 1, 1)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

times_of_day = st.times().map(lambda each: f"{each:%H:%M}")
days = st.dates(FROM, UNTIL)
moments = st.integers(0, 5 * 366 * 86_400).map(
    lambda seconds: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
local_times = st.builds("{} {}".format, days, times_of_day)
overrides = st.fixed_dictionaries(
    {"from": local_times, "until": local_times, "person": st.sampled_from(PEOPLE)}
)


@st.composite
def rotations(draw: st.DrawFn, most_overrides: int = 5) -> Rotation:
    weekly = draw(st.booleans())
    return Rotation.model_validate({
        "members": draw(st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=5)),
        "handoff": "weekly" if weekly else "daily",
        "on": draw(st.none() | st.sampled_from(WEEKDAYS)) if weekly else None,
        "at": draw(times_of_day),
        "timezone": draw(st.sampled_from(ZONES)),
        "start": draw(days).isoformat(),
        "overrides": draw(st.lists(overrides, max_size=most_overrides)),
    })  # fmt: skip


def turn_at(rotation: Rotation, at: datetime) -> Turn | None:
    try:
        return rotation.turn_at(at)
    except NobodyOnCallError:
        return None


def plainly_on_call(rotation: Rotation, at: datetime) -> str | None:
    """Say who is on call by the shortest way: the last override in force, or else count days."""
    zone = ZoneInfo(rotation.timezone)
    for each in reversed(rotation.overrides):
        begins, until = (
            datetime.fromisoformat(written).replace(tzinfo=zone).astimezone(UTC)
            for written in (each.begins, each.until)
        )
        if begins <= at < until:
            return each.person
    day, number, person = date.fromisoformat(rotation.start), -1, None
    while True:
        local = datetime.fromisoformat(f"{day} {rotation.at}").replace(tzinfo=zone)
        if local.astimezone(UTC) > at:
            return person
        is_on = WEEKDAYS[day.weekday()] == (rotation.on or "monday")
        if number < 0 or rotation.handoff == "daily" or is_on:
            number += 1
            person = rotation.members[number % len(rotation.members)]
        day += timedelta(days=1)


@given(rotations(), moments)
def test_who_is_on_call_is_who_a_plain_count_names(rotation: Rotation, at: datetime) -> None:
    turn = turn_at(rotation, at)
    assert (turn.person if turn else None) == plainly_on_call(rotation, at)


@given(rotations(), moments, st.floats(0, 1, exclude_max=True))
def test_a_turn_is_one_and_the_same_from_its_beginning_to_its_end(
    rotation: Rotation, at: datetime, part: float
) -> None:
    turn = turn_at(rotation, at)
    if turn is None:
        return
    assert turn.holds(at)
    within = turn.since + (turn.until - turn.since) * part
    for moment in (turn.since, within, turn.until - timedelta(microseconds=1)):
        assert rotation.turn_at(moment) == turn


@given(rotations(), moments)
def test_turns_follow_each_other_without_gap_or_overlap(rotation: Rotation, at: datetime) -> None:
    turns = list(islice(rotation.turns_from(at), 20))
    for turn, following in pairwise(turns):
        assert turn.since < turn.until <= following.since
        assert rotation.next_turn(turn.since) == following
        if turn.until < following.since:
            # Only before the start may there be nobody: between overrides.
            assert plainly_on_call(rotation, turn.until) is None
            assert plainly_on_call(rotation, following.since - timedelta(seconds=1)) is None


@given(rotations(most_overrides=0), moments)
def test_regular_turns_last_whole_local_days(rotation: Rotation, at: datetime) -> None:
    zone = ZoneInfo(rotation.timezone)
    turns = list(islice(rotation.turns_from(at), 6))
    for turn in turns:
        since, until = (each.astimezone(zone) for each in (turn.since, turn.until))
        days_long = (until.date() - since.date()).days
        assert days_long == 1 if rotation.handoff == "daily" else 1 <= days_long <= 7
    if rotation.handoff == "weekly":
        ends = {WEEKDAYS[turn.until.astimezone(zone).weekday()] for turn in turns}
        assert ends == {rotation.on or "monday"}


@given(rotations(), moments)
def test_the_secondary_is_another_member_while_the_first_is_on_call(
    rotation: Rotation, at: datetime
) -> None:
    first = turn_at(rotation, at)
    if first is None or set(rotation.members) <= {first.person}:
        with pytest.raises(NobodyOnCallError):
            rotation.secondary_at(at)
        return
    second = rotation.secondary_at(at)
    assert second.person != first.person
    assert second.person in rotation.members
    assert second.holds(at)
    assert first.since <= second.since < second.until <= first.until
    assert rotation.secondary_at(second.since) == second
