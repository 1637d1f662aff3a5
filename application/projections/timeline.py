"""Which events tell the story of an incident; what they say is in the log, and nowhere else."""

from application.log import Record
from application.projections.catalogue import VERSIONS
from application.projections.projection import Projection, Rows
from application.projections.sentences import SENTENCES

TABLE = "timeline"
COLUMNS = ("position", "incident_id")


def _told(record: Record, rows: Rows) -> None:
    # A tuple of COLUMNS, and no call: there is one for nearly every event.
    rows.appended[TABLE].append(record[:2])


TIMELINE = Projection("timeline", VERSIONS["timeline"], dict.fromkeys(SENTENCES, _told))
