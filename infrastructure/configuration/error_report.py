"""Turns placed pydantic errors about one value into mistakes for its author."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from infrastructure.configuration.document import Document
from infrastructure.configuration.error_places import PlacedError
from infrastructure.configuration.error_wording import (
    one_of,
    other_problem,
    requirement,
    wrong_kind,
)
from infrastructure.configuration.field_names import unknown_field
from infrastructure.configuration.mistakes import KeyPath, Mistake
from infrastructure.configuration.model_fields import known_fields


@dataclass(frozen=True, slots=True)
class ErrorReport:
    """Knows which value of which document was checked against which model."""

    document: Document
    base: KeyPath
    model: type[BaseModel]

    def mistake(self, errors: Sequence[PlacedError]) -> Mistake:
        """State as one mistake what one or more errors say of one place."""
        error = errors[0]
        match error.details["type"]:
            case "missing":
                return self.document.mistake(error.path, "missing")
            case "extra_forbidden":
                return self._unknown_field(error.path)
            case "union_tag_invalid" | "union_tag_not_found":
                return self._wrong_tag(error)
        value = self._value(error.path)
        kinds = [requirement(each.details) for each in errors]
        required = [kind for kind in kinds if kind]
        if required and not error.about_key:
            return self.document.mistake(error.path, *wrong_kind(required, error.path, value))
        return self.document.mistake(error.path, other_problem(error, value))

    def _unknown_field(self, path: KeyPath) -> Mistake:
        root = self.document.node(self.base) or self.document.root
        fields = known_fields(self.model, root, path[len(self.base) : -1])
        return unknown_field(self.document, path, fields)

    def _wrong_tag(self, error: PlacedError) -> Mistake:
        context = error.details.get("ctx", {})
        key = str(context.get("discriminator", "")).strip("'")
        tags = context.get("expected_tags")
        if not key.isidentifier():
            return self.document.mistake(error.path, other_problem(error, None))
        path = (*error.path, key)
        if tags is None or self.document.node(path) is None:
            return self.document.mistake(path, "missing")
        problem, expected = wrong_kind([one_of(tags)], path, self._value(path))
        return self.document.mistake(path, problem, expected)

    def _value(self, path: KeyPath) -> object:
        node = self.document.node(path)
        return node.plain() if node else None
