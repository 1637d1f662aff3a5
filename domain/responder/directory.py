"""The directory of responders as its author writes it in YAML, and whom a name in it stands for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictStr

from domain.detection.rule import FieldPath
from domain.responder.names import SECONDARY, Line, Name
from domain.responder.rotation import NobodyOnCallError, Rotation
from domain.signal import values_at
from domain.source.format import Zone

Email = Annotated[StrictStr, Field(pattern=r"^[^\s@<>\x00]{1,100}@[^\s@<>\x00]{1,150}$")]
Phone = Annotated[StrictStr, Field(pattern=r"^\+[0-9][0-9 -]{4,30}$")]
SlackName = Annotated[StrictStr, Field(pattern=r"^[@#]?[^\s\x00@#]{1,100}$")]


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
    """Whoever is concerned: who that is depends on a value of the incident.

    `by` is the path of that value, as templates write it: `incident.context.project`. `members`
    names people, teams or rotations for each value, and `otherwise` those for any other one.
    """

    description: StrictStr = ""
    by: FieldPath
    members: dict[str, tuple[Name, ...]] = Field(default_factory=dict)
    otherwise: tuple[Name, ...] = ()

    def names_for(self, scope: Mapping[str, Any]) -> tuple[str, ...]:
        """Give the names that stand for what is known of an incident; none if there are none."""
        values = [str(value) for value in values_at(scope, self.by)]
        found = [name for value in values for name in self.members.get(value, ())]
        return tuple(dict.fromkeys(found)) or self.otherwise


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody a name stands for, and why, as a record keeps it; nothing if the name is theirs."""

    name: str
    why: str = ""


class Directory(_Part):
    """All responders by name. A name belongs to one person, team, group or rotation.

    A rotation's name stands for who is on call, and with `.secondary` after it for the secondary.
    """

    people: dict[Name, Person] = Field(default_factory=dict)
    teams: dict[Name, Team] = Field(default_factory=dict)
    groups: dict[Name, Group] = Field(default_factory=dict)
    rotations: dict[Name, Rotation] = Field(default_factory=dict)

    def knows(self, name: str) -> bool:
        """Say whether a name may stand for somebody."""
        of = name.removesuffix(SECONDARY)
        return name in {**self.people, **self.teams, **self.groups} or of in self.rotations

    def resolve(self, name: str, at: datetime, scope: Mapping[str, Any]) -> list[Found]:
        """Find the people a name stands for at a moment, each once, and why.

        `scope` is what is known of the incident. Raises NobodyError.
        """
        if name in self.groups:
            return self._behind_group(name, at, scope)
        if name in self.people:
            return [Found(name)]
        if name in self.teams:
            members = dict.fromkeys(self.teams[name].members)
            return [Found(each, f"of the team {name}") for each in members]
        return [self._on_call(name, at)]

    def people_behind(
        self, recipient: str, at: datetime, scope: Mapping[str, Any]
    ) -> tuple[str, ...]:
        """Name the people that a name stands for at a moment. Raises NobodyError."""
        return tuple(found.name for found in self.resolve(recipient, at, scope))

    def names_of(self, person: str, at: datetime) -> tuple[str, ...]:
        """Give the names that stand for somebody at a moment, besides their own and groups'."""
        teams = [name for name, team in self.teams.items() if person in team.members]
        turns = [name for each in self.rotations for name in (each, f"{each}{SECONDARY}")]
        return (*teams, *(name for name in turns if self._is_on_call(person, name, at)))

    def _behind_group(self, name: str, at: datetime, scope: Mapping[str, Any]) -> list[Found]:
        """Find whom a group stands for; a member that is nobody just now keeps nobody else."""
        group = self.groups[name]
        members = group.names_for(scope)
        if not members:
            known = ", ".join(str(value) for value in values_at(scope, group.by)) or "unknown"
            msg = f"{name} is nobody for this incident: {group.by} is {known}"
            raise NobodyError(msg)
        found: dict[str, Found] = {}
        missing = []
        for member in members:
            try:
                behind = self.resolve(member, at, scope)
            except NobodyError as error:
                missing.append(str(error))
                continue
            for each in behind:
                why = f"{each.why}, of the group {name}" if each.why else f"of the group {name}"
                found.setdefault(each.name, Found(each.name, why))
        if not found:
            raise NobodyError("; ".join(missing))
        return list(found.values())

    def _on_call(self, name: str, at: datetime) -> Found:
        of = name.removesuffix(SECONDARY)
        rotation = self.rotations.get(of)
        if rotation is None:
            msg = (
                f"there is no person, team, group or rotation {name} in the directory of responders"
            )
            raise NobodyError(msg)
        try:
            return _primary(of, rotation, at) if name == of else _secondary(of, rotation, at)
        except NobodyOnCallError as error:
            msg = f"{name}: {error}"
            raise NobodyError(msg) from None

    def _is_on_call(self, person: str, name: str, at: datetime) -> bool:
        try:
            return self._on_call(name, at).name == person
        except NobodyError:
            return False


def _primary(name: str, rotation: Rotation, at: datetime) -> Found:
    turn = rotation.turn_at(at)
    replaced = rotation.replaced_at(at)
    place = f" in place of {replaced}" if replaced else ""
    reason = f" ({turn.reason})" if turn.reason else ""
    until = rotation.local(turn.until)
    return Found(turn.person, f"on call for {name} until {until}{place}{reason}")


def _secondary(name: str, rotation: Rotation, at: datetime) -> Found:
    turn = rotation.secondary_at(at)
    return Found(turn.person, f"secondary on call for {name} until {rotation.local(turn.until)}")
