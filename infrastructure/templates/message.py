"""Templates of messages: a subject in the first line, and a text below."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from application.templates import TemplateError
from infrastructure.templates.recorded import as_told
from infrastructure.templates.template import Template

_SUBJECT = re.compile(r"\ASubject:[ \t]*(\S[^\n]*)\n(?:[ \t]*\n)*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody is told."""

    subject: str
    text: str


class MessageTemplate:
    """A message's template, read and checked; raises TemplateError with the line in the file.

    The subject is a template of its own: nothing that a variable brings in can become one.
    """

    def __init__(self, source: str) -> None:
        lines = source.replace("\r\n", "\n")
        found = _SUBJECT.match(lines)
        if found is None:
            msg = "the first line is no subject; write: Subject: what happened"
            raise TemplateError(msg, line=1)
        self._above = found[0].count("\n")
        self._subject = Template(found[1], always_text=True)
        self._text: Template = self._placed(
            lambda: Template(lines[found.end() :], always_text=True)
        )

    def render(self, scope: Mapping[str, Any]) -> Message:
        """Write the message, with secrets as `${NAME}`; raises TemplateError."""
        subject = as_told(self._subject.render(scope))
        text = self._placed(lambda: as_told(self._text.render(scope)))
        return Message(" ".join(subject.split()), text)

    def _placed(self, get: Callable[[], Any]) -> Any:
        try:
            return get()
        except TemplateError as error:
            line = (error.line or 1) + self._above
            raise TemplateError(error.reason, line=line) from None
