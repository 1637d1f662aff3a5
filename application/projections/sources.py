"""How far each source has been read, what it gave, and what befell it."""

from collections.abc import Callable, Mapping, Sequence

from application.log import Record
from application.projections.catalogue import VERSIONS
from application.projections.projection import Fold, Projection, Row, Rows

TABLE = "sources"
_CONFIGURED = "source.configured"
_COUNTS = ("position", "lines", "signals", "matched", "rejected", "forgotten_windows")
_MISHAPS = ("rotated", "truncated")


def source_name(originator_id: str) -> str:
    """Give the name of the source that an aggregate id stands for."""
    return originator_id.removeprefix("source:")


def _configured(record: Record, rows: Rows) -> None:
    row: Row = dict.fromkeys((*_COUNTS, *_MISHAPS), 0)
    row.update(name=source_name(record.originator_id), path="", last_read_at=None)
    _reconfigured(record, rows.put(TABLE, row["name"], row))


def _reconfigured(record: Record, row: Row) -> None:
    row["digest"] = record.state.digest
    row["format"] = str(record.state.definition.format)


def _file_befallen(record: Record, row: Row) -> None:
    row["path"] = record.state.path
    row["position"] = record.state.position
    happening = record.state.happening
    if happening in _MISHAPS:
        row[happening] += 1


def _lines_rejected(record: Record, row: Row) -> None:
    # Counted here and not from `source.read`, which comes only once reading rests.
    row["rejected"] += len(record.state.lines)


def _windows_forgotten(record: Record, row: Row) -> None:
    row["forgotten_windows"] += record.state.keys


def _read(record: Record, row: Row) -> None:
    state = record.state
    row["path"] = state.path
    row["position"] = state.position
    row["lines"] = state.lines
    row["signals"] += state.signals
    row["matched"] += state.matched
    row["last_read_at"] = state.timestamp


_CHANGES: dict[str, Callable[[Record, Row], None]] = {
    "source.reconfigured": _reconfigured,
    "source.file_befallen": _file_befallen,
    "source.lines_rejected": _lines_rejected,
    "source.windows_forgotten": _windows_forgotten,
    "source.read": _read,
}


def _changed(record: Record, rows: Rows) -> None:
    row = rows.find(TABLE, source_name(record.originator_id))
    if row is not None:
        _CHANGES[record.topic](record, row)


def _needs(records: Sequence[Record]) -> Mapping[str, set[str]]:
    return {TABLE: {source_name(r.originator_id) for r in records if r.topic in _CHANGES}}


_FOLDS: dict[str, Fold] = {_CONFIGURED: _configured, **dict.fromkeys(_CHANGES, _changed)}

SOURCES = Projection("sources", VERSIONS["sources"], _FOLDS, _needs)
