"""Checks what the texts and conditions of a step refer to: variables and secrets."""

import re
from collections.abc import Iterator

from application.templates import TemplateError
from domain.detection.pattern import All, Condition, Not, Pattern
from domain.runbook.step import AutomatedStep, ManualStep
from infrastructure.configuration.document import Node
from infrastructure.configuration.mistakes import KeyPath, Mistake, quoted, shorten
from infrastructure.configuration.runbooks.files import WrittenRunbook, WrittenStep
from infrastructure.configuration.runbooks.variables import Trouble, Vocabulary
from infrastructure.templates.reading import Variables
from infrastructure.templates.template import is_template, template

# Dollars before a brace that begins no template; two dollars mean one.
_DOLLARS = re.compile(r"(\$+)(\{[A-Za-z_][A-Za-z0-9_]*\}|\{(?![{%#])[^}]{0,40}\}?)")
_REFERENCE = re.compile(r"\{[A-Za-z_][A-Za-z0-9_]*\}")


def text_mistakes(
    written: WrittenRunbook, step: WrittenStep, known: Vocabulary
) -> Iterator[Mistake]:
    """Find unknown variables in templates and conditions, and what is no template or reference."""
    for path, text in templates_of(written, step):
        for each in _template_troubles(text, known):
            yield written.mistake(path, each.problem, each.expected)
        if isinstance(step.step, AutomatedStep):
            yield from (written.mistake(path, *wrong) for wrong in reference_troubles(text))
    for index, condition in enumerate(step.step.when):
        for within, field in _fields(condition):
            if trouble := known.trouble(field):
                path = step.path("when", index, *within)
                yield written.mistake(path, trouble.problem, trouble.expected)


def templates_of(written: WrittenRunbook, step: WrittenStep) -> Iterator[tuple[KeyPath, str]]:
    """Give every text of a step that may be a template, with its path in the document."""
    if isinstance(step.step, ManualStep):
        yield step.path("instructions"), step.step.instructions
    elif isinstance(step.step, AutomatedStep):
        path = step.path("parameters")
        if node := written.document.node(path):
            yield from texts_within(node, path)


def texts_within(node: Node, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    """Give every text at and below a node, with its path."""
    if isinstance(node.content, str):
        yield path, node.content
    elif isinstance(node.content, list):
        for index, item in enumerate(node.content):
            yield from texts_within(item, (*path, index))
    elif isinstance(node.content, dict):
        for key, entry in node.content.items():
            yield from texts_within(entry.node, (*path, key))


def variables_of(text: str) -> Variables:
    """Give the variables of a text, if it is a template; raises TemplateError if it is broken."""
    return template(text).variables if is_template(text) else Variables(frozenset(), frozenset())


def reference_troubles(text: str) -> Iterator[tuple[str, str]]:
    """Say which `${…}` name no secret, and what was expected."""
    for found in _DOLLARS.finditer(text):
        if len(found[1]) % 2 and not _REFERENCE.fullmatch(found[2]):
            problem = f"{quoted(f'${found[2]}')} is no reference to a secret"
            yield problem, "${NAME} of letters, digits and _, or $${ where ${ itself is meant"


def _template_troubles(text: str, known: Vocabulary) -> Iterator[Trouble]:
    try:
        used = variables_of(text)
    except TemplateError as error:
        where = f" in line {error.line} of the text" if error.line and "\n" in text.strip() else ""
        yield Trouble(shorten(f"no template{where}: {error.reason}", 300))
        return
    yield from filter(None, map(known.trouble, sorted(used.needed | used.optional)))


def _fields(condition: Condition) -> Iterator[tuple[KeyPath, str]]:
    """Give the fields that a condition asks about, with their paths within it."""
    if isinstance(condition, Pattern):
        yield ("field",), condition.field
        return
    if isinstance(condition, Not):
        yield from ((("not", *path), field) for path, field in _fields(condition.not_))
        return
    group = "all" if isinstance(condition, All) else "any"
    parts = condition.all if isinstance(condition, All) else condition.any
    for index, part in enumerate(parts):
        yield from (((group, index, *path), field) for path, field in _fields(part))
