"""What people do with an incident: `ack`, `investigate`, `resolve`, `close` and the others."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import click

from infrastructure.cli.commanding import Command, with_examples
from infrastructure.cli.output import by_severity, say, warn
from infrastructure.cli.parameters import Text, by_option, incident_argument, reason_option
from infrastructure.cli.texts import safe

if TYPE_CHECKING:
    from application.commands.incidents import IncidentCommands, Order
    from domain.incident.incident import Incident
    from infrastructure.bootstrap import Tocsin

    Deed = Callable[[IncidentCommands, str, Order], Incident]

_WHOLE_ID = re.compile(r"INC-[0-9]{8}-[A-Z2-7]{6,}")
_OUTCOMES = {"resolved": "resolved", "false-alarm": "false_alarm", "duplicate": "duplicate"}


@with_examples("tocsin ack 7KQ2ZD", 'tocsin ack 7KQ2ZD --by ana --reason "on my way"')
@click.command(cls=Command)
@incident_argument
@by_option
@reason_option
def ack(incident: str, by: str, reason: str) -> None:
    """Answer for an incident, so that nobody else is called. The first one does."""
    act("ack", incident, (by, reason), lambda do, which, order: do.acknowledge(which, order))


@with_examples("tocsin investigate 7KQ2ZD", "tocsin investigate 7KQ2ZD --by ana")
@click.command(cls=Command)
@incident_argument
@by_option
@reason_option
def investigate(incident: str, by: str, reason: str) -> None:
    """Start to look into an incident, which also acknowledges it."""
    act(
        "investigate", incident, (by, reason), lambda do, which, order: do.investigate(which, order)
    )


@with_examples(
    "tocsin resolve 7KQ2ZD",
    'tocsin resolve 7KQ2ZD --reason "blocked 183.62.140.253 at the edge"',
)
@click.command(cls=Command)
@incident_argument
@by_option
@reason_option
def resolve(incident: str, by: str, reason: str) -> None:
    """Say that the harm has ended. A new signal reopens the incident until it is closed."""
    act("resolve", incident, (by, reason), lambda do, which, order: do.resolve(which, order))


@with_examples(
    "tocsin close 7KQ2ZD",
    'tocsin close 7KQ2ZD --as false-alarm --reason "our own scanner"',
    'tocsin close 7KQ2ZD --as duplicate --reason "same as W3XH5A"',
)
@click.command(cls=Command)
@incident_argument
@click.option(
    "--as", "outcome", type=click.Choice(list(_OUTCOMES)), default="resolved", show_default=True,
    help="How it ended. Only a resolved incident is closed as resolved.",
)  # fmt: skip
@by_option
@reason_option
def close(incident: str, outcome: str, by: str, reason: str) -> None:
    """End an incident: nothing is left to do. What comes after it is a new incident."""
    ended: Any = _OUTCOMES[outcome]
    act("close", incident, (by, reason), lambda do, which, order: do.close(which, order, ended))


@with_examples("tocsin reopen 7KQ2ZD", 'tocsin reopen 7KQ2ZD --reason "they are back"')
@click.command(cls=Command)
@incident_argument
@by_option
@reason_option
def reopen(incident: str, by: str, reason: str) -> None:
    """Take back that an incident is over; it waits to be acknowledged again."""
    act("reopen", incident, (by, reason), lambda do, which, order: do.reopen(which, order))


@with_examples(
    'tocsin note 7KQ2ZD "the key was rotated at 03:12"',
    'tocsin note 7KQ2ZD "vendor ticket 4711" --by ana',
)
@click.command(cls=Command)
@incident_argument
@click.argument("text", type=Text())
@by_option
@reason_option
def note(incident: str, text: str, by: str, reason: str) -> None:
    """Write something down in the incident's timeline."""
    act(
        "note", incident, (by, reason),
        lambda do, which, order: do.note(which, order, text), told="has a new note",
    )  # fmt: skip


@with_examples("tocsin assign 7KQ2ZD ana", 'tocsin assign 7KQ2ZD ana --reason "knows the vault"')
@click.command(cls=Command)
@incident_argument
@click.argument("assignee", metavar="NAME", type=Text())
@by_option
@reason_option
def assign(incident: str, assignee: str, by: str, reason: str) -> None:
    """Make somebody responsible for an incident."""
    act(
        "assign", incident, (by, reason), lambda do, which, order: do.assign(which, order, assignee)
    )


def act(name: str, part: str, who: tuple[str, str], *deeds: "Deed", told: str = "") -> None:
    """Do something with the incident that is meant, and print what is true of it now."""
    from infrastructure.cli.opened import opened

    with opened() as tocsin:
        incident_id = identified_incident(tocsin, part)
        order = order_of(name, *who)
        for deed in deeds:
            say(truth(deed(tocsin.incidents, incident_id, order), told))
        bring_up_to_date(tocsin)


def truth(incident: "Incident", told: str = "") -> str:
    """Say in one line what is true of an incident now."""
    answering = incident.acknowledged_by if incident.status != "detected" else None
    status = f"is {incident.status}"
    if incident.status == "closed":
        status += f" as {(incident.outcome or '').replace('_', ' ')}"
    elif answering:
        status += f" by {safe(answering)}" if incident.status == "acknowledged" else ""
    assigned = f", assigned to {safe(incident.assignee)}" if incident.assignee else ""
    severity = by_severity(incident.severity, incident.severity)
    rule = safe(incident.diagnosis.rule.name)
    return f"{severity} {incident.id} {told or status}{assigned}: {rule}"


def order_of(name: str, by: str, reason: str) -> "Order":
    """Make the order of one call of a command."""
    from application.commands.incidents import Order

    return Order(by=by, id=f"{name} {uuid4().hex[:16]}", reason=reason)


def identified_incident(tocsin: "Tocsin", part: str) -> str:
    """Find an incident; a whole id needs no views, which may be out of order at the worst time."""
    from infrastructure.cli.opened import identified, log_exists, views_of

    whole = part.strip().upper()
    if _WHOLE_ID.fullmatch(whole) and log_exists(tocsin.settings):
        return whole
    return identified(views_of(tocsin), part)


def bring_up_to_date(tocsin: "Tocsin") -> None:
    """Bring the views up to date; what was done stands, whatever becomes of that."""
    from infrastructure.cli.failures import failure

    try:
        tocsin.catch_up()
    except Exception as error:
        why = failure(error, tocsin.settings.database).lines[0]
        warn(f"tocsin: that is done, but not in the views yet: {why}")
