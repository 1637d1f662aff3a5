"""The settings of actions: the file `actions.yaml`, a section for each action that has some."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import BaseModel

from infrastructure.actions.catalogue import BrokenActionError, UnknownActionError, action_class
from infrastructure.configuration.document import Document
from infrastructure.configuration.files import read_document
from infrastructure.configuration.flaws import with_all_others
from infrastructure.configuration.mistakes import ConfigurationError, Mistake, shorten
from infrastructure.configuration.runbooks.actions import unknown_action
from infrastructure.configuration.runbooks.texts import reference_troubles, texts_within
from infrastructure.configuration.validation import unknown_keys, validate_value

ROOT = "actions"


def read_action_settings(path: Path) -> tuple[Mapping[str, BaseModel], list[Mistake]]:
    """Read the settings of actions, and all that is wrong with them; no file means no settings."""
    if not path.exists():
        return {}, []
    try:
        return settings_of(read_document(path))
    except ConfigurationError as error:
        return {}, with_all_others(error, lambda document: settings_of(document)[1])


def settings_of(document: Document) -> tuple[Mapping[str, BaseModel], list[Mistake]]:
    """Read the mapping `actions:` of a document; a document of comments alone says nothing."""
    if document.root.content is None:
        return {}, []
    mistakes = unknown_keys(document, (), [ROOT])
    node = document.node((ROOT,))
    if node is None or not isinstance(node.content, dict | None):
        problem = "missing" if node is None else "not a mapping"
        mistakes.append(document.mistake((ROOT,), problem, "a section for each action"))
        return {}, mistakes
    settings = {}
    for name in node.content or ():
        value, wrong = _section(document, name)
        mistakes.extend(wrong)
        if value is not None:
            settings[name] = value
    return settings, mistakes


def _section(document: Document, name: str) -> tuple[BaseModel | None, list[Mistake]]:
    path = (ROOT, name)
    try:
        model = action_class(name).Settings
    except UnknownActionError:
        return None, [document.mistake(path, *unknown_action(name))]
    except BrokenActionError as error:
        # Not the author's mistake, and no reason to stop detecting.
        return None, [document.mistake(path, shorten(str(error), 300), severity="warning")]
    value, mistakes = validate_value(document, path, model)
    return value, [*mistakes, *_wrong_references(document, name)]


def _wrong_references(document: Document, name: str) -> Iterator[Mistake]:
    if node := document.node((ROOT, name)):
        for path, text in texts_within(node, (ROOT, name)):
            yield from (document.mistake(path, *each) for each in reference_troubles(text))
