"""Which events tell the story of an incident; what they say is in the log, and nowhere else."""

from application.log import Record
from application.projections.catalogue import VERSIONS
from application.projections.delivery_sentences import DELIVERY_SENTENCES
from application.projections.execution_sentences import EXECUTION_SENTENCES
from application.projections.projection import Projection, Rows
from application.projections.sentences import SENTENCES

TABLE = "timeline"
COLUMNS = ("position", "incident_id")


def _told(record: Record, rows: Rows) -> None:
    # A tuple of COLUMNS, and no call: there is one for nearly every event.
    rows.appended[TABLE].append(record[:2])


def _told_of_its_incident(record: Record, rows: Rows) -> None:
    """Tell what happens in an execution or to a delivery with the incident that it is for."""
    rows.append(TABLE, (record.position, record.state.provenance.correlation))


_OF_ITS_INCIDENT = [*EXECUTION_SENTENCES, *DELIVERY_SENTENCES]
_OF_AN_INCIDENT = [topic for topic in SENTENCES if topic not in _OF_ITS_INCIDENT]

TIMELINE = Projection(
    "timeline",
    VERSIONS["timeline"],
    {
        **dict.fromkeys(_OF_AN_INCIDENT, _told),
        **dict.fromkeys(_OF_ITS_INCIDENT, _told_of_its_incident),
    },
)
