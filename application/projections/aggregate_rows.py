"""Views with one row for each aggregate: its first event begins the row, the others change it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from application.log import Record
from application.projections.catalogue import VERSIONS
from application.projections.projection import Fold, Projection, Row, Rows

State = Any
Change = Callable[[State, Row], None]
"""What an event, by what it says, does to its aggregate's row."""


def aggregate_rows(name: str, begun: tuple[str, Fold], changes: Mapping[str, Change]) -> Projection:
    """Make the projection of a name, which is its table's, too.

    `begun` is the topic of the first event, and what it does. A row has the columns `updated_at`,
    `version` and `position`, which every change moves on before it does what is its own.
    """
    first, begin = begun

    def change(record: Record, rows: Rows) -> None:
        position, of, version, topic, state = record
        row = rows.find(name, of)
        if row is None:
            return
        row["updated_at"] = state.timestamp
        row["version"] = version
        row["position"] = position
        changes[topic](state, row)

    def needs(records: Sequence[Record]) -> Mapping[str, set[str]]:
        changed = {record.originator_id for record in records if record.topic in changes}
        new = {record.originator_id for record in records if record.topic == first}
        return {name: changed - new}

    folds = {first: begin, **dict.fromkeys(changes, change)}
    return Projection(name, VERSIONS[name], folds, needs)
