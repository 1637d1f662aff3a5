"""A recorded event as a row of an incident's timeline: its sentence, who, when and why."""

from application.log import Record
from application.projections.sentences import SENTENCES
from application.projections.times import moment
from application.views import TimelineRow


def told(incident_id: str, record: Record) -> TimelineRow:
    """Tell a whole record, of a type that has a sentence, as part of an incident's story."""
    state = record.state
    provenance = state["provenance"]
    return TimelineRow(
        position=record.position,
        incident_id=incident_id,
        version=record.version,
        at=moment(_happened(record)),
        recorded_at=moment(state["timestamp"]),
        kind=record.topic,
        actor_kind=provenance["actor"]["kind"],
        actor_name=provenance["actor"]["name"],
        sentence=SENTENCES[record.topic](state),
        reason=provenance.get("reason", ""),
        cause_kind=provenance["cause"]["kind"],
        cause_id=provenance["cause"]["id"],
    )


def _happened(record: Record) -> str:
    """Signals have a time of their own; what else is done happens when it is recorded."""
    state = record.state
    match record.topic:
        case "incident.detected":
            at = state["diagnosis"]["detected_at"]
        case "incident.signals_attached":
            at = state["tally"]["last_at"]
        case _:
            at = state["timestamp"]
    return str(at)
