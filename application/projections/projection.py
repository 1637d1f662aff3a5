"""What a projection is: records in, rows out, with no thought of where the rows are kept."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from application.log import Record

Row = dict[str, Any]
Appended = Row | tuple[Any, ...]


class Rows:
    """The rows that a batch of records reads and writes, by table.

    A table's rows either have a key of text, by which they are found again and changed, or are
    only ever appended. `changed` and `appended` are what the batch leaves to be stored; rows are
    loaded only to be changed.
    """

    def __init__(self, loaded: Mapping[str, Mapping[str, Row]] | None = None) -> None:
        self.changed: dict[str, dict[str, Row]] = defaultdict(dict)
        for table, rows in (loaded or {}).items():
            self.changed[table].update(rows)
        self.appended: dict[str, list[Appended]] = defaultdict(list)

    def find(self, table: str, key: str) -> Row | None:
        """Give a row to be changed in place; None if there is no such row."""
        return self.changed[table].get(key)

    def put(self, table: str, key: str, row: Row) -> Row:
        """Add a row that is not there yet."""
        self.changed[table][key] = row
        return row

    def append(self, table: str, row: Appended) -> None:
        """Add a row that is never changed again.

        In one table all are dicts or all are tuples. A tuple has the table's columns in order and
        is stored as it is: it must hold no foreign text, no time and no JSON.
        """
        self.appended[table].append(row)


Fold = Callable[[Record, Rows], None]
Needs = Callable[[Sequence[Record]], Mapping[str, set[str]]]


def nothing(records: Sequence[Record]) -> Mapping[str, set[str]]:
    """Need no row that was stored before."""
    del records
    return {}


@dataclass(frozen=True, slots=True)
class Projection:
    """A view's name and version, what each topic does to its rows, and which rows that takes.

    `needs` gives, by table, the keys of the rows that a batch of records will ask for and that
    may be stored already, so that they are loaded at once.
    """

    name: str
    version: int
    folds: Mapping[str, Fold]
    needs: Needs = nothing


def project(records: Iterable[Record], views: Iterable[tuple[Projection, Rows]]) -> None:
    """Fold records, in order, into the rows of each view."""
    # One pass for all views: a record that is looked at once is still in the processor's cache.
    folds: dict[str, list[tuple[Fold, Rows]]] = {}
    for projection, rows in views:
        for topic, fold in projection.folds.items():
            folds.setdefault(topic, []).append((fold, rows))
    for record in records:
        for fold, rows in folds.get(record.topic, ()):
            fold(record, rows)
