"""The directory of responders: whom a name stands for."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from domain.responder.directory import Directory, Found, NobodyError
from domain.responder.flaws import flaws_of

WRITTEN: dict[str, Any] = {
    "people": {
        "ada": {"full_name": "Ada Ames", "email": "ada@corp.example"},
        "ben": {"full_name": "Ben Berg", "phone": "+49 30 5550 0101", "timezone": "Europe/Berlin"},
        "cleo": {"full_name": "Cleo Cho", "slack": "@cleo"},
    },
    "teams": {"security_team": {"members": ["ada", "ben"]}, "shop_team": {"members": ["cleo"]}},
    "groups": {
        "owner": {
            "by": "incident.context.project",
            "members": {"shop": ["shop_team", "ada"], "7": ["ben"]},
            "otherwise": ["ben"],
        },
        "strict_owner": {"by": "incident.context.project", "members": {"shop": ["cleo"]}},
        "on_duty": {
            "by": "incident.context.site",
            "members": {
                "both": ["later", "payments", "payments.secondary", "alone"],
                "none": ["later", "alone.secondary"],
            },
        },
    },
    "rotations": {
        "payments": {
            "members": ["ada", "ben", "cleo"],
            "handoff": "weekly",
            "timezone": "Europe/Berlin",
            "start": "2026-11-23",
            "overrides": [
                {
                    "from": "2026-11-28 09:00",
                    "until": "2026-11-29 09:00",
                    "person": "cleo",
                    "reason": "a wedding",
                },
            ],
        },
        "later": {
            "members": ["ben"],
            "handoff": "daily",
            "at": "00:00",
            "start": "2026-11-24",
        },
        "alone": {"members": ["ada"], "handoff": "daily", "start": "2026-11-01"},
    },
}
DIRECTORY = Directory.model_validate(WRITTEN)
AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


def behind(name: str, **context: Any) -> tuple[str, ...]:
    return DIRECTORY.people_behind(name, AT, {"incident": {"context": context}})


def test_a_person_stands_for_themselves_and_a_team_for_its_members() -> None:
    assert behind("ada") == ("ada",)
    assert behind("security_team") == ("ada", "ben")


@pytest.mark.parametrize(
    ("project", "people"),
    [
        ("shop", ("cleo", "ada")),
        (["billing", "shop"], ("cleo", "ada")),
        (["shop", 7], ("cleo", "ada", "ben")),
        (7, ("ben",)),
        ("billing", ("ben",)),
        (None, ("ben",)),
    ],
)
def test_whom_a_group_stands_for_depends_on_the_incident(
    project: Any, people: tuple[str, ...]
) -> None:
    assert behind("owner", project=project) == people


def test_what_is_not_known_of_the_incident_leaves_the_rest() -> None:
    assert DIRECTORY.people_behind("owner", AT, {}) == ("ben",)


@pytest.mark.parametrize(
    ("name", "context", "told"),
    [
        (
            "zoe", {},
            "there is no person, team, group or rotation zoe in the directory of responders",
        ),
        (
            "strict_owner", {"project": "billing"},
            "strict_owner is nobody for this incident: incident.context.project is billing",
        ),
        (
            "strict_owner", {},
            "strict_owner is nobody for this incident: incident.context.project is unknown",
        ),
    ],
)  # fmt: skip
def test_a_name_that_stands_for_nobody_is_an_error(
    name: str, context: dict[str, Any], told: str
) -> None:
    with pytest.raises(NobodyError) as caught:
        behind(name, **context)
    assert str(caught.value) == told


def test_which_names_stand_for_somebody_now() -> None:
    assert DIRECTORY.names_of("ada", AT) == ("security_team", "payments", "alone")
    assert DIRECTORY.names_of("ben", AT) == ("security_team", "payments.secondary", "later")
    assert DIRECTORY.names_of("cleo", AT) == ("shop_team",)
    assert DIRECTORY.names_of("zoe", AT) == ()


def resolved(name: str, at: datetime = AT, **context: Any) -> list[tuple[str, str]]:
    found = DIRECTORY.resolve(name, at, {"incident": {"context": context}})
    return [(each.name, each.why) for each in found]


def test_a_record_can_say_why_somebody_was_found() -> None:
    assert DIRECTORY.resolve("ada", AT, {}) == [Found("ada")]
    assert resolved("security_team") == [
        ("ada", "of the team security_team"),
        ("ben", "of the team security_team"),
    ]
    assert resolved("owner", project="shop") == [
        ("cleo", "of the team shop_team, of the group owner"),
        ("ada", "of the group owner"),
    ]


@pytest.mark.parametrize(
    ("name", "day", "person", "why"),
    [
        ("payments", 24, "ada", "on call for payments until 2026-11-28 09:00 CET"),
        ("payments.secondary", 24, "ben",
         "secondary on call for payments until 2026-11-28 09:00 CET"),
        ("payments", 28, "cleo",
         "on call for payments until 2026-11-29 09:00 CET in place of ada (a wedding)"),
        ("payments.secondary", 28, "ben",
         "secondary on call for payments until 2026-11-29 09:00 CET"),
        ("later", 24, "ben", "on call for later until 2026-11-25 00:00 UTC"),
    ],
)  # fmt: skip
def test_a_rotation_stands_for_who_is_on_call(name: str, day: int, person: str, why: str) -> None:
    assert resolved(name, datetime(2026, 11, day, 12, tzinfo=UTC)) == [(person, why)]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("later", "later: nobody is on call before 2026-11-24 00:00 UTC, "
                  "when the rotation starts"),
        ("alone.secondary", "alone.secondary: there is no secondary: ada is the only member"),
        ("security_team.secondary", "there is no person, team, group or rotation "
                                    "security_team.secondary in the directory of responders"),
    ],
)  # fmt: skip
def test_a_rotation_may_be_nobody(name: str, told: str) -> None:
    with pytest.raises(NobodyError) as caught:
        resolved(name, datetime(2026, 11, 23, 12, tzinfo=UTC))
    assert str(caught.value) == told


def test_a_group_finds_those_of_its_rotations_that_are_somebody() -> None:
    before = datetime(2026, 11, 23, 12, tzinfo=UTC)
    until = "on call for payments until 2026-11-28 09:00 CET, of the group on_duty"
    assert resolved("on_duty", before, site="both") == [
        ("ada", until),
        ("ben", f"secondary {until}"),
    ]
    with pytest.raises(NobodyError) as caught:
        resolved("on_duty", before, site="none")
    assert str(caught.value) == (
        "later: nobody is on call before 2026-11-24 00:00 UTC, when the rotation starts; "
        "alone.secondary: there is no secondary: ada is the only member"
    )


def test_a_good_directory_has_no_flaws() -> None:
    assert list(flaws_of(DIRECTORY)) == []


TURNS = {
    "members": ["ada"], "handoff": "daily", "start": "2026-01-05", "timezone": "Europe/Berlin",
}  # fmt: skip
AWAY = {"from": "2026-03-28 02:30", "until": "2026-03-28 02:31", "person": "ada"}


@pytest.mark.parametrize(
    ("kind", "entries", "place", "problem"),
    [
        ("teams", {"t": {"members": ["ada", "zoe"]}}, ("teams", "t", "members", 1),
         "there is no person zoe"),
        ("teams", {"t": {"members": ["t"]}}, ("teams", "t", "members", 0),
         "there is no person t"),
        ("groups", {"g": {"by": "x", "members": {"v": ["zoe"]}}},
         ("groups", "g", "members", "v", 0), "there is no person, team or rotation zoe"),
        ("groups", {"g": {"by": "x", "otherwise": ["g"]}}, ("groups", "g", "otherwise", 0),
         "there is no person, team or rotation g"),
        ("teams", {"ada": {"members": ["ada"]}}, ("teams", "ada"), "a person has this name"),
        ("groups", {"ada": {"by": "x"}}, ("groups", "ada"), "a person has this name"),
        ("rotations", {"ada": TURNS}, ("rotations", "ada"), "a person has this name"),
        ("rotations", {"r.secondary": TURNS}, ("rotations", "r.secondary"),
         "a name that ends in .secondary means the secondary of a rotation"),
        ("rotations", {"r": {**TURNS, "members": ["ada", "r"]}}, ("rotations", "r", "members", 1),
         "there is no person r"),
        ("rotations", {"r": {**TURNS, "on": "monday"}}, ("rotations", "r", "on"),
         "a daily hand-over is on every day of the week"),
        ("rotations", {"r": {**TURNS, "overrides": [{**AWAY, "person": "zoe"}]}},
         ("rotations", "r", "overrides", 0, "person"), "there is no person zoe"),
        ("rotations", {"r": {**TURNS, "overrides": [AWAY, {**AWAY, "until": AWAY["from"]}]}},
         ("rotations", "r", "overrides", 1, "until"),
         "the override ends no later than it begins, 2026-03-28 02:30 CET"),
        # 02:30 is skipped on this day: it means 03:30.
        ("rotations", {"r": {**TURNS, "overrides": [
            {**AWAY, "from": "2026-03-29 02:30", "until": "2026-03-29 03:00"}]}},
         ("rotations", "r", "overrides", 0, "until"),
         "the override ends no later than it begins, 2026-03-29 03:30 CEST"),
    ],
)  # fmt: skip
def test_what_no_single_entry_is_wrong_about_has_a_place(
    kind: str, entries: dict[str, Any], place: tuple[str | int, ...], problem: str
) -> None:
    (flaw,) = flaws_of(Directory.model_validate({"people": WRITTEN["people"], kind: entries}))
    assert (flaw.place, flaw.problem) == (place, problem)


@pytest.mark.parametrize(
    "person",
    [
        {},
        {"full_name": ""},
        {"full_name": "A\r\nBcc: x@corp.example"},
        {"full_name": "A", "email": "ada"},
        {"full_name": "A", "email": "a@b.example\nBcc: c@d.example"},
        {"full_name": "A", "phone": "030 1234"},
        {"full_name": "A", "slack": "@a b"},
        {"full_name": "A", "timezone": "Mars/Base"},
        {"full_name": "A", "pager": "7"},
    ],
)
def test_what_is_no_address_is_refused(person: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Directory.model_validate({"people": {"a": person}})


@pytest.mark.parametrize("name", ["", "a b", "../a", "-a", "a\n"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        Directory.model_validate({"people": {name: {"full_name": "A"}}})


def test_a_team_without_members_is_refused() -> None:
    with pytest.raises(ValidationError):
        Directory.model_validate({"teams": {"t": {"members": []}}})
