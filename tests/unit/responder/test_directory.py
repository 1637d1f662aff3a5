"""The directory of responders: whom a name stands for."""

from typing import Any

import pytest
from pydantic import ValidationError

from domain.responder.directory import Directory, NobodyError

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
    },
}
DIRECTORY = Directory.model_validate(WRITTEN)


def behind(name: str, **context: Any) -> tuple[str, ...]:
    return DIRECTORY.people_behind(name, {"incident": {"context": context}})


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
    assert DIRECTORY.people_behind("owner", {}) == ("ben",)


@pytest.mark.parametrize(
    ("name", "context", "told"),
    [
        ("zoe", {}, "there is no person, team or group zoe in the directory of responders"),
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


def test_which_teams_somebody_is_in() -> None:
    assert DIRECTORY.teams_of("ada") == ("security_team",)
    assert DIRECTORY.teams_of("zoe") == ()


def test_a_good_directory_has_no_flaws() -> None:
    assert list(DIRECTORY.flaws()) == []


@pytest.mark.parametrize(
    ("kind", "entries", "place", "problem"),
    [
        ("teams", {"t": {"members": ["ada", "zoe"]}}, ("teams", "t", "members", 1),
         "there is no person zoe"),
        ("teams", {"t": {"members": ["t"]}}, ("teams", "t", "members", 0),
         "there is no person t"),
        ("groups", {"g": {"by": "x", "members": {"v": ["zoe"]}}},
         ("groups", "g", "members", "v", 0), "there is no person or team zoe"),
        ("groups", {"g": {"by": "x", "otherwise": ["g"]}}, ("groups", "g", "otherwise", 0),
         "there is no person or team g"),
        ("teams", {"ada": {"members": ["ada"]}}, ("teams", "ada"), "a person has this name"),
        ("groups", {"ada": {"by": "x"}}, ("groups", "ada"), "a person has this name"),
    ],
)  # fmt: skip
def test_what_no_single_entry_is_wrong_about_has_a_place(
    kind: str, entries: dict[str, Any], place: tuple[str | int, ...], problem: str
) -> None:
    (flaw,) = Directory.model_validate({"people": WRITTEN["people"], kind: entries}).flaws()
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
