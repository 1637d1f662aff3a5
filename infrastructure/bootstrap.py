"""The composition root: the only place that puts Tocsin together."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from infrastructure.clock import SystemClock
from infrastructure.settings import Settings

if TYPE_CHECKING:
    from threading import Event

    from application.commands.deliveries import DeliveryCommands
    from application.commands.detecting import Ingestion
    from application.commands.executions import ExecutionCommands
    from application.commands.incidents import IncidentCommands
    from application.commands.ingesting import Rhythm, Told
    from application.commands.silences import SilenceCommands
    from application.commands.starting import Starting
    from application.commands.totals import Totals
    from application.journal import Journal
    from application.runbooks import Runbooks
    from domain.alerting.delivery import Delivery
    from infrastructure.configuration.configuration import Configuration
    from infrastructure.sources.opening import Following
    from infrastructure.sources.reader import SourceReader
    from infrastructure.store.store import StoredLog
    from infrastructure.templates.engine import JinjaTemplates
    from infrastructure.views.database import ViewDatabase
    from infrastructure.views.follower import Follower
    from infrastructure.views.queries import SqlViews
    from infrastructure.workplace import Telling, Working


class UnknownSourceError(Exception):
    """No source of that name is configured."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What is to be read: a file or `-`, by which format, under which name, and how."""

    location: str
    format: str
    name: str
    by: str
    follow_until: "Event | None" = None
    max_lines: int = 1_000


