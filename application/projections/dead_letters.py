"""The lines that could not be read, one row each: where, why, and how they look."""

from application.log import Record
from application.projections.catalogue import VERSIONS
from application.projections.projection import Projection, Rows
from application.projections.sources import source_name

TABLE = "dead_letters"


def _rejected(record: Record, rows: Rows) -> None:
    source, path = source_name(record.originator_id), record.state.path
    recorded_at = record.state.timestamp
    for number, line in enumerate(record.state.lines, start=1):
        rows.append(
            TABLE,
            {
                "event_position": record.position,
                "number": number,
                "source": source,
                "path": path,
                "position": line.position,
                "line": line.line,
                "reason": line.reason,
                "excerpt": line.excerpt,
                "recorded_at": recorded_at,
            },
        )


DEAD_LETTERS = Projection(
    "dead_letters", VERSIONS["dead_letters"], {"source.lines_rejected": _rejected}
)
