"""What a step of a playbook is made into, and what is found on the way."""

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from infrastructure.cacao.findings import Finding
from infrastructure.cacao.playbook import Command, Playbook, Step
from infrastructure.cacao.variables import REFERENCE, Scope, literal, template
from infrastructure.configuration.mistakes import KeyPath, shorten

Draft = dict[str, Any]
"""The fields of a runbook's step, but for its id and when it runs."""

_LONGEST_NAME = 200
_UNITS = ((86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s"), (1, "ms"))
_LONGEST_TIMEOUT = 366 * 86_400_000


class CannotMakeError(Exception):
    """A step cannot be made; the finding says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(str(finding))
        self.finding = finding


@dataclass
class Notes:
    """What is different from the playbook (`notes`), and what cannot be said at all (`problems`).

    Each is kept once, in the order in which it was found.
    """

    notes: dict[Finding, None] = field(default_factory=dict)
    problems: dict[Finding, None] = field(default_factory=dict)

    def note(self, finding: Finding) -> None:
        """Keep what is different."""
        self.notes.setdefault(finding)

    def problem(self, finding: Finding) -> None:
        """Keep what cannot be said."""
        self.problems.setdefault(finding)


@dataclass(frozen=True)
class Place:
    """A command of a step that is being made: what it sees, and where it stands."""

    playbook: Playbook
    name: str
    step: Step
    scope: Scope
    notes: Notes
    command: int = 0

    def path(self, *within: str | int) -> KeyPath:
        """Give the path of a field of the step."""
        return ("workflow", self.name, *within)

    def of_command(self, *within: str | int) -> KeyPath:
        """Give the path of a field of the command."""
        return self.path("commands", self.command, *within)

    def filled(
        self,
        text: str,
        path: KeyPath,
        write: Callable[[str], str] | None = None,
        *,
        secrets: bool = True,
    ) -> str:
        """Write a text with templates for its variables.

        `write` gets the name of each, and gives what stands for it; by default its value or a
        template. What looks like a variable, is declared nowhere and lacks `:value`, is text.
        With `secrets`, what looks like a reference to a secret is written so that it is none.
        """
        write = write or (lambda name: self.written(name, path, secrets=secrets))
        done, at = "", 0
        for found in REFERENCE.finditer(text):
            name = f"__{found[1]}__"
            if found[2] or self.scope.declared(name, self.step) or name in self.scope.given:
                done += literal(text[at : found.start()], secrets=secrets) + write(name)
                at = found.end()
        return done + literal(text[at:], secrets=secrets)

    def written(self, name: str, path: KeyPath, filters: str = "", *, secrets: bool = True) -> str:
        """Write what stands for a variable; raises CannotMakeError if nothing does."""
        meaning = self.scope.meaning(name, self.step, path)
        if meaning.text is not None:
            return literal(meaning.text, secrets=secrets)
        if meaning.field is None:
            text = f"{name} is set by a step whose counterpart does not give it"
            raise CannotMakeError(Finding(path, text))
        return template(meaning, filters)


def text_of(command: Command, path: KeyPath) -> str:
    """Give what a command says; raises CannotMakeError if it says nothing that is text."""
    if command.command is not None:
        return command.command
    if command.command_b64 is None:
        raise CannotMakeError(Finding((*path, "command"), "missing"))
    return decoded(command.command_b64, (*path, "command_b64"))


def decoded(written: str, path: KeyPath) -> str:
    """Decode Base64 into text; raises CannotMakeError."""
    try:
        text = base64.b64decode(written, validate=True).decode()
    except (binascii.Error, ValueError):
        raise CannotMakeError(Finding(path, "not Base64 of UTF-8 text")) from None
    if "\0" in text:
        raise CannotMakeError(Finding(path, "holds a character that cannot be stored"))
    return text


def name_of(step: Step, otherwise: str) -> str:
    """Give a step's name, as long as a name may be."""
    return shorten(step.name.strip() or otherwise, _LONGEST_NAME)


def timing_of(place: Place) -> Draft:
    """Give a step's timeout, as a field of its own."""
    timeout = place.step.timeout
    if not timeout:
        return {}
    if timeout > _LONGEST_TIMEOUT:
        place.notes.note(Finding(place.path("timeout"), "longer than 366 days, and left out"))
        return {}
    length, unit = next(each for each in _UNITS if timeout % each[0] == 0)
    return {"timeout": f"{timeout // length}{unit}"}


def slug(name: str) -> str:
    """Make an id of a name: `Touch file` is `touch-file`."""
    words = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return words[:40].strip("-") or "step"
