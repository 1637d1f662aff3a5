"""What comes next in a runbook's execution: questions that are answered with a reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from domain.detection.pattern import Condition
from domain.runbook.progress import Progress
from domain.runbook.step import AutomatedStep, ManualStep, Step
from domain.signal import Value, values_at

Does = Literal["skip", "ask", "start", "assign", "begin", "time_out", "complete", "wait"]


@dataclass(frozen=True, slots=True)
class Move:
    """What to do next, to which step, and why; `until` is when a wait may be over by itself."""

    does: Does
    step: Step | None = None
    why: str = ""
    until: datetime | None = None


def next_move(
    steps: Sequence[Step], progress: Mapping[str, Progress], scope: Mapping[str, Any], now: datetime
) -> Move:
    """Say what an execution that neither rests nor has ended does next.

    `scope` is what conditions may ask about; see `domain.runbook.scope`.
    """
    for step in steps:
        if not progress[step.id].is_final:
            return _move_of(step, progress[step.id], scope, now)
    return Move("complete")


def _move_of(step: Step, at: Progress, scope: Mapping[str, Any], now: datetime) -> Move:
    if at.status == "pending" and not holds(step.when, scope):
        return Move("skip", step, "its condition does not hold")
    if at.status in {"pending", "resting"} and step.requires_approval and not at.approved:
        return Move("ask", step)
    if at.status == "resting" and at.until is not None and now < at.until:
        return Move("wait", step, "it rests before the next attempt", at.until)
    if at.status in {"pending", "approved", "resting"}:
        return _beginning(step)
    if at.status == "assigned" and at.until is not None and at.until <= now:
        return Move("time_out", step, f"nobody did it by {at.until.isoformat()}")
    return Move("wait", step, at.status, at.until)


def _beginning(step: Step) -> Move:
    if isinstance(step, AutomatedStep):
        return Move("start", step)
    return Move("assign" if isinstance(step, ManualStep) else "begin", step)


def holds(conditions: Sequence[Condition], scope: Mapping[str, Any]) -> bool:
    """Say whether all conditions of a step hold; a missing field is as in a detection rule."""

    def values(path: str) -> tuple[Value, ...]:
        return values_at(scope, path)

    return all(condition.holds(values) for condition in conditions)


@dataclass(frozen=True, slots=True)
class Consequence:
    """What the failure of a step leads to; `at` is when it is tried again."""

    does: Literal["retry", "continue", "escalate", "abort"]
    at: datetime | None = None


def consequence(step: Step, attempt: int, passing: bool, now: datetime) -> Consequence:
    """Say what the failure of an attempt, counted from 1, leads to.

    Trying again is for failures that may pass. After the last attempt `retry` escalates, too.
    """
    if isinstance(step, AutomatedStep) and passing and attempt < step.retrying.attempts:
        return Consequence("retry", now + step.retrying.rest_after(attempt))
    return Consequence("escalate" if step.on_failure == "retry" else step.on_failure)
