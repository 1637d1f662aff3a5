"""The sentence that tells an event of an incident's story, for a responder at 3 a.m."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from application.projections.actors import who
from application.projections.delivery_sentences import DELIVERY_SENTENCES
from application.projections.execution_sentences import EXECUTION_SENTENCES
from application.projections.texts import counted, harmless, shown, shown_key

State = dict[str, Any]
Sentence = Callable[[State], str]

_MINUTE, _HOUR = 60, 3600
_NOTEWORTHY = 5
"""Beyond so many seconds it is told that Tocsin noticed late."""
_OUTCOMES = {
    "resolved": "as resolved",
    "false_alarm": "as a false alarm",
    "duplicate": "as a duplicate",
}


def _detected(state: State) -> str:
    found = state["diagnosis"]
    of = shown_key(found["key"])
    of = f" of {of}" if of else ""
    if found["in_window"] > 1:
        what = f"found {counted(found['in_window'], 'signal')}{of} within its window"
    else:
        what = f"matched a signal{of}"
    rule = shown(found["rule"]["name"])
    return f"Rule '{rule}' {what} ({_where(found)}): {_severity_at_first(found)}"


def _where(found: State) -> str:
    for signal in reversed(found["signals"]):
        origin = signal.get("origin")
        if signal["id"] == found["opening_signal"] and origin is not None:
            return f"{shown(origin['source'])}, line {origin['line']}"
    return shown(found["source"])


def _severity_at_first(found: State) -> str:
    severity, base = found["severity"], found["base_severity"]
    if severity == base:
        return f"severity {severity}"
    return f"severity {severity}, raised from the rule's {base} by {_reasons(found['reasons'])}"


def _reasons(reasons: list[dict[str, str]]) -> str:
    return "; ".join(f"{shown(reason['rule'])} ({shown(reason['fact'])})" for reason in reasons)


def _signals_attached(state: State) -> str:
    count, overflow = state["tally"]["count"], state["tally"].get("overflow", 0)
    more = f"{counted(state['attached'], 'more signal')}, {count:,} in all"
    if not overflow:
        return more
    return f"{more}; {overflow:,} of them beyond the rule's limit of incidents an hour"


def _acknowledged(state: State) -> str:
    return f"Acknowledged by {who(state)}"


def _investigation_started(state: State) -> str:
    return f"Investigation started by {who(state)}"


def _resolved(state: State) -> str:
    return f"Resolved by {who(state)}"


def _closed(state: State) -> str:
    return f"Closed {_OUTCOMES[state['outcome']]} by {who(state)}"


def _reopened(state: State) -> str:
    return f"Reopened by {who(state)}; it waits to be acknowledged again"


def _facts_assessed(state: State) -> str:
    learned = ", ".join(_fact(name, value) for name, value in state["learned"].items())
    return f"{who(state)} established: {learned}"


def _fact(name: str, value: Any) -> str:
    words = _words(name)
    if isinstance(value, bool):
        return f"{words} {'yes' if value else 'no'}"
    if isinstance(value, int | float):
        value = f"{value:,g}" if isinstance(value, float) else f"{value:,}"
        value += " %" if words == "service availability" else ""
    return f"{words} {shown(str(value))}"


# There are few names of facts, and each comes again and again.
@lru_cache
def _words(name: str) -> str:
    return shown(re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", name).lower())


def _severity_changed(state: State) -> str:
    severity, previous = state["severity"], state["previous"]
    if severity == previous:
        return f"Severity {severity} confirmed by {who(state)}"
    change = "raised" if severity < previous else "lowered"
    because = f": {_reasons(state['reasons'])}" if state["reasons"] else f" by {who(state)}"
    return f"Severity {change} from {previous} to {severity}{because}"


def _assigned(state: State) -> str:
    assignee, actor = shown(state["assignee"]), who(state)
    return f"{actor} took it on" if assignee == actor else f"Assigned to {assignee} by {actor}"


def _noted(state: State) -> str:
    # Line by line: a note may have several, and is never shortened.
    text = "\n".join(harmless(line) for line in state["text"].splitlines())
    return f"Note by {who(state)}: {text}"


def _escalated(state: State) -> str:
    tier = ""
    if state["clock"] == "response":
        again = " again" if state["rounds"] else ""
        tier = f", so tier {state['tier']} is told{again}"
    return f"Escalated: {shown(state['why'])}{tier}{_late(state)}"


def _response_overdue(state: State) -> str:
    deadline = _time(state["deadline"])
    return f"Nobody has answered by {deadline}, as {state['severity']} asks for{_late(state)}"


def _late(state: State) -> str:
    late = state["late_by"]
    return f"; Tocsin noticed {_length(late)} later" if late >= _NOTEWORTHY else ""


def _length(seconds: float) -> str:
    if seconds < 2 * _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < 2 * _HOUR:
        return f"{seconds / _MINUTE:.0f} min"
    return f"{seconds / _HOUR:.0f} h"


def _time(written: str) -> str:
    return f"{written[:10]} {written[11:19]}Z"


def _obligations_arisen(state: State) -> str:
    what = ", ".join(_obligation(each) for each in state["obligations"])
    return f"{state['severity']} requires {what}"


def _obligation(each: State) -> str:
    by = f" by {_time(each['deadline'])}" if each["deadline"] else ""
    return f"{_words(each['name'])}{by}"


def _obligation_fulfilled(state: State) -> str:
    how = {
        "acknowledgement": "answered by {}",
        "assignment": "assigned to {}",
        "message": "told in {}",
        "action": "done in {}",
        "person": "says {}",
    }[state["by"]]
    return f"Fulfilled: {_words(state['name'])} ({how.format(shown(state['shown_by']))})"


def _obligation_overdue(state: State) -> str:
    what, by = _words(state["name"]), _time(state["deadline"])
    return f"Not done by {by}: {what}{_late(state)}"


def _obligations_waived(state: State) -> str:
    what = ", ".join(_words(name) for name in state["names"])
    return f"Not required any more, as {shown(state['why'])}: {what}"


def _alerts_routed(state: State) -> str:
    told = "; ".join(f"{shown(each['channel'])} ({_ways(each)})" for each in state["chosen"])
    occasion = _words(state["occasion"])
    skipped = "; ".join(
        f"{shown(each['channel']) or 'nobody'}: {shown(each['why'])}"
        for each in state["passed_over"]
    )
    whom = f"To be told ({occasion}) by {told}" if told else f"Nobody is told ({occasion})"
    return f"{whom}. Passed over: {skipped}" if skipped else whom


def _ways(each: State) -> str:
    return ", ".join(f"{route['kind']} {shown(route['name'])}" for route in each["routes"])


def _review_asked(state: State) -> str:
    return f"It cannot be closed before {shown(state['execution_id'])} is reviewed"


def _review_given(state: State) -> str:
    return f"{shown(state['execution_id'])} was reviewed by {who(state)}"


def _linked(state: State) -> str:
    return f"Continues {shown(state['recurrence_of'])}, which had been closed"


SENTENCES: dict[str, Sentence] = {
    "incident.detected": _detected,
    "incident.signals_attached": _signals_attached,
    "incident.acknowledged": _acknowledged,
    "incident.investigation_started": _investigation_started,
    "incident.resolved": _resolved,
    "incident.closed": _closed,
    "incident.reopened": _reopened,
    "incident.facts_assessed": _facts_assessed,
    "incident.severity_changed": _severity_changed,
    "incident.assigned": _assigned,
    "incident.noted": _noted,
    "incident.linked_as_recurrence": _linked,
    "incident.escalated": _escalated,
    "incident.review_asked": _review_asked,
    "incident.review_given": _review_given,
    "incident.response_overdue": _response_overdue,
    "incident.obligations_arisen": _obligations_arisen,
    "incident.obligation_fulfilled": _obligation_fulfilled,
    "incident.obligation_overdue": _obligation_overdue,
    "incident.obligations_waived": _obligations_waived,
    "incident.alerts_routed": _alerts_routed,
    **EXECUTION_SENTENCES,
    **DELIVERY_SENTENCES,
}
