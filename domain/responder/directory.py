"""The directory of responders as its author writes it in YAML, and whom a name in it stands for."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictStr

from domain.detection.rule import FieldPath
from domain.signal import values_at
from domain.source.format import Zone

Name = Annotated[StrictStr, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.@-]{0,99}$")]
Line = Annotated[StrictStr, Field(pattern=r"^[^\r\n\t\x00]{1,200}$")]
Email = Annotated[StrictStr, Field(pattern=r"^[^\s@<>\x00]{1,100}@[^\s@<>\x00]{1,150}$")]
Phone = Annotated[StrictStr, Field(pattern=r"^\+[0-9][0-9 -]{4,30}$")]
SlackName = Annotated[StrictStr, Field(pattern=r"^[@#]?[^\s\x00@#]{1,100}$")]
Place = tuple[str | int, ...]


class NobodyError(LookupError):
    """A name stands for nobody; the message says which and why."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Person(_Part):
    """Somebody who answers, and how to reach them. The phone begins with + and the country."""

    full_name: Line
    email: Email | None = None
    phone: Phone | None = None
    slack: SlackName | None = None
    timezone: Zone = "UTC"


class Team(_Part):
    """People who answer together."""

    members: Annotated[tuple[Name, ...], Field(min_length=1, max_length=1000)]
    description: StrictStr = ""


class Group(_Part):
    """Whoever is concerned: which people or teams depends on a value of the incident.

    `by` is the path of that value, as templates write it: `incident.context.project`. `members`
    names people or teams for each value, and `otherwise` those for any other one.
    """

    description: StrictStr = ""
    by: FieldPath
    members: dict[str, tuple[Name, ...]] = Field(default_factory=dict)
    otherwise: tuple[Name, ...] = ()

    def names_for(self, scope: Mapping[str, Any]) -> tuple[str, ...]:
        """Name the people or teams for what is known of an incident; none if there are none."""
        values = [str(value) for value in values_at(scope, self.by)]
        found = [name for value in values for name in self.members.get(value, ())]
        return tuple(dict.fromkeys(found)) or self.otherwise


class Flaw(BaseModel):
    """Something that no single entry is wrong about, and where it stands."""

    model_config = ConfigDict(frozen=True)

    place: Place
    problem: str
    expected: str


class Directory(_Part):
    """All responders by name. A name belongs to one person, one team or one group."""

    people: dict[Name, Person] = Field(default_factory=dict)
    teams: dict[Name, Team] = Field(default_factory=dict)
    groups: dict[Name, Group] = Field(default_factory=dict)

    def people_behind(self, recipient: str, scope: Mapping[str, Any]) -> tuple[str, ...]:
        """Name the people that a person's, team's or group's name stands for.

        `scope` is what is known of the incident. Raises NobodyError.
        """
        if recipient in self.groups:
            return self._behind_group(recipient, scope)
        if recipient in self.people:
            return (recipient,)
        if recipient in self.teams:
            return self.teams[recipient].members
        msg = f"there is no person, team or group {recipient} in the directory of responders"
        raise NobodyError(msg)

    def teams_of(self, person: str) -> tuple[str, ...]:
        """Name the teams that somebody is in."""
        return tuple(name for name, team in self.teams.items() if person in team.members)

    def flaws(self) -> Iterator[Flaw]:
        """Say which names are used twice, and which stand for nobody."""
        for kind, others in (("teams", self.people), ("groups", {**self.people, **self.teams})):
            for name in getattr(self, kind):
                if name in others:
                    taken = "person" if name in self.people else "team"
                    yield Flaw(
                        place=(kind, name), problem=f"a {taken} has this name", expected="another"
                    )
        for name, team in self.teams.items():
            yield from self._strangers(("teams", name, "members"), team.members, self.people)
        everybody = {**self.people, **self.teams}
        for name, group in self.groups.items():
            for value, members in group.members.items():
                yield from self._strangers(("groups", name, "members", value), members, everybody)
            yield from self._strangers(("groups", name, "otherwise"), group.otherwise, everybody)

    def _behind_group(self, name: str, scope: Mapping[str, Any]) -> tuple[str, ...]:
        group = self.groups[name]
        members = group.names_for(scope)
        if not members:
            known = ", ".join(str(value) for value in values_at(scope, group.by)) or "unknown"
            msg = f"{name} is nobody for this incident: {group.by} is {known}"
            raise NobodyError(msg)
        found = [each for member in members for each in self.people_behind(member, scope)]
        return tuple(dict.fromkeys(found))

    def _strangers(
        self, place: Place, names: Iterable[str], known: Mapping[str, Any]
    ) -> Iterator[Flaw]:
        kind = "person" if known is self.people else "person or team"
        for index, name in enumerate(names):
            if name not in known:
                yield Flaw(
                    place=(*place, index),
                    problem=f"there is no {kind} {name}",
                    expected=", ".join(sorted(known)) or f"a {kind} of this file",
                )