class Tocsin:
    """All of Tocsin on one database; each part is built, and imported, when it is first used."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock = SystemClock()

    @cached_property
    def configuration(self) -> "Configuration":
        """What is configured; raises ConfigurationError with all mistakes."""
        from infrastructure.configuration.configuration import read_configuration

        return read_configuration(self.settings.config)

    @cached_property
    def journal(self) -> "Journal":
        """The log, opened, with its tables made where they are missing."""
        from infrastructure.store.store import open_journal, sqlite_path

        if self.settings.database.startswith("sqlite:"):
            folder = Path(sqlite_path(self.settings.database)).parent
            folder.mkdir(parents=True, exist_ok=True)
        return open_journal(self.settings.database)

    @cached_property
    def log(self) -> "StoredLog":
        """The log as projections and processes read it."""
        from infrastructure.store.store import StoredLog

        return StoredLog(self.journal)

    @cached_property
    def views(self) -> "SqlViews":
        """The views, as they are; `catch_up` brings them up to the log."""
        from infrastructure.store.reader import LogReader
        from infrastructure.views.queries import SqlViews

        # Not `self.log`: what views ask of it takes a driver, and not all that reads it.
        return SqlViews(self._view_database, LogReader(self.settings.database))

    @cached_property
    def follower(self) -> "Follower":
        """What keeps the views up with the log, and rebuilds them."""
        from infrastructure.views.follower import Follower

        return Follower(self._view_database, self.log)

    @cached_property
    def incidents(self) -> "IncidentCommands":
        """The commands on incidents."""
        from application.commands.incidents import IncidentCommands

        return IncidentCommands(
            self.journal, self.clock, lambda: self.configuration.levels.classification
        )

    @cached_property
    def executions(self) -> "ExecutionCommands":
        """The commands on executions of runbooks."""
        from application.commands.executions import ExecutionCommands

        return ExecutionCommands(self.journal, self.clock, self.starting, self.names_of)

    def names_of(self, person: str) -> Collection[str]:
        """Give the names that stand for somebody now: teams', and rotations' while on call."""
        return self.configuration.directory.names_of(person, self.clock.now())

    @cached_property
    def silences(self) -> "SilenceCommands":
        """The commands on silences and maintenance windows."""
        from application.commands.silences import SilenceCommands

        return SilenceCommands(self.journal, self.clock)

    @cached_property
    def deliveries(self) -> "DeliveryCommands":
        """The commands on deliveries."""
        from application.commands.deliveries import DeliveryCommands

        return DeliveryCommands(self.journal, self.clock, lambda: self.configuration.alerting)

    def try_now(self, delivery_id: str) -> "Delivery":
        """Send one message at once, and do nothing else that waits; give what came of it."""
        from infrastructure.trying import Trial
        from infrastructure.working.presence import LockPresence

        with LockPresence(self.settings.cache / "workers") as presence:
            return Trial(self, presence).of(delivery_id)

    def work(self, working: "Working", stop: "Event", told: "Telling") -> None:
        """Do what workers do until stopped, or until there is nothing left to do now."""
        from infrastructure.working.presence import LockPresence
        from infrastructure.workplace import Workplace

        with LockPresence(self.settings.cache / "workers") as presence:
            Workplace(self, presence, working, told).work(stop)
        self.catch_up()

    def ingestion(self, wanted: Reading) -> "tuple[SourceReader, Ingestion]":
        """Make ready to read a source: its reader, and what detects incidents in it.

        Puts the configured rules in force, on the record. Raises UnknownSourceError.
        """
        from application.commands.detecting import Ingestion, Knowledge
        from application.commands.rules import load_rules
        from application.commands.source_batch import SourceDefinition
        from domain.provenance import Actor
        from infrastructure.store.store import StoredSourceMemory

        configuration = self.configuration
        if wanted.format not in configuration.sources:
            known = ", ".join(sorted(configuration.sources))
            msg = f"no source {wanted.format!r} is configured; there are {known}"
            raise UnknownSourceError(msg)
        actor = Actor.person(wanted.by)
        load_rules(self.journal, self.clock, configuration.rules, actor, f"read {wanted.name}")
        ingestion = Ingestion(
            self.journal,
            self.clock,
            StoredSourceMemory(self.journal),
            Knowledge(configuration.rules, configuration.levels.classification),
            SourceDefinition(wanted.name, configuration.sources[wanted.format], actor),
        )
        return self._reader(wanted, ingestion), ingestion

    def ingest(self, wanted: Reading, rhythm: "Rhythm", told: "Told") -> "Totals":
        """Read a source to its end, or until its following is stopped, and show it in the views."""
        from application.commands.ingesting import Saving, ingest

        reader, ingestion = self.ingestion(wanted)
        saving = Saving(ingestion, self.clock, rhythm)
        return ingest(reader, ingestion, saving, self.catch_up, told)

    def catch_up(self) -> None:
        """Bring the views up to the log."""
        self.follower.catch_up()

    def rebuild(self, names: Iterable[str], progress: Callable[[int, int], None]) -> None:
        """Build views anew beside the live ones."""
        self.follower.rebuild(names, progress)

    def close(self) -> None:
        """Close what was opened."""
        opened = vars(self)
        if "_view_database" in opened:
            self._view_database.close()
        if "journal" in opened:
            self.journal.close()

    @cached_property
    def starting(self) -> "Starting":
        """What starts runbooks as they are configured."""
        from application.commands.starting import Starting

        return Starting(self.journal, self.clock, self.runbooks, self.templates)

    @cached_property
    def templates(self) -> "JinjaTemplates":
        """What renders templates."""
        from infrastructure.templates.engine import JinjaTemplates

        return JinjaTemplates()

    @cached_property
    def runbooks(self) -> "Runbooks":
        """The runbooks as they are configured."""
        from application.runbooks import Runbooks

        return Runbooks({each.id: each for each in self.configuration.runbooks})

    @cached_property
    def _view_database(self) -> "ViewDatabase":
        from infrastructure.views.database import ViewDatabase, views_url

        return ViewDatabase(views_url(self.settings.database))

    def _reader(self, wanted: Reading, ingestion: "Ingestion") -> "SourceReader":
        from domain.source.format import JsonLines
        from infrastructure.matching import JsonLinesScanner, RuleIndex
        from infrastructure.sources.opening import (
            Matching,
            NamedFormat,
            feed_of,
            source_reader,
        )

        written = self.configuration.sources[wanted.format]
        rules = self.configuration.rules
        scanner = (
            JsonLinesScanner(rules, written, self.settings.cache)
            if isinstance(written, JsonLines)
            else None
        )
        following = _following(wanted.follow_until) if wanted.follow_until else None
        return source_reader(
            NamedFormat(wanted.name, written),
            feed_of(wanted.location, ingestion.cursor, following),
            Matching(rules, RuleIndex(rules, self.settings.cache), scanner),
            max_lines=wanted.max_lines,
        )


def _following(stop: "Event") -> "Following":
    from infrastructure.sources.opening import Following
    from infrastructure.waking.files import FileWatch
    from infrastructure.working.bell import Bell, WakingStop

    bell = Bell()
    return Following(WakingStop(stop, bell), watch=FileWatch(bell.ring))
