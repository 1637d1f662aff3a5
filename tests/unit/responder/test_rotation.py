"""Who is on call: turns, their hand-overs in local time, overrides, and the secondary."""

from datetime import UTC, datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from domain.responder.rotation import NobodyOnCallError, Rotation, Turn

WEEKLY: dict[str, Any] = {
    "members": ["ada", "ben", "cleo"],
    "handoff": "weekly",
    "timezone": "Europe/Berlin",
    "start": "2026-01-05",
}
DAILY = {**WEEKLY, "handoff": "daily", "at": "02:30"}


def rotation(written: dict[str, Any] = WEEKLY, *overrides: str, **other: Any) -> Rotation:
    """Make a rotation; an override is written as `from, until, person` or with a reason after."""
    names = ("from", "until", "person", "reason")
    listed = [dict(zip(names, each.split(", "), strict=False)) for each in overrides]
    return Rotation.model_validate({**written, **other, "overrides": listed})


def utc(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


def told(turn: Turn) -> tuple[str, str, str]:
    return turn.person, f"{turn.since:%m-%d %H:%M}", f"{turn.until:%m-%d %H:%M}"


def listed(turns: Rotation, at: str, count: int) -> list[tuple[str, str, str]]:
    return [told(turn) for turn in islice(turns.turns_from(utc(at)), count)]


@pytest.mark.parametrize(
    ("at", "person"),
    [
        ("2026-01-05 08:00", "ada"),  # 09:00 in Berlin
        ("2026-01-12 07:59:59", "ada"),
        ("2026-01-12 08:00", "ben"),
        ("2026-01-19 08:00", "cleo"),
        ("2026-01-26 08:00", "ada"),
        ("2027-01-04 08:00", "ben"),  # 52 turns later
    ],
)
def test_members_take_turns_week_by_week(at: str, person: str) -> None:
    assert rotation().turn_at(utc(at)).person == person


def test_nobody_is_on_call_before_the_start() -> None:
    with pytest.raises(NobodyOnCallError) as caught:
        rotation().turn_at(utc("2026-01-05 07:59:59"))
    assert str(caught.value) == (
        "nobody is on call before 2026-01-05 09:00 CET, when the rotation starts"
    )
    assert rotation().next_turn(utc("2025-12-01 00:00")).person == "ada"


def test_a_turn_keeps_its_local_hour_across_the_changes_of_the_clock() -> None:
    assert listed(rotation(), "2026-03-24 12:00", 2) == [
        ("cleo", "03-23 08:00", "03-30 07:00"),
        ("ada", "03-30 07:00", "04-06 07:00"),
    ]
    assert listed(rotation(), "2026-10-20 12:00", 2) == [
        ("cleo", "10-19 07:00", "10-26 08:00"),
        ("ada", "10-26 08:00", "11-02 08:00"),
    ]


def test_a_hand_over_at_a_skipped_time_is_as_much_later() -> None:
    assert listed(rotation(DAILY), "2026-03-28 12:00", 3) == [
        ("ben", "03-28 01:30", "03-29 01:30"),  # 03:30 of summer time, for 02:30
        ("cleo", "03-29 01:30", "03-30 00:30"),
        ("ada", "03-30 00:30", "03-31 00:30"),
    ]


def test_a_hand_over_at_a_repeated_time_is_at_the_first() -> None:
    assert listed(rotation(DAILY), "2026-10-24 12:00", 3) == [
        ("ben", "10-24 00:30", "10-25 00:30"),  # 02:30, still of summer time
        ("cleo", "10-25 00:30", "10-26 01:30"),
        ("ada", "10-26 01:30", "10-27 01:30"),
    ]


@pytest.mark.parametrize("at", ["2026-10-25 00:29", "2026-10-25 00:30", "2026-10-25 01:30"])
def test_moments_of_a_repeated_hour_are_told_apart(at: str) -> None:
    expected = "ben" if at < "2026-10-25 00:30" else "cleo"
    berlin = rotation(DAILY)
    assert berlin.turn_at(utc(at)).person == expected
    assert berlin.turn_at(utc(at).astimezone(ZoneInfo("Europe/Berlin"))).person == expected


def test_a_zone_that_skips_a_day_skips_a_turn() -> None:
    apia = rotation(DAILY, timezone="Pacific/Apia", start="2011-12-28")
    assert listed(apia, "2011-12-30 00:00", 3) == [
        ("ben", "12-29 12:30", "12-30 12:30"),
        ("ada", "12-30 12:30", "12-31 12:30"),  # the 30th, cleo's, did not exist in Samoa
        ("ben", "12-31 12:30", "01-01 12:30"),
    ]


@pytest.mark.parametrize(
    ("on", "until"),
    [("monday", "01-12"), ("tuesday", "01-06"), ("sunday", "01-11"), (None, "01-12")],
)
def test_a_first_turn_lasts_until_the_next_day_of_hand_over(on: str | None, until: str) -> None:
    turn = rotation(on=on).turn_at(utc("2026-01-05 12:00"))
    assert told(turn) == ("ada", "01-05 08:00", f"{until} 08:00")
    after = rotation(on=on).turn_at(turn.until)
    assert (after.person, (after.until - after.since).days) == ("ben", 7)


def test_overrides_beat_turns_up_to_their_end() -> None:
    swapped = rotation(WEEKLY, "2026-01-07 09:00, 2026-01-08 09:00, ben, dentist")
    assert listed(swapped, "2026-01-05 08:00", 4) == [
        ("ada", "01-05 08:00", "01-07 08:00"),
        ("ben", "01-07 08:00", "01-08 08:00"),
        ("ada", "01-08 08:00", "01-12 08:00"),
        ("ben", "01-12 08:00", "01-19 08:00"),
    ]
    turn = swapped.turn_at(utc("2026-01-07 08:00"))
    assert (turn.is_override, turn.reason) == (True, "dentist")
    assert swapped.replaced_at(utc("2026-01-07 08:00")) == "ada"
    assert swapped.replaced_at(utc("2026-01-08 08:00")) is None


def test_of_overlapping_overrides_the_later_in_the_list_holds() -> None:
    layered = rotation(
        WEEKLY,
        "2026-01-06 09:00, 2026-01-10 09:00, ben",
        "2026-01-07 09:00, 2026-01-08 09:00, cleo",
        "2026-01-05 09:00, 2026-01-06 12:00, dan",
    )
    assert listed(layered, "2026-01-05 08:00", 5) == [
        ("dan", "01-05 08:00", "01-06 11:00"),
        ("ben", "01-06 11:00", "01-07 08:00"),
        ("cleo", "01-07 08:00", "01-08 08:00"),
        ("ben", "01-08 08:00", "01-10 08:00"),
        ("ada", "01-10 08:00", "01-12 08:00"),
    ]


def test_an_override_outlasts_hand_overs_and_is_in_place_of_each_in_turn() -> None:
    long = rotation(WEEKLY, "2026-01-07 09:00, 2026-01-21 09:00, dan")
    assert told(long.turn_at(utc("2026-01-15 12:00"))) == ("dan", "01-07 08:00", "01-21 08:00")
    replaced = [long.replaced_at(utc(f"2026-01-{day} 12:00")) for day in ("07", "13", "20")]
    assert replaced == ["ada", "ben", "cleo"]
    assert told(long.secondary_at(utc("2026-01-15 12:00"))) == (
        "cleo", "01-12 08:00", "01-19 08:00",
    )  # fmt: skip


def test_an_override_of_ones_own_turn_is_in_place_of_nobody() -> None:
    own = rotation(WEEKLY, "2026-01-06 09:00, 2026-01-07 09:00, ada")
    assert own.replaced_at(utc("2026-01-06 12:00")) is None


def test_an_override_may_come_before_the_start() -> None:
    early = rotation(WEEKLY, "2026-01-02 09:00, 2026-01-03 09:00, ben")
    assert listed(early, "2025-12-01 00:00", 2) == [
        ("ben", "01-02 08:00", "01-03 08:00"),
        ("ada", "01-05 08:00", "01-12 08:00"),
    ]
    assert early.secondary_at(utc("2026-01-02 12:00")).person == "ada"
    assert early.replaced_at(utc("2026-01-02 12:00")) is None
    with pytest.raises(NobodyOnCallError):
        early.turn_at(utc("2026-01-04 12:00"))


@pytest.mark.parametrize(
    ("members", "override", "second"),
    [
        (["ada", "ben", "cleo"], "", "ben"),
        (["ada", "ben"], "", "ben"),
        (["ada", "ada", "ben"], "", "ben"),
        (["ada", "ben", "cleo"], "ben", "cleo"),
        (["ada", "ben", "cleo"], "dan", "ben"),
        (["ada", "ben", "ada", "cleo"], "ben", "cleo"),
        # Better ada, who gave her turn away, than nobody.
        (["ada", "ben"], "ben", "ada"),
        (["ada"], "ben", "ada"),
    ],
)
def test_the_secondary_is_who_is_next_and_not_on_call(
    members: list[str], override: str, second: str
) -> None:
    written = [f"2026-01-06 09:00, 2026-01-07 09:00, {override}"] if override else []
    turns = rotation({**WEEKLY, "members": members}, *written)
    assert turns.secondary_at(utc("2026-01-06 12:00")).person == second


def test_of_one_member_there_is_no_secondary() -> None:
    alone = rotation(members=["ada"])
    assert alone.turn_at(utc("2026-05-01 12:00")).person == "ada"
    with pytest.raises(NobodyOnCallError, match="there is no secondary: ada is the only member"):
        alone.secondary_at(utc("2026-05-01 12:00"))


def test_next_is_who_takes_over() -> None:
    turns = rotation(WEEKLY, "2026-01-08 09:00, 2026-01-09 09:00, cleo")
    assert told(turns.next_turn(utc("2026-01-06 12:00"))) == ("cleo", "01-08 08:00", "01-09 08:00")


@pytest.mark.parametrize(
    "wrong",
    [
        {"members": []},
        {"members": ["a b"]},
        {"handoff": "hourly"},
        {"on": "Monday"},
        {"at": "9:00"},
        {"at": "24:00"},
        {"at": "T0900"},
        {"at": "09:00+01:00"},
        {"at": "09:00:30"},
        {"timezone": "Mars/Base"},
        {"start": "2026-1-5"},
        {"start": "20260105"},
        {"start": "2026-02-30"},
        {"start": "2026-W02-1"},
        {"start": "9999-12-31"},
        {"until": "2026-01-05"},
        {"overrides": [{"from": "2026-01-05", "until": "2026-01-06 09:00", "person": "a"}]},
        {"overrides": [{"from": "2026-01-05T09:00", "until": "2026-01-06 09:00", "person": "a"}]},
        {"overrides": [{"until": "2026-01-06 09:00", "person": "a"}]},
    ],
)
def test_what_is_no_rotation_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Rotation.model_validate({**WEEKLY, **wrong})
