"""What is asked about deliveries, as queries."""

from dataclasses import fields
from typing import Any

from sqlalchemy import Select, Table, func, select

from application.alerting.views import DeliveryFilter, DeliveryRow


def deliveries_query(
    wanted: DeliveryFilter, deliveries: Table, incidents: Table | None = None
) -> Select[Any]:
    """Ask for the deliveries that meet every condition, the newest first.

    The incidents are needed only where it matters whether they are closed.
    """
    columns = deliveries.c
    query = select(*(columns[field.name] for field in fields(DeliveryRow)))
    if wanted.statuses:
        query = query.where(columns.status.in_(wanted.statuses))
    if wanted.ids:
        query = query.where(columns.id.in_(wanted.ids))
    if incidents is not None:
        closed = select(incidents.c.id).where(
            incidents.c.id == columns.incident_id, incidents.c.status == "closed"
        )
        query = query.where(~closed.exists())
    if wanted.incident_id is not None:
        query = query.where(columns.incident_id == wanted.incident_id)
    if wanted.channel is not None:
        query = query.where(columns.channel == wanted.channel)
    newest = columns.planned_at.desc(), columns.position.desc(), columns.id
    return query.order_by(*newest).limit(wanted.limit)


def counts_query(deliveries: Table) -> Select[Any]:
    """Count deliveries by channel and status."""
    columns = deliveries.c
    return (
        select(columns.channel, columns.status, func.count(), func.max(columns.updated_at))
        .group_by(columns.channel, columns.status)
        .order_by(columns.channel, columns.status)
    )
