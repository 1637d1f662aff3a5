"""The directory of responders from `responders.yaml`."""

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from domain.responder.directory import Directory, Group, Person, Team
from domain.responder.flaws import flaws_of
from domain.responder.rotation import Rotation
from infrastructure.configuration.document import Document
from infrastructure.configuration.files import read_document
from infrastructure.configuration.mistakes import (
    ConfigurationError,
    Mistake,
    in_reading_order,
    shorten,
)
from infrastructure.configuration.validation import validate_value

_KINDS: Mapping[str, type[BaseModel]] = {
    "people": Person,
    "teams": Team,
    "groups": Group,
    "rotations": Rotation,
}
# What an entry without a required field that flaws are looked for in is taken to say.
_INSTEAD: Mapping[type[BaseModel], Mapping[str, Any]] = {
    Team: {"members": ()},
    Rotation: {"members": (), "handoff": "weekly"},
}


def read_directory(path: Path) -> tuple[Directory, list[Mistake]]:
    """Read the directory, and all that is wrong with it; no file means nobody is in it."""
    if not path.exists():
        return Directory(), []
    try:
        return directory_of(read_document(path))
    except ConfigurationError as error:
        return Directory(), list(error.mistakes)


def directory_of(document: Document) -> tuple[Directory, list[Mistake]]:
    """Read a document; one of comments alone says nothing."""
    if document.root.content is None:
        return Directory(), []
    directory, mistakes = validate_value(document, (), Directory)
    flaws = [
        document.mistake(flaw.place, flaw.problem, shorten(flaw.expected))
        for flaw in flaws_of(directory or _as_far_as_readable(document.value))
    ]
    return directory or Directory(), list(in_reading_order([*mistakes, *flaws]))


def _as_far_as_readable(written: Any) -> Directory:
    """Give a directory for its flaws: every name is in it, and what can be read of its entry."""
    sections = written if isinstance(written, dict) else {}
    kept: dict[str, Any] = {
        kind: {name: _entry(model, entry) for name, entry in sections[kind].items()}
        for kind, model in _KINDS.items()
        if isinstance(sections.get(kind), dict)
    }
    return Directory.model_construct(**kept)


def _entry(model: type[BaseModel], written: Any) -> BaseModel:
    fields = written if isinstance(written, dict) else {}
    kept = dict(_INSTEAD.get(model, {}))
    for name, field in model.model_fields.items():
        with suppress(KeyError, ValidationError):
            form: TypeAdapter[Any] = TypeAdapter(field.rebuild_annotation())
            kept[name] = form.validate_json(json.dumps(fields[name]))
    return model.model_construct(**kept)
