"""The role of a template engine: text with variables in, values out."""

from collections.abc import Mapping
from typing import Any, Protocol


class TemplateError(Exception):
    """A template cannot be read or rendered; the message says which variable or what place.

    `line` counts from 1 within the template's text. `path` leads to the text if it stands in a
    larger value; it is empty if not.
    """

    def __init__(
        self, reason: str, *, line: int | None = None, path: tuple[str | int, ...] = ()
    ) -> None:
        self.reason = reason
        self.line = line
        self.path = path
        super().__init__(reason, line, path)

    def __str__(self) -> str:
        where = [".".join(map(str, self.path))] if self.path else []
        if self.line is not None:
            where.append(f"line {self.line}")
        return ": ".join((*where, self.reason))


class Templates(Protocol):
    """Renders values in which any text may be a template."""

    def render(self, value: Any, scope: Mapping[str, Any]) -> Any:
        """Give the value with its templates rendered; raises TemplateError.

        A text that is nothing but one expression becomes what the expression gives, of whatever
        type. `${NAME}` of the template stays; a `${` that comes out of a variable becomes `$${`,
        so that nobody can smuggle the name of a secret in.
        """
        ...

    def variables(self, value: Any) -> set[str]:
        """Give the dotted paths of all variables that a value needs; raises TemplateError.

        Not those of which the template itself says what to do without: `… | default(…)`, or
        `… is defined`.
        """
        ...
