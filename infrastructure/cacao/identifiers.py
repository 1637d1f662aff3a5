"""Checks that the identifiers of a playbook name what is there, and say what it is."""

from collections.abc import Iterator, Mapping
from typing import Any

from infrastructure.cacao.findings import Finding
from infrastructure.cacao.playbook import (
    Action,
    AgentTarget,
    IfCondition,
    Parallel,
    Playbook,
    Step,
    SwitchCondition,
    WhileCondition,
)
from infrastructure.configuration.mistakes import KeyPath, quoted

_STEPS = frozenset(
    {
        "start", "end", "action", "playbook-action", "parallel", "if-condition",
        "while-condition", "switch-condition",
    }
)  # fmt: skip
# Section 7.2; the vocabulary is open, and other types are fine.
_AGENTS = frozenset(
    {
        "group", "individual", "location", "organization", "sector", "http-api", "linux",
        "net-address", "security-category", "ssh",
    }
)  # fmt: skip


def next_steps(step: Step) -> Iterator[tuple[KeyPath, str]]:
    """Give the steps to which a step leads, each with the path of the field that says so."""
    for field in ("on_completion", "on_success", "on_failure"):
        if target := getattr(step, field):
            yield (field,), target
    if isinstance(step, Parallel):
        yield from ((("next_steps", at), each) for at, each in enumerate(step.next_steps))
    if isinstance(step, IfCondition | WhileCondition):
        yield ("on_true",), step.on_true
    if isinstance(step, IfCondition) and step.on_false:
        yield ("on_false",), step.on_false
    if isinstance(step, SwitchCondition):
        yield from ((("cases", case), each) for case, each in step.cases.items())


def identifier_findings(playbook: Playbook) -> Iterator[Finding]:
    """Find identifiers that name nothing, or something else than they say."""
    if playbook.workflow_start not in playbook.workflow:
        yield _missing(("workflow_start",), "step", playbook.workflow_start)
    for name, step in playbook.workflow.items():
        yield from _of_step(playbook, ("workflow", name), step)
    yield from _of_definitions(playbook, "agent_definitions", playbook.agent_definitions)
    yield from _of_definitions(playbook, "target_definitions", playbook.target_definitions)


def _of_step(playbook: Playbook, path: tuple[str, str], step: Step) -> Iterator[Finding]:
    yield from _of_another_type(path, path[1], step.type, _STEPS)
    for field, target in next_steps(step):
        if target not in playbook.workflow:
            yield _missing((*path, *field), "step", target)
    if isinstance(step, Action):
        yield from _parties(playbook, path, step)


def _of_definitions(
    playbook: Playbook, field: str, definitions: Mapping[str, AgentTarget]
) -> Iterator[Finding]:
    for name, definition in definitions.items():
        yield from _of_another_type((field, name), name, definition.type, _AGENTS)
        info = definition.authentication_info
        if info is not None and info not in playbook.authentication_info_definitions:
            yield _missing((field, name, "authentication_info"), "authentication info", info)


def _parties(playbook: Playbook, path: KeyPath, step: Action) -> Iterator[Finding]:
    if step.agent not in playbook.agent_definitions:
        yield _missing((*path, "agent"), "agent", step.agent)
    known: Mapping[str, Any] = {**playbook.agent_definitions, **playbook.target_definitions}
    for index, target in enumerate(step.targets):
        if target not in known:
            yield _missing((*path, "targets", index), "target", target)


def _of_another_type(
    path: KeyPath, name: str, kind: str, kinds: frozenset[str]
) -> Iterator[Finding]:
    """Section 10.10: an identifier begins with the type of what it names."""
    prefix = name.partition("--")[0]
    if prefix in kinds and prefix != kind:
        text = f"is called {quoted(name)} and is of the type {quoted(kind)}, not {prefix}"
        yield Finding((*path, "type"), text)


def _missing(path: KeyPath, what: str, name: str) -> Finding:
    return Finding(path, f"there is no {what} {quoted(name, 100)}")
