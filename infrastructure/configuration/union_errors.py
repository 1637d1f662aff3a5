"""Makes the errors of a union readable: about what was probably meant, not about every member."""

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from infrastructure.configuration.error_places import PlacedError
from infrastructure.configuration.error_wording import requirement
from infrastructure.configuration.mistakes import KeyPath

_Errors: TypeAlias = list[PlacedError]


def settled(errors: Iterable[PlacedError], depth: int = 0) -> Iterator[_Errors]:
    """Group errors so that each group is one mistake.

    A value that is of another kind than all the members of a union makes one group. Otherwise
    the member counts whose errors are fewest among those whose kind fits.
    """
    for place, group in _by_union(errors, depth).items():
        members = _by_member(group, depth)
        fitting = [member for member in members if not _is_of_another_kind(member, place)]
        if place is None:
            yield from ([error] for error in group)
        elif len(members) == 1:
            yield from settled(group, depth + 1)
        elif fitting:
            yield from settled(_fewest(fitting), depth + 1)
        else:
            yield group


def _by_union(errors: Iterable[PlacedError], depth: int) -> dict[KeyPath | None, _Errors]:
    groups: dict[KeyPath | None, _Errors] = {}
    for error in errors:
        place = error.labels[depth][0] if depth < len(error.labels) else None
        groups.setdefault(place, []).append(error)
    return groups


def _by_member(errors: _Errors, depth: int) -> list[_Errors]:
    members: dict[str, _Errors] = {}
    for error in errors:
        name = error.labels[depth][1] if depth < len(error.labels) else ""
        members.setdefault(name, []).append(error)
    return list(members.values())


def _is_of_another_kind(errors: _Errors, place: KeyPath | None) -> bool:
    return all(error.path == place and requirement(error.details) for error in errors)


def _fewest(members: list[_Errors]) -> _Errors:
    return sorted(members, key=len)[0]
