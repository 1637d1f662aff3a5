"""By which signs a condition can be found to hold, without testing it on every signal.

An option is a set of anchors at least one of which is present wherever the condition holds. A
condition without options can hold on any signal: only absences and most negations are such.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isnan
from typing import Any

from domain.detection.condition import number, text
from domain.detection.pattern import All, Condition, Not, Pattern
from infrastructure.matching.bounds import Interval
from infrastructure.matching.checks import Check, all_of, compile_check, paths_of
from infrastructure.matching.expressions import END, START, STRONG, Factor, literal, required_factor

_LONGEST = 64


@dataclass(frozen=True, slots=True, eq=False)
class Keys:
    """The field has one of these values."""

    path: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """The field's text contains this expression."""

    path: str
    expression: bytes
    raw: bytes | None


@dataclass(frozen=True, slots=True, eq=False)
class Range:
    """The field is a number in this interval, or several numbers."""

    path: str
    interval: Interval


@dataclass(frozen=True, slots=True, eq=False)
class Nets:
    """The field is an address in one of these networks."""

    path: str
    networks: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Present:
    """The field is there."""

    path: str


Anchor = Keys | Texts | Range | Nets | Present
_FINEST_FIRST = (Keys, Texts, Nets, Range, Present)
Option = tuple[Anchor, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Clause:
    """One of the conditions that must all hold: its check, and how it can be anchored.

    `proven`: that an anchor of its one option is present says already that it holds.
    """

    check: Check
    paths: frozenset[str]
    option: Option | None = None
    proven: bool = False

    @property
    def anchor(self) -> Anchor | None:
        """The one anchor, where one is enough."""
        return self.option[0] if self.option and len(self.option) == 1 else None


def clauses_of(conditions: Sequence[Condition]) -> list[Clause]:
    """Take conditions that must all hold apart into clauses."""
    return _with_intervals(_taken_apart(conditions))


def _taken_apart(conditions: Sequence[Condition]) -> list[Clause]:
    clauses = []
    for condition in conditions:
        if isinstance(condition, All):
            clauses += _taken_apart(condition.all)
        else:
            option = _option(condition)
            check, paths = compile_check(condition), paths_of(condition)
            clauses.append(Clause(check, paths, option, _is_proven(condition)))
    return clauses


def _with_intervals(clauses: list[Clause]) -> list[Clause]:
    """Make one clause of a lower and an upper bound on the same field."""
    bounds: dict[str, list[tuple[Clause, Interval]]] = defaultdict(list)
    for clause in clauses:
        if isinstance(clause.anchor, Range):
            bounds[clause.anchor.path].append((clause, clause.anchor.interval))
    for path, held in bounds.items():
        low = max(interval[0] for _, interval in held)
        high = min(interval[1] for _, interval in held)
        if -inf < low <= high < inf:
            both = [clause for clause, _ in held]
            check = all_of(tuple(clause.check for clause in both))
            clauses = [clause for clause in clauses if clause not in both]
            clauses.append(Clause(check, frozenset({path}), (Range(path, (low, high)),)))
    return clauses


def _option(condition: Condition, negated: bool = False) -> Option | None:
    if isinstance(condition, Not):
        return _option(condition.not_, not negated)
    if isinstance(condition, Pattern):
        return _negated_pattern(condition) if negated else _pattern(condition)
    parts = condition.all if isinstance(condition, All) else condition.any
    options = [_option(part, negated) for part in parts]
    if isinstance(condition, All) is not negated:
        possible = [option for option in options if option is not None]
        return min(possible, key=_coarseness, default=None)
    if any(option is None for option in options):
        return None
    return tuple(anchor for option in options for anchor in option or ())


def _coarseness(option: Option) -> int:
    return max(_FINEST_FIRST.index(type(anchor)) for anchor in option)


def _is_proven(condition: Condition) -> bool:
    # 1 and true meet in one table, so only texts are known for what they are.
    if not isinstance(condition, Pattern) or condition.operator not in ("equals", "in"):
        return False
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    return all(type(value) is str for value in values)


def _negated_pattern(pattern: Pattern) -> Option | None:
    absent = pattern.operator == "exists" and pattern.value is False
    return (Present(pattern.field),) if absent else None


def _pattern(pattern: Pattern) -> Option | None:
    path, operator, value = pattern.field, pattern.operator, pattern.value
    if operator == "exists" and value is False:
        return None
    if operator in ("equals", "in"):
        return (Keys(path, value if isinstance(value, tuple) else (value,)),)
    if operator in ("gt", "gte", "lt", "lte"):
        return (_range(path, operator, number(value)),)
    if operator == "cidr":
        return (Nets(path, tuple(map(str, value if isinstance(value, tuple) else (value,)))),)
    factor = _factor(operator, str(value) if operator == "regex" else text(value))
    return (Texts(path, factor.expression, factor.raw) if factor else Present(path),)


def _range(path: str, operator: str, bound: float | None) -> Range | Present:
    if bound is None or isnan(bound):
        return Present(path)
    return Range(path, (bound, inf) if operator in ("gt", "gte") else (-inf, bound))


def _factor(operator: str, wanted: str | None) -> Factor | None:
    if not wanted or "\0" in wanted:
        return None
    if operator == "regex":
        return required_factor(wanted)
    if operator == "starts_with":
        return START.then(literal(wanted[:_LONGEST]))
    if operator == "ends_with":
        return literal(wanted[-_LONGEST:]).then(END)
    if operator == "contains" and len(wanted.encode("utf-8", "surrogatepass")) >= STRONG:
        return literal(wanted[:_LONGEST])
    return None
