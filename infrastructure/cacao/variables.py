"""What becomes of a playbook's variables: text, a template, or nothing that can be said here.

A variable that never changes becomes its value. One that a step sets becomes that step's output.
Any other is expected in the context of the incident, under its name without the underscores.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from infrastructure.cacao.findings import Finding
from infrastructure.cacao.playbook import Playbook, Step, Variable
from infrastructure.configuration.mistakes import KeyPath

# Section 10.18.1: `__name__:value`. Many a playbook leaves the `:value` out.
REFERENCE = re.compile(r"__([A-Za-z0-9](?:[A-Za-z0-9_-]*?[A-Za-z0-9])?)__(:value)?")
_LONGEST_NAME = 100
# A brace that begins a template, or would if one followed the text; and dollars before any other.
_OPENING = re.compile(r"\{(?=[{%#]|\Z)")
_DOLLARS = re.compile(r"\$+(?=\{(?![{%#]|\Z))")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a variable stands for: a `text`, or the `field` of an incident's scope; else neither.

    `otherwise` is what it stands for if the field is not there.
    """

    text: str | None = None
    field: str | None = None
    otherwise: str | None = None


@dataclass
class Scope:
    """The variables that a step sees: its own, the playbook's, and what earlier steps set."""

    playbook: Playbook
    note: Callable[[Finding], None]
    given: dict[str, str | None] = field(default_factory=dict)
    """By name, the output that a step that has been made gives; None if it cannot give it."""

    def sets(self, name: str, output: str | None) -> None:
        """Note that a variable is from now on the output of a step, as a path."""
        self.given[name] = output

    def declared(self, name: str, step: Step) -> Variable | None:
        """Give a variable as it is declared in a step, or else in the playbook."""
        own: Mapping[str, Variable] = step.step_variables
        return own.get(name) or self.playbook.playbook_variables.get(name)

    def meaning(self, name: str, step: Step, path: KeyPath) -> Meaning:
        """Say what a variable stands for at a place of the playbook."""
        if name in self.given:
            return Meaning(field=self.given[name])
        variable = self.declared(name, step)
        if variable is not None and variable.value is not None and not variable.external:
            return Meaning(text=_text(variable.value))
        if variable is None:
            self.note(Finding(path, f"{name} is declared nowhere; {_expected(name)}"))
        else:
            self.note(Finding(path, f"{name} is an input; {_expected(name)}"))
        otherwise = None if variable is None or variable.value is None else _text(variable.value)
        return Meaning(field=f"incident.context.{plain_name(name)}", otherwise=otherwise)


def plain_name(name: str) -> str:
    """Give a variable's name as runbooks write it: `__bia_address__` is `bia_address`."""
    plain = re.sub(r"\W", "_", name.strip("_"), flags=re.ASCII)
    return (f"_{plain}" if not plain or plain[0].isdigit() else plain)[:_LONGEST_NAME]


def template(meaning: Meaning, filters: str = "") -> str:
    """Write a field as a template; `filters` such as `| urlencode` come last."""
    first, second, *rest = (meaning.field or "").split(".")
    # Of all names only that of a step can have a hyphen.
    key = f'["{second}"]' if "-" in second else f".{second}"
    path = ".".join([f"{first}{key}", *rest])
    default = ""
    if meaning.otherwise is not None:
        default = f" | default({json.dumps(meaning.otherwise, ensure_ascii=False)})"
    return f"{{{{ {path}{default}{filters} }}}}"


def literal(text: str, *, secrets: bool = True) -> str:
    """Write a text so that it is no template; with `secrets`, so that it refers to none."""
    if secrets:
        text = _DOLLARS.sub(lambda found: found[0] * 2, text)
    return _OPENING.sub('{{ "{" }}', text)


def names_in(text: str) -> list[str]:
    """Give the names of the variables that a text mentions."""
    return [f"__{found[1]}__" for found in REFERENCE.finditer(text)]


def _expected(name: str) -> str:
    return f"the incident's context has to give {plain_name(name)}"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
