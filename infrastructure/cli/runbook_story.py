"""Tells a runbook in plain words, step by step."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from domain.detection.pattern import All, Any_, Condition, Not, Pattern
from domain.runbook.runbook import Completion, Runbook
from domain.runbook.step import AutomatedStep, ManualStep, OnFailure, Step, SubRunbookStep
from infrastructure.cli.output import counted, faint, heading
from infrastructure.cli.texts import safe, safe_lines, width, wrapped

_INDENT = "     "
_DEEPER = "       "

_FAILING: Mapping[OnFailure, str] = {
    "continue": "goes on with the next step",
    "escalate": "pauses, and waits for somebody to retry, skip or abort",
    "abort": "ends the runbook",
    "retry": "tries again; then pauses, and waits for somebody",
}
_ASKING = {
    "equals": "is", "not_equals": "is not", "in": "is one of", "contains": "contains",
    "starts_with": "starts with", "ends_with": "ends with", "regex": "matches", "gt": ">",
    "gte": ">=", "lt": "<", "lte": "<=", "cidr": "is in the network",
}  # fmt: skip


def story(runbook: Runbook, rules: Sequence[str], space: int) -> Iterator[str]:
    """Give the lines, none wider than the space unless the runbook's own words are."""
    yield f"{heading(safe(runbook.id))}  {safe(runbook.name)}"
    if runbook.description:
        yield from wrapped(safe(runbook.description), space)
    yield from _facts(runbook, rules, space)
    for number, step in enumerate(runbook.steps, 1):
        yield ""
        yield f"{number:>3}. {heading(safe(step.name))}  {faint(safe(step.id))}"
        yield from _step(step, space)
    yield ""
    yield from wrapped(f"When all is done: {_completion(runbook.completion)}", space)


def _facts(runbook: Runbook, rules: Sequence[str], space: int) -> Iterator[str]:
    facts = (
        ("Category", runbook.category or ""),
        ("Triggers", ", ".join(runbook.triggers)),
        ("Named by", ", ".join(rules)),
        ("Content", runbook.digest),
    )
    for name, value in facts:
        if value:
            first, *more = wrapped(safe(value), space - 10)
            yield f"{faint(f'{name:<8}')}  {first}"
            yield from (f"{'':10}{line}" for line in more)


def _step(step: Step, space: int) -> Iterator[str]:
    yield from wrapped(_kind(step), space, _INDENT)
    if step.when:
        condition = "; and ".join(map(_condition, step.when))
        yield from wrapped(f"Only when {safe(condition)}", space, _INDENT)
    if step.requires_approval:
        yield from wrapped("Begins after somebody else has approved it", space, _INDENT)
    if isinstance(step, AutomatedStep):
        yield from _parameters(step.parameters)
    if isinstance(step, ManualStep):
        yield from (f"{_DEEPER}{safe(line)}" for line in step.instructions.splitlines())
    yield from wrapped(f"If it fails: {_FAILING[step.on_failure]}", space, _INDENT)
    if step.outputs if isinstance(step, AutomatedStep | ManualStep) else ():
        names = safe(", ".join(step.outputs or ()))  # type: ignore[union-attr] # see above
        yield from wrapped(f"Gives later steps: {names}", space, _INDENT)


def _kind(step: Step) -> str:
    if isinstance(step, SubRunbookStep):
        return f"Runs the runbook {safe(step.runbook)}"
    if isinstance(step, ManualStep):
        whose = f", for {safe(step.assignee)}" if step.assignee else ""
        return f"By hand{whose}{f', within {safe(step.timeout)}' if step.timeout else ''}"
    tried = counted(step.retrying.attempts, "attempt")
    return f"By itself: {safe(step.action)}, at most {safe(step.timeout)}, {tried}"


def _parameters(parameters: Mapping[str, Any]) -> Iterator[str]:
    longest = max(map(width, map(safe, parameters)), default=0)
    for name, value in parameters.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        first, *more = safe_lines(text).splitlines() or [""]
        yield f"{_DEEPER}{safe(name)}{'':{longest - width(safe(name))}}  {first}"
        yield from (f"{_DEEPER}{'':{longest}}  {line}" for line in more)


def _condition(condition: Condition) -> str:
    if isinstance(condition, Not):
        return f"not ({_condition(condition.not_)})"
    if isinstance(condition, All):
        return f"({' and '.join(map(_condition, condition.all))})"
    if isinstance(condition, Any_):
        return f"({' or '.join(map(_condition, condition.any))})"
    return _pattern(condition)


def _pattern(pattern: Pattern) -> str:
    if pattern.operator == "exists":
        return f"{pattern.field} is {'there' if pattern.value else 'missing'}"
    value = json.dumps(pattern.value, ensure_ascii=False)
    return f"{pattern.field} {_ASKING[pattern.operator]} {value}"


def _completion(completion: Completion) -> str:
    told = []
    if completion.require_review:
        who = ", ".join(completion.reviewers) or "somebody"
        told.append(f"{safe(who)} has to review it before the incident can be closed")
    if completion.auto_close:
        told.append("the incident is resolved and closed")
    return "; then ".join(told) or "nothing more"
