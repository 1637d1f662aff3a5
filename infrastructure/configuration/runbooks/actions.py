"""Checks that the actions of steps exist, and get the parameters that they take."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import partial

from application.actions import Action
from domain.runbook.step import AutomatedStep, ManualStep
from infrastructure.actions import catalogue
from infrastructure.actions.catalogue import BrokenActionError, UnknownActionError, action_class
from infrastructure.configuration.document import Document, Node
from infrastructure.configuration.mistakes import KeyPath, Mistake, quoted, shorten
from infrastructure.configuration.runbooks.files import WrittenRunbook, WrittenStep
from infrastructure.configuration.runbooks.variables import Outputs
from infrastructure.configuration.validation import decided_mistakes
from infrastructure.templates.template import is_template

_LONGEST_LIST = 300


def action_mistakes(written: WrittenRunbook, step: WrittenStep) -> Iterator[Mistake]:
    """Find an unknown action, and parameters and outputs that an action does not have."""
    if not isinstance(step.step, AutomatedStep):
        return
    path = step.path("action")
    try:
        action = action_class(step.step.action)
    except UnknownActionError:
        yield written.mistake(path, *unknown_action(step.step.action))
    except BrokenActionError as error:
        # Not the author's mistake, and no reason to stop detecting.
        yield written.mistake(path, shorten(str(error), 300), severity="warning")
    else:
        yield from _parameter_mistakes(written.document, step, action)
        yield from _output_mistakes(written, step, step.step, action)


def unknown_action(name: str) -> tuple[str, str]:
    """Say that there is no such action, and which ones there are, or which one was meant."""
    names = sorted(catalogue.installed())
    problem = f"there is no action {quoted(name)}"
    if close := get_close_matches(shorten(name), names, n=1):
        problem = f"{problem}, did you mean {quoted(close[0])}?"
    return problem, shorten(f"one of {', '.join(names)}", _LONGEST_LIST) if names else ""


def outputs_of(step: WrittenStep | None) -> Outputs:
    """Give the names of what later steps may use of a step; None if they cannot be known."""
    if step is None:
        return None
    if isinstance(step.step, ManualStep):
        return frozenset(step.step.outputs)
    if not isinstance(step.step, AutomatedStep):
        return frozenset()
    if step.step.outputs is not None:
        return frozenset(step.step.outputs)
    action = _loadable(step.step.action)
    return action.outputs if action else None


def _loadable(name: str) -> type[Action] | None:
    try:
        return action_class(name)
    except (UnknownActionError, BrokenActionError):
        return None


def _parameter_mistakes(
    document: Document, step: WrittenStep, action: type[Action]
) -> Iterator[Mistake]:
    path = step.path("parameters")
    if document.node(path) is None:
        for name, field in action.Parameters.model_fields.items():
            if field.is_required():
                yield document.mistake((*path, field.alias or name), "missing")
        return
    yield from decided_mistakes(document, path, action.Parameters, partial(_is_open, document))


def _output_mistakes(
    written: WrittenRunbook, step: WrittenStep, automated: AutomatedStep, action: type[Action]
) -> Iterator[Mistake]:
    if action.outputs is None:
        return
    for name, found in (automated.outputs or {}).items():
        first = found.partition(".")[0]
        if first not in action.outputs:
            expected = f"one of {', '.join(sorted(action.outputs))}" if action.outputs else ""
            problem = f"the action {automated.action} gives no {quoted(first)}"
            place = step.path("outputs", name)
            if written.document.node(place) is None:
                place = step.path("outputs", list(automated.outputs or {}).index(name))
            yield written.mistake(place, problem, shorten(expected, _LONGEST_LIST))


def _is_open(document: Document, path: KeyPath) -> bool:
    """Say whether a template stands at a path, or somewhere in what stands there."""
    node = document.node(path)
    return node is not None and _holds_template(node)


def _holds_template(node: Node) -> bool:
    if isinstance(node.content, Mapping):
        return any(_holds_template(entry.node) for entry in node.content.values())
    if isinstance(node.content, list):
        return any(map(_holds_template, node.content))
    return isinstance(node.content, str) and is_template(node.content)
