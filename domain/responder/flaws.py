"""What is wrong with a directory of responders beyond any single entry of it, and where."""

from collections.abc import Collection, Iterator

from pydantic import BaseModel, ConfigDict

from domain.responder.directory import Directory
from domain.responder.names import SECONDARY
from domain.responder.rotation import Rotation

Place = tuple[str | int, ...]
_KINDS = {"people": "person", "teams": "team", "groups": "group", "rotations": "rotation"}


class Flaw(BaseModel):
    """Something that no single entry is wrong about, and where it stands."""

    model_config = ConfigDict(frozen=True)

    place: Place
    problem: str
    expected: str


def flaws_of(directory: Directory) -> Iterator[Flaw]:
    """Say which names have two owners, which are nobody's, and what is wrong with turns."""
    yield from _of_names(directory)
    for name, team in directory.teams.items():
        yield from _strangers(("teams", name, "members"), team.members, directory.people)
    yield from _of_groups(directory)
    for name, rotation in directory.rotations.items():
        yield from _of_rotation(("rotations", name), rotation, directory.people)


def _of_names(directory: Directory) -> Iterator[Flaw]:
    owners: dict[str, str] = {}
    for kind, noun in _KINDS.items():
        for name in getattr(directory, kind):
            place = (kind, name)
            if name in owners:
                problem = f"a {owners[name]} has this name"
                yield Flaw(place=place, problem=problem, expected="another")
            elif name.endswith(SECONDARY):
                problem = f"a name that ends in {SECONDARY} means the secondary of a rotation"
                yield Flaw(place=place, problem=problem, expected="another")
            owners.setdefault(name, noun)


def _of_groups(directory: Directory) -> Iterator[Flaw]:
    turns = [each for name in directory.rotations for each in (name, f"{name}{SECONDARY}")]
    known = {*directory.people, *directory.teams, *turns}
    noun = "person, team or rotation"
    for name, group in directory.groups.items():
        for value, members in group.members.items():
            yield from _strangers(("groups", name, "members", value), members, known, noun)
        yield from _strangers(("groups", name, "otherwise"), group.otherwise, known, noun)


def _of_rotation(place: Place, rotation: Rotation, people: Collection[str]) -> Iterator[Flaw]:
    yield from _strangers((*place, "members"), rotation.members, people)
    if rotation.on is not None and rotation.handoff == "daily":
        problem = "a daily hand-over is on every day of the week"
        yield Flaw(place=(*place, "on"), problem=problem, expected="no on, or handoff: weekly")
    for index, override in enumerate(rotation.overrides):
        here = (*place, "overrides", index)
        if override.person not in people:
            yield _unknown((*here, "person"), override.person, people)
        begins, until = rotation.moments_of(override)
        if begins >= until:
            problem = f"the override ends no later than it begins, {rotation.local(begins)}"
            yield Flaw(place=(*here, "until"), problem=problem, expected="a later time")


def _strangers(
    place: Place, names: Collection[str], known: Collection[str], noun: str = "person"
) -> Iterator[Flaw]:
    for index, name in enumerate(names):
        if name not in known:
            yield _unknown((*place, index), name, known, noun)


def _unknown(place: Place, name: str, known: Collection[str], noun: str = "person") -> Flaw:
    return Flaw(
        place=place,
        problem=f"there is no {noun} {name}",
        expected=", ".join(sorted(known)) or f"a {noun} of this file",
    )
