"""The views as readers ask them, in SQL."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Column, Connection, Select, Table, func, or_, select

from application.alerting.views import (
    ChannelCount,
    DeliveryFilter,
    DeliveryRow,
    OpenIncident,
    SilenceRow,
)
from application.log import Records
from application.projections.catalogue import VERSIONS
from application.projections.telling import told
from application.views import (
    OPEN,
    OVER,
    BoardFilter,
    DeadLetterRow,
    ExecutionRow,
    ForeignLogError,
    IncidentRow,
    OutdatedViewsError,
    ProjectionStatus,
    RecentIncident,
    RuleRow,
    SourceRow,
    TimelineRow,
)
from infrastructure.views.board import board_query
from infrastructure.views.database import ViewDatabase
from infrastructure.views.delivery_queries import counts_query, deliveries_query
from infrastructure.views.generations import Generation, Generations
from infrastructure.views.tables import table

_R = TypeVar("_R")


class SqlViews:
    """Answers from the live generations; each answer is of one transaction.

    A timeline is told from the log: its view says which events it takes, and those never change.
    """

    def __init__(self, database: ViewDatabase, log: Records) -> None:
        self._database = database
        self._log = log
        self._generations = Generations(database)

    def board(self, wanted: BoardFilter) -> list[IncidentRow]:
        """Give incidents, the worst first, and of one severity the newest first."""
        with self._live("incidents") as (connection, number):
            tables = (self._table("incidents", number), self._table("incident_labels", number))
            return _rows(connection, board_query(wanted, *tables), IncidentRow)

    def incident(self, incident_id: str) -> IncidentRow | None:
        """Give one incident as it stands now."""
        with self._live("incidents") as (connection, number):
            incidents = self._table("incidents", number)
            query = select(*_columns(incidents, IncidentRow)).where(incidents.c.id == incident_id)
            return next(iter(_rows(connection, query, IncidentRow)), None)

    def find_incident(self, part: str, limit: int = 20) -> list[str]:
        """Give at most `limit` ids that contain a part, in any case; a whole id only itself."""
        return self._find("incidents", part, limit)

    def find_execution(self, part: str, limit: int = 20) -> list[str]:
        """Give at most `limit` ids of executions that contain a part, in any case."""
        return self._find("executions", part, limit)

    def deliveries(self, wanted: DeliveryFilter) -> list[DeliveryRow]:
        """Give deliveries, the newest first."""
        with self._live("deliveries") as (connection, number):
            deliveries = self._table("deliveries", number)
            incidents = self._beside(connection, "incidents") if wanted.of_open else None
            query = deliveries_query(wanted, deliveries, incidents)
            return _rows(connection, query, DeliveryRow)

    def find_delivery(self, part: str, limit: int = 20) -> list[str]:
        """Give at most `limit` ids of deliveries that contain a part, in any case."""
        return self._find("deliveries", part, limit)

    def channel_counts(self) -> list[ChannelCount]:
        """Count deliveries by channel and status."""
        with self._live("deliveries") as (connection, number):
            query = counts_query(self._table("deliveries", number))
            return _rows(connection, query, ChannelCount)

    def executions(
        self, incident_id: str | None = None, *, also_over: bool = False
    ) -> list[ExecutionRow]:
        """Give executions of runbooks, the newest first; one in review is not over."""
        with self._live("executions") as (connection, number):
            executions = self._table("executions", number)
            query = select(*_columns(executions, ExecutionRow))
            if incident_id is not None:
                query = query.where(executions.c.incident_id == incident_id)
            if not also_over:
                query = query.where(executions.c.status.not_in(OVER))
            newest = executions.c.started_at.desc(), executions.c.position.desc()
            return _rows(connection, query.order_by(*newest), ExecutionRow)

    def _find(self, name: str, part: str, limit: int) -> list[str]:
        wanted = part.strip().lower()
        if not wanted:
            return []
        with self._live(name) as (connection, number):
            column = self._table(name, number).c.id
            exact = select(column).where(func.lower(column) == wanted)
            containing = (
                select(column)
                .where(func.lower(column).contains(wanted, autoescape=True))
                .order_by(column.desc())
                .limit(limit)
            )
            return [*connection.scalars(exact)] or [*connection.scalars(containing)]

    def recent_incidents(self, rule_id: str, since: datetime) -> list[RecentIncident]:
        """Give a rule's incidents detected at `since` or later, the newest first."""
        with self._live("incidents") as (connection, number):
            incidents = self._table("incidents", number)
            query = (
                select(*_columns(incidents, RecentIncident))
                .where(incidents.c.rule_id == rule_id, incidents.c.detected_at >= since)
                .order_by(incidents.c.detected_at.desc(), incidents.c.position.desc())
            )
            return _rows(connection, query, RecentIncident)

    def open_incidents(self) -> list[OpenIncident]:
        """Give the incidents that are neither resolved nor closed, the oldest first."""
        with self._live("incidents") as (connection, number):
            incidents = self._table("incidents", number)
            query = (
                select(*_columns(incidents, OpenIncident))
                .where(incidents.c.status.in_(OPEN))
                .order_by(incidents.c.recorded_at, incidents.c.id)
            )
            return _rows(connection, query, OpenIncident)

    def timeline(self, incident_id: str) -> list[TimelineRow]:
        """Give what happened to an incident, in the order in which it was recorded."""
        with self._live("timeline") as (connection, number):
            events = self._table("timeline", number)
            query = select(events.c.position).where(events.c.incident_id == incident_id)
            positions = [*connection.scalars(query)]
        records = self._log.at(positions)
        if len(records) != len(positions):
            msg = (
                f"the log does not have every event of {incident_id}: it is not the log that the "
                "views were built from; rebuild them (tocsin projections rebuild)"
            )
            raise ForeignLogError(msg)
        return [told(incident_id, record) for record in records]

    def dead_letters(
        self, source: str | None = None, limit: int = 100, offset: int = 0
    ) -> list[DeadLetterRow]:
        """Give lines that could not be read, the newest first."""
        with self._live("dead_letters") as (connection, number):
            letters = self._table("dead_letters", number)
            newest = letters.c.event_position.desc(), letters.c.number.desc()
            query = _of_source(select(*_columns(letters, DeadLetterRow)), letters, source)
            return _rows(
                connection, query.order_by(*newest).limit(limit).offset(offset), DeadLetterRow
            )

    def count_dead_letters(self, source: str | None = None) -> int:
        """Count the lines that could not be read."""
        with self._live("dead_letters") as (connection, number):
            letters = self._table("dead_letters", number)
            counting = _of_source(select(func.count()).select_from(letters), letters, source)
            return int(connection.execute(counting).scalar_one())

    def sources(self) -> list[SourceRow]:
        """Give all sources by name."""
        with self._live("sources") as (connection, number):
            sources = self._table("sources", number)
            query = select(*_columns(sources, SourceRow)).order_by(sources.c.name)
            return _rows(connection, query, SourceRow)

    def rules(self) -> list[RuleRow]:
        """Give all rules by id, those no longer in force last."""
        with self._live("rules") as (connection, number):
            rules = self._table("rules", number)
            order = rules.c.in_force.desc(), rules.c.id
            query = select(*_columns(rules, RuleRow)).order_by(*order)
            return _rows(connection, query, RuleRow)

    def silences(self, at: datetime, *, also_over: bool = False) -> list[SilenceRow]:
        """Give silences that cover something at a time, or will after it; the first to begin first.

        With `also_over` also those that are over by then.
        """
        with self._live("silences") as (connection, number):
            silences = self._table("silences", number)
            query = select(*_columns(silences, SilenceRow))
            if not also_over:
                over_at = silences.c.over_at
                query = query.where(or_(over_at.is_(None), over_at > at))
            order = silences.c.starts_at, silences.c.id
            return _rows(connection, query.order_by(*order), SilenceRow)

    def find_silence(self, part: str, limit: int = 20) -> list[str]:
        """Give at most `limit` ids of silences that contain a part, in any case."""
        return self._find("silences", part, limit)

    def status(self) -> list[ProjectionStatus]:
        """Say of each projection how current its view is."""
        known = self._known()
        # The log is asked last: it only grows, so no view can seem to be ahead of it.
        head = self._log.head()
        return [_status(name, known, head) for name in VERSIONS]

    def is_current(self) -> bool:
        """Say whether every view shows the whole log."""
        return all(s.state in {"live", "rebuilding"} and not s.lag for s in self.status())

    def _known(self) -> list[Generation]:
        with self._database.reading() as connection:
            return self._generations.known(connection)

    @contextmanager
    def _live(self, projection: str) -> Iterator[tuple[Connection, int]]:
        with self._database.reading() as connection:
            yield connection, self._number(connection, projection)

    def _beside(self, connection: Connection, projection: str) -> Table:
        """Give the table of another view, to be asked in the same transaction."""
        return self._table(projection, self._number(connection, projection))

    def _number(self, connection: Connection, projection: str) -> int:
        for generation in self._generations.known(connection):
            if generation.projection == projection and generation.state == "live":
                _refuse_unless_ours(generation)
                return generation.number
        msg = f"the view {projection} has not been built yet: catch up with the log first"
        raise OutdatedViewsError(msg)

    def _table(self, name: str, number: int) -> Table:
        return table(name, number, self._database.schema)


