"""Rules that share an anchor, told apart by their other conditions as far as that helps.

A value that hundreds of rules name must not cost hundreds of tests on every signal that has it.
So a group of more than a few rules is split again, by a second condition of each, and so on.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infrastructure.matching.anchors import Clause, Keys, Range
from infrastructure.matching.bounds import Bounds
from infrastructure.matching.cells import Column, values_of
from infrastructure.matching.checks import Check, all_of
from infrastructure.matching.rates import Rates

FEW = 3
Found = set[tuple[int, int]]


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A rule by its number, and those of its clauses that are still to be tested."""

    number: int
    clauses: tuple[Clause, ...]

    def without(self, clause: Clause) -> "Entry":
        """Leave out a clause by which the rule is now found."""
        rest = Clause(clause.check, clause.paths) if not clause.proven else None
        clauses = (rest if each is clause else each for each in self.clauses)
        return Entry(self.number, tuple(each for each in clauses if each is not None))


class Group:
    """Some rules, and tables by which most of them are found."""

    def __init__(self, entries: Sequence[Entry], rates: Rates) -> None:
        tables: dict[str, list[tuple[Clause, Entry]]] = defaultdict(list)
        bounds: dict[str, list[tuple[Clause, Entry]]] = defaultdict(list)
        self._entries: list[tuple[int, Check | None, Check | None]] = []
        for entry in entries:
            clause = splitting(entry, rates) if len(entries) > FEW else None
            anchor = clause.anchor if clause else None
            if clause and anchor:
                (tables if isinstance(anchor, Keys) else bounds)[anchor.path].append(
                    (clause, entry)
                )
            else:
                checks = tuple(clause.check for clause in entry.clauses)
                first, rest = checks[0] if checks else None, checks[1:]
                self._entries.append((entry.number, first, all_of(rest) if rest else None))
        self._tables = [(path, table_of(chosen, rates)) for path, chosen in tables.items()]
        self._bounds = [(path, bounds_of(chosen, rates)) for path, chosen in bounds.items()]

    def visit(self, columns: Mapping[str, Column], row: int, found: Found) -> None:
        """Add those rules of the group that a row satisfies."""
        for number, first, rest in self._entries:
            if (first is None or first(columns, row)) and (rest is None or rest(columns, row)):
                found.add((row, number))
        for path, table in self._tables:
            for group in keyed(table, columns[path][row]):
                group.visit(columns, row, found)
        for path, bounds in self._bounds:
            for group in bounds.around(columns[path][row]):
                group.visit(columns, row, found)


def keyed(table: Mapping[Any, Group], cell: Any) -> Sequence[Group]:
    """Give the groups for the values in any cell; objects are no keys."""
    if cell.__class__ is str:
        group = table.get(cell)
        return () if group is None else (group,)
    values = [value for value in values_of(cell) if isinstance(value, str | int | float)]
    return [group for value in values if (group := table.get(value)) is not None]


def splitting(entry: Entry, rates: Rates, kinds: Any = Keys | Range) -> Clause | None:
    """Give the clause of an entry by whose one anchor it is best told apart, if there is any."""
    clauses = [clause for clause in entry.clauses if isinstance(clause.anchor, kinds)]
    return min(clauses, key=lambda clause: rates.of(clause.option or ()), default=None)


def table_of(chosen: Sequence[tuple[Clause, Entry]], rates: Rates) -> dict[Any, Group]:
    """Make the table from a field's values to the rules that name them."""
    rows: dict[Any, list[Entry]] = defaultdict(list)
    for clause, entry in chosen:
        for anchor in clause.option or ():
            rest = entry.without(clause)
            for value in dict.fromkeys(anchor.values if isinstance(anchor, Keys) else ()):
                rows[value].append(rest)
    return {value: Group(entries, rates) for value, entries in rows.items()}


def bounds_of(chosen: Sequence[tuple[Clause, Entry]], rates: Rates) -> Bounds[Group]:
    """Make the bounds of a field's numbers."""
    held = []
    for clause, entry in chosen:
        for anchor in clause.option or ():
            if isinstance(anchor, Range):
                held.append((anchor.interval, Group([entry.without(clause)], rates)))
    return Bounds(held)
