"""`tocsin assess`: new facts about an incident, or a person's word on how bad it is."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

import click

from infrastructure.cli.acting import act
from infrastructure.cli.commanding import Command, with_examples
from infrastructure.cli.failures import BadInputError
from infrastructure.cli.parameters import (
    SEVERITIES,
    Text,
    by_option,
    incident_argument,
    reason_option,
)

_WHOLE = 100.0
_Number = TypeVar("_Number", int, float)


class Fact(NamedTuple):
    """A fact that can be established: how it is read, and what is expected."""

    read: Callable[[str], Any]
    expected: str


def _yes_or_no(written: str) -> bool:
    return {"true": True, "yes": True, "false": False, "no": False}[written.lower()]


def _count(written: str) -> int:
    return _at_least_nothing(int(written))


def _amount(written: str) -> float:
    return _at_least_nothing(float(written))


def _percent(written: str) -> float:
    if _at_least_nothing(percent := float(written.removesuffix("%"))) > _WHOLE:
        raise ValueError(percent)
    return percent


def _at_least_nothing(number: _Number) -> _Number:
    # Not `number < 0`: that lets through what is no number at all.
    if not 0 <= number < float("inf"):
        raise ValueError(number)
    return number


_YES_OR_NO = Fact(_yes_or_no, "true or false")

FACTS = {
    "affected_users": Fact(_count, "a whole number, 0 or more"),
    "affected_revenue": Fact(_amount, "an amount, 0 or more"),
    "data_at_risk": _YES_OR_NO,
    "service_availability": Fact(_percent, "a percentage from 0 to 100"),
    "compliance_impact": _YES_OR_NO,
    "security_breach": _YES_OR_NO,
    "previous_incidents": Fact(_count, "a whole number, 0 or more"),
}


@with_examples(
    "tocsin assess 7KQ2ZD affected_users=20000 data_at_risk=true",
    "tocsin assess 7KQ2ZD serviceAvailability=45",
    'tocsin assess 7KQ2ZD --severity P1 --reason "the board is watching"',
)
@click.command(cls=Command)
@incident_argument
@click.argument("facts", nargs=-1, metavar="[FACT=VALUE]...", type=Text())
@click.option(
    "--severity", type=click.Choice(SEVERITIES, case_sensitive=False), metavar="P0…P4",
    help="How bad it is, by your word; facts can still raise that. Takes a --reason.",
)  # fmt: skip
@by_option
@reason_option
def assess(
    incident: str, facts: tuple[str, ...], severity: str | None, by: str, reason: str
) -> None:
    """Add facts to an incident, which may change its severity, or say how bad it is.

    \b
    Facts:
      affected_users=N          security_breach=true|false
      affected_revenue=AMOUNT   data_at_risk=true|false
      previous_incidents=N      compliance_impact=true|false
      service_availability=PERCENT
    """  # noqa: D301 - \b is how click keeps lines apart
    learned = facts_of(facts)
    if not learned and not severity:
        msg = "nothing to assess: give facts, as in affected_users=1200, or --severity."
        raise click.UsageError(msg, click.get_current_context())
    if severity and not reason:
        msg = "--severity takes a --reason: why is it that bad?"
        raise click.UsageError(msg, click.get_current_context())
    deeds = []
    if learned:
        deeds.append(lambda do, which, order: do.assess(which, order, learned))
    if severity:
        deeds.append(lambda do, which, order: do.set_severity(which, order, _level(severity)))
    act("assess", incident, (by, reason), *deeds)


def facts_of(written: Sequence[str]) -> dict[str, Any]:
    """Read facts; raises BadInputError with all that is wrong with them."""
    learned: dict[str, Any] = {}
    mistakes = []
    for each in written:
        name, equals, value = each.partition("=")
        known = _snake(name.strip())
        fact = FACTS.get(known)
        if not equals:
            mistakes.append(f"{each!r}: write FACT=VALUE, as in affected_users=1200")
        elif fact is None:
            mistakes.append(f"{name}: there is no such fact; there are {', '.join(FACTS)}")
        elif known in learned:
            mistakes.append(f"{name}: said twice")
        else:
            try:
                learned[known] = fact.read(value.strip())
            except (ValueError, KeyError):
                mistakes.append(f"{name}: {value!r} is impossible; expected {fact.expected}")
    if mistakes:
        raise BadInputError("\n".join(mistakes))
    return learned


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).replace("-", "_")


def _level(severity: str) -> Any:
    from domain.incident.severity import Severity

    return Severity(severity)
