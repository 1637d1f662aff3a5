"""The sentences that tell what happens when a runbook is carried out."""

from collections.abc import Callable
from typing import Any

from application.projections.actors import who
from application.projections.texts import shown

State = dict[str, Any]
Sentence = Callable[[State], str]


def _step(state: State) -> str:
    return f"Step '{shown(state['step']['name'])}'"


def _because(state: State) -> str:
    return f": {shown(state['why'])}" if state["why"] else ""


def _started(state: State) -> str:
    runbook = state["pinned"]["runbook"]
    name, runbook_id = shown(runbook["name"]), shown(runbook["id"])
    inside = " inside another one" if state["parent"] is not None else ""
    return f"Runbook '{name}' started by {who(state)}{inside} ({runbook_id})"


def _step_started(state: State) -> str:
    again = f", attempt {state['attempt']}" if state["attempt"] > 1 else ""
    return f"{_step(state)} started{again}"


def _runbook_begun(state: State) -> str:
    return f"{_step(state)} runs the runbook {shown(state['runbook'])}"


def _step_succeeded(state: State) -> str:
    return f"{_step(state)} succeeded"


def _step_failed(state: State) -> str:
    return f"{_step(state)} failed{_because(state)}"


def _step_timed_out(state: State) -> str:
    return f"{_step(state)} was not done in time{_because(state)}"


def _step_outcome_unknown(state: State) -> str:
    return f"{_step(state)}: nobody knows whether it happened{_because(state)}"


def _step_retried(state: State) -> str:
    by = f" by {who(state)}" if state["provenance"]["actor"]["kind"] == "person" else ""
    return f"{_step(state)} is to be tried again{by}"


def _step_skipped(state: State) -> str:
    by = f" by {who(state)}" if state["provenance"]["actor"]["kind"] == "person" else ""
    return f"{_step(state)} skipped{by}{_because(state)}"


def _approval_asked(state: State) -> str:
    return f"{_step(state)} waits for an approval"


def _approval_granted(state: State) -> str:
    return f"{_step(state)} approved by {who(state)}"


def _approval_refused(state: State) -> str:
    return f"{_step(state)} refused by {who(state)}"


def _task_assigned(state: State) -> str:
    whom = shown(state["assignee"] or "a person")
    return f"{_step(state)} waits for {whom}"


def _task_completed(state: State) -> str:
    note = f": {shown(state['note'])}" if state["note"] else ""
    return f"{_step(state)} done by {who(state)}{note}"


def _escalated(state: State) -> str:
    return f"{_step(state)} waits for a decision: to try again, to skip it, or to abort"


def _paused(state: State) -> str:
    return f"Runbook paused by {who(state)}"


def _resumed(state: State) -> str:
    return f"Runbook resumed by {who(state)}"


def _aborted(state: State) -> str:
    return f"Runbook aborted by {who(state)}{_because(state)}"


def _completed(state: State) -> str:
    if not state["review"]:
        return "Runbook completed"
    reviewers = " or ".join(map(shown, state["reviewers"])) or "anybody"
    return f"Runbook completed; it waits for a review by {reviewers}"


def _reviewed(state: State) -> str:
    note = f": {shown(state['note'])}" if state["note"] else ""
    return f"Runbook reviewed by {who(state)}{note}"


EXECUTION_SENTENCES: dict[str, Sentence] = {
    "execution.started": _started,
    "execution.step_started": _step_started,
    "execution.runbook_begun": _runbook_begun,
    "execution.step_succeeded": _step_succeeded,
    "execution.step_failed": _step_failed,
    "execution.step_timed_out": _step_timed_out,
    "execution.step_outcome_unknown": _step_outcome_unknown,
    "execution.step_retried": _step_retried,
    "execution.step_skipped": _step_skipped,
    "execution.approval_asked": _approval_asked,
    "execution.approval_granted": _approval_granted,
    "execution.approval_refused": _approval_refused,
    "execution.task_assigned": _task_assigned,
    "execution.task_completed": _task_completed,
    "execution.escalated": _escalated,
    "execution.paused": _paused,
    "execution.resumed": _resumed,
    "execution.aborted": _aborted,
    "execution.completed": _completed,
    "execution.reviewed": _reviewed,
}
