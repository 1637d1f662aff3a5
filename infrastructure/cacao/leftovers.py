"""Names what of a playbook is in no runbook, wherever it stands."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import BaseModel

from infrastructure.cacao.findings import Finding
from infrastructure.cacao.flow import Flow
from infrastructure.cacao.playbook import (
    Action,
    AgentTarget,
    Command,
    Playbook,
    Start,
    Step,
    extras,
)
from infrastructure.cacao.requests import REQUESTS
from infrastructure.cacao.variables import names_in
from infrastructure.configuration.mistakes import KeyPath, shorten

_LONGEST_SHOWN = 100
_SENSITIVE = re.compile(r"secret|token|passw|key|credential|private|authorization", re.IGNORECASE)
# What of a playbook says nothing about what it does; the value is worth keeping in a note.
_TELLING = ("created_by", "created", "modified")


def leftovers(playbook: Playbook, flow: Flow) -> Iterator[Finding]:
    """Give what is left out, in the order in which a playbook is written."""
    yield from _metadata(playbook)
    reached = flow.reached()
    for name, step in playbook.workflow.items():
        path: KeyPath = ("workflow", name)
        if name not in reached:
            yield Finding(path, "no way leads here, and it is left out")
        else:
            yield from _of_step(path, step)
    used = {name for name, step in playbook.workflow.items() if name in reached}
    yield from _definitions(playbook, [playbook.workflow[name] for name in used])
    yield from _unused_variables(playbook)


def _metadata(playbook: Playbook) -> Iterator[Finding]:
    for name in _TELLING:
        yield _lost((name,), getattr(playbook, name))
    yield from _extras((), playbook)
    if not isinstance(playbook.workflow[playbook.workflow_start], Start):
        yield Finding(("workflow_start",), "is not a start step; taken as the first step")
    if playbook.workflow_exception is not None:
        text = "what follows a failure is not carried over: a step that fails waits for a person"
        if playbook.workflow_exception not in playbook.workflow:
            text = "there is no such step; a step that fails waits for a person"
        yield Finding(("workflow_exception",), text)


def _of_step(path: KeyPath, step: Step) -> Iterator[Finding]:
    yield from _extras(path, step)
    if step.delay:
        yield Finding((*path, "delay"), "steps begin without delay")
    if not isinstance(step, Action):
        if step.timeout:
            yield Finding((*path, "timeout"), "only a step that does something has one")
        if step.description:
            yield _lost((*path, "description"), step.description)
        return
    for index, command in enumerate(step.commands):
        yield from _of_command((*path, "commands", index), command)
        if command.type in REQUESTS and step.description and not index:
            yield _lost((*path, "description"), step.description)


def _of_command(path: KeyPath, command: Command) -> Iterator[Finding]:
    yield from _extras(path, command)
    if command.type in REQUESTS:
        if command.description:
            yield _lost((*path, "description"), command.description)
        return
    for field in ("headers", "content", "content_b64"):
        if getattr(command, field):
            yield Finding((*path, field), "means nothing for such a command, and is left out")


def _definitions(playbook: Playbook, steps: Iterable[Step]) -> Iterator[Finding]:
    actions = [step for step in steps if isinstance(step, Action)]
    targets = {name for step in actions for name in step.targets}
    for name, agent in playbook.agent_definitions.items():
        path: KeyPath = ("agent_definitions", name)
        if name not in targets:
            text = f"{shorten(agent.name)} ({agent.type}) is not carried over: Tocsin does a step"
            yield Finding(path, f"{text}, or whoever it is assigned to")
        yield from _of_party(path, agent)
    for name, target in playbook.target_definitions.items():
        path = ("target_definitions", name)
        if name not in targets:
            yield Finding(path, f"{shorten(target.name)} is no step's target, and is left out")
        yield from _of_party(path, target)
    for name, info in playbook.authentication_info_definitions.items():
        text = f"no credentials are carried over ({info.type}): runbooks name secrets as ${{NAME}}"
        yield Finding(("authentication_info_definitions", name), text)


def _of_party(path: KeyPath, party: AgentTarget) -> Iterator[Finding]:
    yield from _extras(path, party)
    if party.description:
        yield _lost((*path, "description"), party.description)
    if party.contact is not None:
        text = "is not carried over: the directory of responders knows how to reach people"
        yield Finding((*path, "contact"), text)


def _unused_variables(playbook: Playbook) -> Iterator[Finding]:
    text = json.dumps(
        playbook.model_dump(mode="json", exclude={"playbook_variables"}), ensure_ascii=False
    )
    used = set(names_in(text))
    for name in playbook.playbook_variables:
        if name not in used:
            yield Finding(("playbook_variables", name), "no step uses it, and it is left out")


def _extras(path: KeyPath, part: BaseModel) -> Iterator[Finding]:
    for name, value in extras(part).items():
        yield _lost((*path, name), value)


def _lost(path: KeyPath, value: Any) -> Finding:
    shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if _SENSITIVE.search(f"{path[-1]} {shown}"):
        return Finding(path, "is not carried over")
    return Finding(path, f"is not carried over: {shorten(shown, _LONGEST_SHOWN)}")
