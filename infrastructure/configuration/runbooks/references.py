"""Checks what rules and runbooks expect of each other."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from application.templates import TemplateError
from infrastructure.configuration.mistakes import KeyPath, Mistake
from infrastructure.configuration.rule_files import WrittenRule
from infrastructure.configuration.runbooks.files import WrittenRunbook
from infrastructure.configuration.runbooks.nesting import reachable, unknown_runbook
from infrastructure.configuration.runbooks.texts import templates_of, variables_of

_CONTEXT = ["incident", "context"]


class _Use(NamedTuple):
    """Where a runbook uses what the context of an incident calls by a name."""

    written: WrittenRunbook
    path: KeyPath
    name: str


def reference_mistakes(
    rules: Sequence[WrittenRule], runbooks: Sequence[WrittenRunbook]
) -> Iterator[Mistake]:
    """Find runbooks that rules name and that do not exist, and what runbooks lack of rules."""
    names = [each.id for each in runbooks if each.id is not None]
    for rule in rules:
        name = rule.rule.runbook
        if name is not None and not runbooks:
            problem = f"names the runbook {name}, and none is configured yet"
            yield rule.mistake("runbook", problem, severity="warning")
        elif name is not None and name not in names:
            yield rule.mistake("runbook", *unknown_runbook(name, names))
    yield from _missing_context(rules, runbooks)


def _missing_context(
    rules: Sequence[WrittenRule], runbooks: Sequence[WrittenRunbook]
) -> Iterator[Mistake]:
    lacking: dict[_Use, list[str]] = {}
    used: dict[str, list[_Use]] = {}
    for rule in rules:
        for started in _started_by(rule, runbooks):
            if started not in used:
                used[started] = [*chain(*map(_context_of, reachable(started, runbooks)))]
            for use in used[started]:
                if use.name not in rule.rule.context:
                    lacking.setdefault(use, []).append(rule.rule.id)
    for (written, path, name), ids in lacking.items():
        which = ", ".join(dict.fromkeys(ids))
        problem = f"incident.context.{name} is not given by {which}, which starts this by itself"
        yield written.mistake(path, problem, f"{name} in the rule's context", "warning")


def _started_by(rule: WrittenRule, runbooks: Sequence[WrittenRunbook]) -> Iterator[str]:
    """Give the runbooks that a rule's incidents start without anybody asking."""
    if rule.rule.runbook is not None and rule.rule.auto_remediate:
        yield rule.rule.runbook
    for each in runbooks:
        if each.id is not None and each.runbook and rule.rule.id in each.runbook.triggers:
            yield each.id


def _context_of(written: WrittenRunbook) -> Iterator[_Use]:
    for step in written.steps:
        for path, text in templates_of(written, step):
            try:
                used = sorted(variables_of(text).needed)
            except TemplateError:
                continue  # reported elsewhere
            for parts in (each.split(".") for each in used):
                if parts[:2] == _CONTEXT and parts[2:]:
                    yield _Use(written, path, parts[2])
