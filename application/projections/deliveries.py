"""Every delivery as it stands now: what is sent to which channel, why, and what came of it."""

from application.log import Record
from application.projections.aggregate_rows import Change, State, aggregate_rows
from application.projections.projection import Row, Rows

TABLE = "deliveries"


def _planned(record: Record, rows: Rows) -> None:
    errand = record.state.errand
    alert, at = errand.content.alert, record.state.timestamp
    row: Row = {
        "id": record.originator_id,
        "incident_id": errand.incident_id,
        "channel": errand.channel,
        "occasion": errand.content.occasion,
        "severity": alert.severity if alert else "",
        "sentence": errand.content.sentence,
        "routes": errand.routes,
        "instead_of": errand.instead_of,
        "planned_at": at,
        "updated_at": at,
        "status": "waiting",
        "tries": 0,
        "recipients": [],
        "not_before": None,
        "delivered_at": None,
        "stands_in": None,
        "held_by": None,
        "why": "",
        "version": record.version,
        "position": record.position,
    }
    rows.put(TABLE, record.originator_id, row)


def _silenced(state: State, row: Row) -> None:
    row["status"], row["not_before"] = "silenced", state.held_by.until
    row["held_by"] = state.held_by.silence_id
    row["why"] = f"{state.held_by.kind} of {state.held_by.by}: {state.held_by.comment}"


def _attempted(state: State, row: Row) -> None:
    row["status"], row["tries"], row["not_before"] = "sending", state.attempt, None
    row["recipients"] = state.recipients
    row["held_by"], row["why"] = None, ""


def _delivered(state: State, row: Row) -> None:
    del state
    row["status"], row["delivered_at"], row["why"] = "delivered", row["updated_at"], ""


def _deferred(state: State, row: Row) -> None:
    row["status"], row["not_before"], row["why"] = "waiting", state.not_before, state.why


def _failed(state: State, row: Row) -> None:
    row["status"], row["why"], row["stands_in"] = "failed", state.why, state.fallback


def _cancelled(state: State, row: Row) -> None:
    row["status"], row["why"] = "cancelled", state.why


def _gathered(state: State, row: Row) -> None:
    row["status"], row["stands_in"] = "gathered", state.into


def _requeued(state: State, row: Row) -> None:
    del state
    row["status"], row["not_before"], row["why"] = "waiting", None, ""


_CHANGES: dict[str, Change] = {
    "delivery.silenced": _silenced,
    "delivery.attempted": _attempted,
    "delivery.delivered": _delivered,
    "delivery.deferred": _deferred,
    "delivery.failed": _failed,
    "delivery.cancelled": _cancelled,
    "delivery.gathered": _gathered,
    "delivery.requeued": _requeued,
}

DELIVERIES = aggregate_rows(TABLE, ("delivery.planned", _planned), _CHANGES)