def _columns(of: Table, kind: type[Any]) -> list[Column[Any]]:
    return [of.c[field.name] for field in fields(kind)]


def _rows(connection: Connection, query: Select[Any], kind: Callable[..., _R]) -> list[_R]:
    return [kind(*row) for row in connection.execute(query)]


def _of_source(query: Select[Any], letters: Table, source: str | None) -> Select[Any]:
    return query if source is None else query.where(letters.c.source == source)


def _refuse_unless_ours(generation: Generation) -> None:
    name, version = generation.projection, generation.version
    if version != VERSIONS[name]:
        msg = (
            f"the view {name} is of version {version} and this Tocsin reads {VERSIONS[name]}: "
            "catch up with the log first"
        )
        raise OutdatedViewsError(msg)


def _status(name: str, known: list[Generation], head: int) -> ProjectionStatus:
    live = next((g for g in known if g.projection == name and g.state == "live"), None)
    building = next((g for g in known if g.projection == name and g.state == "building"), None)
    if live is None:
        return ProjectionStatus(name, "missing", generation=0, bookmark=0, head=head)
    return ProjectionStatus(
        name,
        "outdated" if live.version != VERSIONS[name] else "rebuilding" if building else "live",
        live.number,
        live.bookmark,
        head,
        building.bookmark if building else None,
    )
