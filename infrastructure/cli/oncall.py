"""`tocsin oncall`: who is on call, who is the secondary, and whose turns come next."""

from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from infrastructure.cli.commanding import Command, with_examples
from infrastructure.cli.failures import BadInputError, RefusedError
from infrastructure.cli.moments import iso, now
from infrastructure.cli.output import fields_of, say, say_json_array, space
from infrastructure.cli.parameters import Moment, Text, json_option
from infrastructure.cli.tables import Column, table
from infrastructure.cli.texts import safe

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from domain.responder.rotation import Rotation, Turn

_SHOWN = 10
_ROTATIONS = (
    Column("ROTATION", least=10),
    Column("ON CALL", least=10),
    Column("UNTIL"),
    Column("SECONDARY", least=8),
    Column("NEXT", least=8),
)
_TURNS = (Column("FROM"), Column("UNTIL"), Column("ON CALL", least=10), Column("WHY", least=8))


@with_examples(
    "tocsin oncall                              each rotation, now",
    "tocsin oncall payments                     its next turns",
    "tocsin oncall --at 2026-12-24T18:00+01:00",
    "tocsin oncall payments --json",
)
@click.command(cls=Command)
@click.argument("name", metavar="[NAME]", required=False, type=Text())
@click.option(
    "--at", type=Moment(), default=now, metavar="TIME",
    help="At another time than now; in UTC unless it says otherwise.",
)  # fmt: skip
@json_option
def oncall(name: str | None, at: "datetime", as_json: bool) -> None:
    """Show who is on call for each rotation and until when, the secondary, and who is next.

    With the NAME of a rotation, show its turn and those that follow. Times are in the zone of the
    rotation, and with --json in UTC.
    """
    rotations = _rotations()
    try:
        if name is None:
            _show_rotations(rotations, at, as_json=as_json)
        elif name in rotations:
            _show_turns(rotations[name], at, as_json=as_json)
        else:
            msg = f"there is no rotation {safe(name)}"
            raise RefusedError(msg, "See them: tocsin oncall")
    except OverflowError:
        msg = f"at {iso(at)} the calendar ends"
        raise BadInputError(msg) from None


def _rotations() -> "Mapping[str, Rotation]":
    """Read the responders alone: a mistake in a rule is no reason not to say who is on call."""
    from infrastructure.cli.opened import configured
    from infrastructure.configuration.configuration import RESPONDERS
    from infrastructure.configuration.mistakes import ConfigurationError
    from infrastructure.configuration.responder_file import read_directory

    directory, mistakes = read_directory(configured() / RESPONDERS)
    if mistakes:
        raise ConfigurationError(mistakes)
    return directory.rotations


def _show_rotations(rotations: "Mapping[str, Rotation]", at: "datetime", *, as_json: bool) -> None:
    known = {name: (each, _known(each, at)) for name, each in rotations.items()}
    if as_json:
        say_json_array(
            {"rotation": name, "description": each.description, "timezone": each.timezone, **found}
            for name, (each, found) in known.items()
        )
    elif known:
        rows = [_rotation_cells(name, each, found) for name, (each, found) in known.items()]
        say(*table(_ROTATIONS, rows, space()))
    else:
        say("There are no rotations.", "See docs/responders.md.")


def _show_turns(rotation: "Rotation", at: "datetime", *, as_json: bool) -> None:
    turns = [
        _turn(rotation, turn, max(at, turn.since))
        for turn in islice(rotation.turns_from(at), _SHOWN)
    ]
    if as_json:
        say_json_array(turns)
        return
    if rotation.description:
        say(safe(rotation.description), "")
    say(*table(_TURNS, [_turn_cells(rotation, turn) for turn in turns], space()))


def _known(rotation: "Rotation", at: "datetime") -> dict[str, Any]:
    from domain.responder.rotation import NobodyOnCallError

    known: dict[str, Any] = {"on_call": None, "secondary": None}
    try:
        known["on_call"] = _turn(rotation, rotation.turn_at(at), at)
        secondary = rotation.secondary_at(at)
        known["secondary"] = fields_of(secondary, but=("is_override", "reason"))
    except NobodyOnCallError:
        pass
    following = rotation.next_turn(at)
    return {**known, "next": _turn(rotation, following, following.since)}


def _turn(rotation: "Rotation", turn: "Turn", at: "datetime") -> dict[str, Any]:
    """Give all of a turn, and whom it replaces at a moment of it."""
    return {**fields_of(turn), "in_place_of": rotation.replaced_at(at)}


def _rotation_cells(name: str, rotation: "Rotation", known: dict[str, Any]) -> tuple[str, ...]:
    turn, following = known["on_call"], known["next"]
    return (
        name,
        _holder(turn) if turn else "nobody",
        rotation.local(turn["until"] if turn else following["since"]),
        known["secondary"]["person"] if known["secondary"] else "",
        following["person"],
    )


def _turn_cells(rotation: "Rotation", turn: dict[str, Any]) -> tuple[str, ...]:
    since, until = rotation.local(turn["since"]), rotation.local(turn["until"])
    return since, until, _holder(turn), turn["reason"]


def _holder(turn: dict[str, Any]) -> str:
    replaced = turn["in_place_of"]
    return f"{turn['person']} for {replaced}" if replaced else str(turn["person"])
