"""Checks a document against a pydantic model and tells every mistake with its place."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from infrastructure.configuration.document import Document
from infrastructure.configuration.error_places import PlacedError, placed
from infrastructure.configuration.error_report import ErrorReport
from infrastructure.configuration.error_wording import wrong_kind
from infrastructure.configuration.field_names import unknown_field
from infrastructure.configuration.mistakes import (
    ConfigurationError,
    KeyPath,
    Mistake,
    in_reading_order,
)
from infrastructure.configuration.union_errors import settled

Model = TypeVar("Model", bound=BaseModel)

# What strict validation refuses and a lax model takes: "10" for 10, 1 for true, 2.0 for 2.
_INEXACT = {"int_type", "float_type", "bool_type"}


def validate(document: Document, model: type[Model]) -> Model:
    """Return the whole document as a model; raise ConfigurationError with all its mistakes."""
    value, mistakes = validate_value(document, (), model)
    if value is None:
        raise ConfigurationError(mistakes)
    return value


def validate_value(
    document: Document, path: KeyPath, model: type[Model]
) -> tuple[Model | None, Sequence[Mistake]]:
    """Return the value at a path as a model, or None and all its mistakes."""
    node = document.node(path)
    if node is None:
        return None, (document.mistake(path, "missing"),)
    value, errors = _checked(document, path, model)
    mistakes = _reported(errors, ErrorReport(document, path, model))
    return (None if mistakes else value), mistakes


def decided_mistakes(
    document: Document, path: KeyPath, model: type[BaseModel], undecided: Callable[[KeyPath], bool]
) -> Sequence[Mistake]:
    """Return what is certainly wrong with the value at a path, which has to be there.

    `undecided` says where a value stands that nobody knows yet: what stands there may turn out
    to be right, but its key has to be known, and a missing one is missing.
    """
    _, errors = _checked(document, path, model)
    decided = [
        error
        for error in errors
        if error.details["type"] in ("missing", "extra_forbidden") or not undecided(error.path)
    ]
    return _reported(decided, ErrorReport(document, path, model))


def validate_items(
    document: Document, path: KeyPath, model: type[Model]
) -> tuple[list[Model], list[Mistake]]:
    """Return every valid item of the list at a path, and the mistakes of all the others."""
    node = document.node(path)
    if node is None:
        return [], [document.mistake(path, "missing", "a list")]
    if not isinstance(node.content, list):
        problem, expected = wrong_kind(["a list"], path, node.plain())
        return [], [document.mistake(path, problem, expected)]
    outcomes = [validate_value(document, (*path, i), model) for i in range(len(node.content))]
    values = [value for value, _ in outcomes if value is not None]
    return values, [mistake for _, mistakes in outcomes for mistake in mistakes]


def unknown_keys(document: Document, path: KeyPath, known: Iterable[str]) -> list[Mistake]:
    """Return a mistake for every key of the mapping at a path that is not among the known."""
    node = document.node(path)
    keys = node.content if node and isinstance(node.content, dict) else ()
    fields = tuple((name,) for name in known)
    strangers = (key for key in keys if (key,) not in fields)
    return [unknown_field(document, (*path, key), fields) for key in strangers]


def _checked(
    document: Document, path: KeyPath, model: type[Model]
) -> tuple[Model | None, list[PlacedError]]:
    node = document.node(path) or document.root
    # As JSON, so that a strict model still takes lists as tuples and words as enum members.
    text = json.dumps(node.plain())
    value, lax = _validated(model, text, strict=None)
    errors = [placed(each, document, path) for each in lax]
    _, strict = _validated(model, text, strict=True)
    errors += _inexact(errors, [placed(each, document, path) for each in strict], document)
    return value, [each for each in errors if not _counts_only_valid_items(each)]


def _reported(errors: Iterable[PlacedError], report: ErrorReport) -> tuple[Mistake, ...]:
    return in_reading_order(report.mistake(group) for group in settled(errors))


def _validated(
    model: type[Model], text: str, *, strict: bool | None
) -> tuple[Model | None, list[ErrorDetails]]:
    try:
        return model.model_validate_json(text, strict=strict), []
    except ValidationError as error:
        return None, error.errors(include_url=False)


def _counts_only_valid_items(error: PlacedError) -> bool:
    """Say whether a list was found too short merely because of mistakes in its items."""
    details = error.details
    written = details["input"]
    return (
        details["type"] == "too_short"
        and isinstance(written, list)
        and len(written) >= details["ctx"]["min_length"]
    )


def _inexact(
    known: list[PlacedError], strict: list[PlacedError], document: Document
) -> Iterator[PlacedError]:
    """Pick, of what only strict validation refuses, the scalars that lax models convert.

    The rest is no mistake: behind a `before` validator, strictness refuses lists for tuples.
    """
    wrong = {error.path for error in known}
    for path, group in groupby(strict, key=lambda error: error.path):
        errors, node = list(group), document.node(path)
        as_written = node is not None and node.content == errors[0].details["input"]
        if as_written and all(error.details["type"] in _INEXACT for error in errors):
            yield from errors if path not in wrong else ()
