"""The sentences that tell who was told, when, how, and what came of it.

That a message is planned, the incident's own event tells; and of a try what came of it.
"""

from collections.abc import Callable
from typing import Any

from application.projections.actors import who
from application.projections.texts import shown

State = dict[str, Any]


def _silenced(state: State) -> str:
    held = state["held_by"]
    comment = shown(held["comment"])
    kind = "maintenance" if held["kind"] == "maintenance" else "a silence"
    by = f"{kind} of {shown(held['by'])}"
    return f"{_channel(state)}: held back until {_time(held['until'])} by {by}: {comment}"


def _addressed(each: State) -> str:
    why = f" ({shown(each['why'])})" if each.get("why") else ""
    return f"{shown(each['name'])}{why}"


def _delivered(state: State) -> str:
    people = ", ".join(_addressed(each) for each in state["recipients"])
    tries = f", at try {state['attempt']}" if state["attempt"] > 1 else ""
    return f"{_channel(state)} delivered it{f' to {people}' if people else ''}{tries}"


def _channel(state: State) -> str:
    return shown(state["channel"])


def _deferred(state: State) -> str:
    again = f"tried again at {_time(state['not_before'])}"
    return f"{_channel(state)} did not deliver it, {again}: {shown(state['why'])}"


def _failed(state: State) -> str:
    fallback = (
        f"; {state['fallback']} stands in" if state["fallback"] else ", and nothing stands in"
    )
    return f"{_channel(state)} cannot deliver it{fallback}: {shown(state['why'])}"


def _cancelled(state: State) -> str:
    return f"{_channel(state)}: not sent: {shown(state['why'])}"


def _gathered(state: State) -> str:
    return f"{_channel(state)} tells it together with others, in {shown(state['into'])}"


def _requeued(state: State) -> str:
    return f"{_channel(state)}: to be tried again, as {who(state)} wants"


def _time(written: str) -> str:
    return f"{written[:10]} {written[11:19]}Z"


DELIVERY_SENTENCES: dict[str, Callable[[State], str]] = {
    "delivery.silenced": _silenced,
    "delivery.delivered": _delivered,
    "delivery.deferred": _deferred,
    "delivery.failed": _failed,
    "delivery.cancelled": _cancelled,
    "delivery.gathered": _gathered,
    "delivery.requeued": _requeued,
}
