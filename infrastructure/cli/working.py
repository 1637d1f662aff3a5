"""`tocsin work`: tells people, keeps clocks and carries runbooks out until it is told to stop."""

from typing import TYPE_CHECKING, Any

import click

from infrastructure.cli.commanding import Command, with_examples
from infrastructure.cli.moments import exact, iso, now
from infrastructure.cli.output import faint, say, say_json_line
from infrastructure.cli.parameters import Seconds, json_option
from infrastructure.cli.stopping import stopped_by_signals
from infrastructure.cli.texts import clipped, safe

if TYPE_CHECKING:
    from application.working.delivery_desk import Shipped
    from application.working.execution_desk import Told

_LONGEST = 200


@with_examples(
    "tocsin work",
    "tocsin work --once                     do what can be done now, and return",
    "tocsin work --hands 8 --grace 60s",
)
@click.command(cls=Command)
@click.option("--once", is_flag=True, help="Return when nothing is left that can be done now.")
@click.option(
    "--hands", type=click.IntRange(1, 64), default=4, show_default=True, metavar="N",
    help="Perform so many steps at a time.",
)  # fmt: skip
@click.option(
    "--grace", type=Seconds(), default="10s", show_default=True, metavar="TIME",
    help="Told to stop, let steps that run go on for so long.",
)  # fmt: skip
@json_option
def work(once: bool, hands: int, grace: float, as_json: bool) -> None:
    """Tell people of incidents, keep their clocks, and carry runbooks out.

    Any number of workers may run at once; none does what another one does. One that is killed
    loses nothing: what it left undone is taken up by the next, or waits for a person where nobody
    can tell whether it happened (see tocsin tasks). Ctrl-C or SIGTERM stops it, and once more ends
    it at once.
    """
    from infrastructure.cli.opened import opened
    from infrastructure.workplace import Working

    told = _as_json if as_json else _as_line
    with opened() as tocsin, stopped_by_signals() as stop:
        if not as_json:
            say(faint(f"{exact(now())}  Working; Ctrl-C stops it."))
        tocsin.work(Working(hands, grace, once), stop, told)
        if not as_json:
            say(faint(f"{exact(now())}  " + ("Nothing is left to do now." if once else "Stopped.")))


def _as_line(told: "Told | Shipped") -> None:
    from application.working.execution_desk import Told

    if isinstance(told, Told):
        effect = told.effect
        what = f"{effect.execution_id}/{effect.step_id}  {safe(effect.action)}{_ending(told)}"
    else:
        parcel = told.parcel
        alert = parcel.message.content.alert
        about = f"{alert.incident_id}  " if alert else ""
        occasion = parcel.message.content.occasion.replace("_", " ")
        what = f"{about}{occasion} → {safe(parcel.channel)}{_answer(told)}"
    print(f"{exact(now())}  {what}", flush=True)


def _ending(told: "Told") -> str:
    from application.working.performing import Done, NotDone

    if told.outcome is None:
        return " …"
    if not told.counts:
        return ": came too late to count"
    if isinstance(told.outcome, Done):
        return ": done"
    kind = "failed" if isinstance(told.outcome, NotDone) else "nobody knows"
    return f": {kind}: {clipped(safe(told.outcome.why), _LONGEST)}"


def _answer(told: "Shipped") -> str:
    from application.channels import Delivered

    if told.answer is None or told.settled is None:
        return " …"
    if isinstance(told.answer, Delivered):
        return ": delivered"
    again = f", again at {exact(told.settled.again)}" if told.settled.again else ""
    stand_in = told.settled.instead
    instead = f", {safe(stand_in.errand.channel)} stands in" if stand_in else ""
    return f": not delivered{again}{instead}: {clipped(safe(told.answer.why), _LONGEST)}"


def _as_json(told: "Told | Shipped") -> None:
    from application.working.execution_desk import Told

    say_json_line({"at": iso(now()), **(_effect(told) if isinstance(told, Told) else _sent(told))})


def _effect(told: "Told") -> dict[str, Any]:
    effect, outcome = told.effect, told.outcome
    return {
        "incident": effect.incident_id,
        "execution": effect.execution_id,
        "step": effect.step_id,
        "attempt": effect.attempt,
        "action": effect.action,
        "outcome": None if outcome is None else type(outcome).__name__,
        "why": getattr(outcome, "why", None),
        "counts": told.counts,
    }


def _sent(told: "Shipped") -> dict[str, Any]:
    parcel, answer, settled = told.parcel, told.answer, told.settled
    alert = parcel.message.content.alert
    return {
        "incident": alert.incident_id if alert else None,
        "delivery": parcel.delivery_id,
        "channel": parcel.channel,
        "occasion": parcel.message.content.occasion,
        "attempt": parcel.attempt,
        "answer": None if answer is None else type(answer).__name__,
        "why": getattr(answer, "why", None),
        "again": iso(settled.again) if settled and settled.again else None,
    }
