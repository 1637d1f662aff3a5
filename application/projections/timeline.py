"""What happened to an incident, one row an event, in the order of the log."""

from application.log import Record
from application.projections.catalogue import VERSIONS
from application.projections.projection import Projection, Rows
from application.projections.sentences import SENTENCES
from application.projections.times import utc

TABLE = "timeline"


COLUMNS = (
    "position",
    "incident_id",
    "kind",
    "actor_kind",
    "actor_name",
    "sentence",
    "reason",
    "cause_kind",
    "cause_id",
    "version",
    "at",
    "recorded_at",
)


def _told(record: Record, rows: Rows) -> None:
    position, incident_id, version, topic, state = record
    provenance = state.provenance
    actor, cause = provenance.actor, provenance.cause
    recorded_at = state.timestamp
    # Signals have a time of their own; what people and Tocsin do happens when it is recorded.
    if topic == "incident.signals_attached":
        at = utc(state.tally.last_at)
    elif topic == "incident.detected":
        at = utc(state.diagnosis.detected_at)
    else:
        at = recorded_at
    # A tuple of COLUMNS: there is one for nearly every event, and names would double its cost.
    row = (
        position,
        incident_id,
        topic,
        actor.kind,
        actor.name,
        SENTENCES[topic](state),
        provenance.reason,
        cause.kind,
        cause.id,
        version,
        at,
        recorded_at,
    )
    rows.append(TABLE, row)


TIMELINE = Projection("timeline", VERSIONS["timeline"], dict.fromkeys(SENTENCES, _told))
