"""The variables that a step may use in its templates and conditions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from typing import TypeAlias

from domain.incident.facts import Facts
from infrastructure.configuration.mistakes import quoted, shorten

_LONGEST_LIST = 200


class Leaf(Enum):
    """What is known of a value: that it is one and holds no others, or nothing at all."""

    SCALAR = "scalar"
    ANYTHING = "anything"


Known: TypeAlias = "Leaf | Mapping[str, Known]"
Outputs: TypeAlias = frozenset[str] | None
"""The names of a step's outputs; None if they are not known before it has run."""

_ONE = Leaf.SCALAR
_EVERYWHERE: Mapping[str, Known] = {
    "incident": {
        **dict.fromkeys(("id", "severity", "status", "category", "source", "key"), _ONE),
        "detected_at": _ONE,
        "rule": {"id": _ONE, "name": _ONE},
        "labels": Leaf.ANYTHING,
        "facts": dict.fromkeys(Facts.model_fields, _ONE),
        "context": Leaf.ANYTHING,
    },
    "runbook": {"id": _ONE, "name": _ONE, "completed_steps": Leaf.ANYTHING},
    "execution": {"id": _ONE, "started_by": _ONE},
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a variable cannot be used, and what could be."""

    problem: str
    expected: str = ""


class Vocabulary:
    """What one step may refer to: the incident, the runbook, and what earlier steps gave."""

    def __init__(self, earlier: Mapping[str, Outputs], others: Iterable[str] = ()) -> None:
        self._others = frozenset(others) - earlier.keys()
        self._known: Mapping[str, Known] = {
            **_EVERYWHERE,
            "steps": {name: _of_step(outputs) for name, outputs in earlier.items()},
        }

    def trouble(self, variable: str) -> Trouble | None:
        """Say what is wrong with a dotted path, if anything is."""
        known: Known = self._known
        parts = variable.split(".")
        for at, part in enumerate(parts):
            if known is Leaf.ANYTHING:
                return None
            if isinstance(known, Leaf):
                return Trouble(f"{'.'.join(parts[:at])} has no {quoted(part)}: it is one value")
            if part not in known:
                return self._unknown(variable, parts[:at], part, list(known))
            known = known[part]
        return None

    def _unknown(
        self, variable: str, before: Sequence[str], part: str, names: Sequence[str]
    ) -> Trouble:
        prefix = "".join(f"{each}." for each in before)
        problem = f"unknown variable {shorten(variable, 100)}"
        if prefix == "steps.":
            if part in self._others:
                problem = f"{problem}: the step {part} is not an earlier one"
                return Trouble(problem, _listed(names, "an earlier step: "))
            if cut := next((name for name in names if name.startswith(f"{part}-")), None):
                return Trouble(problem, f"steps[{quoted(cut)}], as the step's id has a hyphen")
        if close := get_close_matches(shorten(part), names, n=1):
            return Trouble(f"{problem}, did you mean {quoted(prefix + close[0], 120)}?")
        if prefix == "steps.":
            return Trouble(problem, _listed(names, "an earlier step: "))
        after = f" after {'.'.join(before)}" if before else ""
        return Trouble(problem, _listed(names, "one of ") + (after if names else ""))


def _of_step(outputs: Outputs) -> Known:
    output: Known = Leaf.ANYTHING if outputs is None else dict.fromkeys(outputs, Leaf.ANYTHING)
    return {"status": _ONE, "name": _ONE, "output": output}


def _listed(names: Sequence[str], kind: str) -> str:
    return shorten(kind + ", ".join(sorted(names)), _LONGEST_LIST) if names else ""
