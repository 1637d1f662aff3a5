"""A silence as it is typed: its matchers, its times, and which incidents it would cover."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from infrastructure.cli.failures import BadInputError, RefusedError

if TYPE_CHECKING:
    from application.views import Views
    from domain.alerting.matcher import Matcher, Operator
    from domain.alerting.schedule import Repetition
    from domain.alerting.silence_definition import SilenceDefinition

NO_END = "it does not say until when: say --for or --until, and not both"
REPETITIONS: "dict[str, Repetition]" = {"day": "daily", "week": "weekly"}
OPEN = ("detected", "acknowledged", "investigating")

# `=~` is how others write it; a value that begins with a tilde is nearly never meant.
_MATCHER = re.compile(r"([^=~]+?)(!=|!~|=~|=|~)(.*)", re.DOTALL)
_OPERATORS: "dict[str, Operator]" = {
    "=": "equals", "!=": "not_equals", "~": "matches", "=~": "matches",
}  # fmt: skip
# Their values are words: a comma stands between several of them.
_OF_WORDS = ("incident", "severity", "category", "rule", "source", "channel")


@dataclass
class TypedMatchers:
    """What was typed of matchers, read; `mistakes` are about what could not be."""

    matchers: "list[Matcher]" = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)


class Covered(NamedTuple):
    """How many open incidents a silence covers, and how many it does not as they are P0."""

    number: int
    spared: int


def read_matchers(written: Iterable[str], whole_incident_id: Callable[[str], str]) -> TypedMatchers:
    """Read matchers, and find what is wrong with them all."""
    typed = TypedMatchers()
    for each in written:
        found = _MATCHER.fullmatch(each)
        if found is None:
            typed.mistakes.append(f"{each!r} asks nothing: write NAME=VALUE, as in rule=auth-001")
        elif found[2] == "!~":
            typed.mistakes.append(f"{each!r}: there is no !~, only ~, = and !=")
        else:
            try:
                typed.matchers.extend(_matchers(found, whole_incident_id))
            except RefusedError as error:
                typed.mistakes.append(str(error))
    return typed


def _matchers(found: re.Match[str], whole_incident_id: Callable[[str], str]) -> "Iterator[Matcher]":
    from domain.alerting.matcher import Matcher

    name, sign, value = found[1].strip(), found[2], found[3]
    operator = _OPERATORS[sign]
    if operator == "matches" or name not in _OF_WORDS:
        yield Matcher(name=name, operator=operator, value=value)
        return
    words = [word.strip() for word in value.split(",")]
    if name == "severity":
        words = [word.upper() for word in words]
    elif name == "incident":
        words = [whole_incident_id(word) for word in words]
    if operator == "equals" and len(words) > 1:
        yield Matcher(name=name, operator="in", value=tuple(words))
    else:
        # None of several is each of them not.
        yield from (Matcher(name=name, operator=operator, value=word) for word in words)


def definition_of(
    typed: TypedMatchers, reason: str, asked: Mapping[str, Any], at: datetime
) -> "SilenceDefinition":
    """Put a silence together as it was typed; raises BadInputError with all that is wrong."""
    from domain.alerting.schedule import Schedule
    from domain.alerting.silence_definition import SilenceDefinition

    zone, repeat_until = asked["timezone"], asked["repeat_until"]
    start = at if asked["start"] is None else in_zone(asked["start"], zone)
    end = end_of(asked["length"], asked["end"], start, zone)
    repeats = REPETITIONS.get(asked["every"])
    definition = SilenceDefinition(
        kind="maintenance" if asked["maintenance"] else "silence",
        matchers=tuple(typed.matchers),
        everything=asked["everything"],
        schedule=Schedule(
            starts_at=start,
            # Without an end it is refused, and with any its other mistakes are found.
            ends_at=end or max(start, at) + timedelta(hours=1),
            repeats=repeats,
            timezone=(zone or "UTC") if repeats else None,
            repeats_until=repeat_until and in_zone(repeat_until, zone),
        ),
        comment=reason,
    )
    mistakes = [*typed.mistakes, *([] if end else [NO_END]), *definition.mistakes(at)]
    if mistakes:
        raise BadInputError("\n".join(mistakes))
    return definition


def end_of(
    length: timedelta | None, end: datetime | None, start: datetime, zone: str | None
) -> datetime | None:
    """Give the end that was typed, one way or the other; None if it was not exactly one."""
    if length is not None and end is None:
        return start + length
    return in_zone(end, zone) if end is not None and length is None else None


def in_zone(moment: datetime, zone: str | None) -> datetime:
    """Give a time in UTC; one that was typed without a zone is in this one."""
    from domain.source.format import time_zone

    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=time_zone(zone or "UTC"))
    return moment.astimezone(UTC)


def covered(views: "Views | None", definition: "SilenceDefinition") -> Covered:
    """Count the open incidents that a silence is about."""
    from application.alerting.on_board import alert_of
    from application.views import BoardFilter

    rows = views.board(BoardFilter(statuses=OPEN, limit=None)) if views else []
    like_it = [alert for row in rows if definition.would_concern(alert := alert_of(row), None)]
    number = sum(definition.concerns(alert, None) for alert in like_it)
    return Covered(number, len(like_it) - number)
