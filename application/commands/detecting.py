"""From what is read of a source to saved incidents, exactly once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from eventsourcing.persistence import RecordConflictError

from application.commands.deciding import unopposed
from application.commands.incident_batch import IncidentBatch, Workplace
from application.commands.naming import IncidentNames
from application.commands.source_batch import SourceBatch, SourceDefinition
from application.commands.totals import Totals
from application.journal import Journal, Progress
from application.ports import Clock, SourceMemory
from application.reading import Happening, Match, Reading, Rejected
from domain.detection.detector import KEY_LIMIT, Detection, Detector
from domain.detection.memory import MemoryChanges
from domain.detection.rule import Rule
from domain.incident.classification import ClassificationPolicy
from domain.incident.evidence import Unrecorded
from domain.source.source import Source


@dataclass(frozen=True, slots=True)
class Knowledge:
    """By what incidents are detected and classified."""

    rules: Sequence[Rule]
    policy: ClassificationPolicy
    key_limit: int = KEY_LIMIT


class Ingestion:
    """Detects incidents in one source, from where it was left on.

    `take` what was read, and `save` from time to time: the incidents, the source's cursor and
    the detector's memory go into one transaction. Nothing depends on when that is.
    """

    def __init__(
        self,
        journal: Journal,
        clock: Clock,
        memory: SourceMemory,
        knowledge: Knowledge,
        definition: SourceDefinition,
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._definition = definition
        self._key_limit = knowledge.key_limit
        self._source: Source | None = None
        source = definition.name
        names = IncidentNames(journal)
        self._place = Workplace(source, journal, names, knowledge.policy)
        self.cursor = memory.cursor(source)
        self._unrecorded = memory.tallies(source)
        self._detector = Detector(
            knowledge.rules,
            names,
            memory.pending(source),
            memory.memory(source),
            knowledge.key_limit,
        )
        self.totals = Totals()
        # A run that was killed came to no rest: what it read is still to be told.
        self._since_rest = memory.since_rest(source)
        self._reached = self.cursor
        self._begin_batch()

    def take(self, reading: Reading) -> None:
        """Take what was read. Incidents are detected in all of it at once, when it is saved."""
        self._matches.extend(reading.matches)
        self._rejected.extend(reading.rejected)
        self._happenings.extend(reading.happenings)
        for totals in (self.totals, self._since_rest):
            totals.lines += reading.cursor.lines - self._reached.lines
            totals.signals += reading.signals
            totals.matched += len(reading.matches)
            totals.rejected += len(reading.rejected)
        self._reached = reading.cursor

    @property
    def unsaved_lines(self) -> int:
        """How many lines were read since the last save."""
        return self._reached.lines - self.cursor.lines

    @property
    def has_news(self) -> bool:
        """Whether anything was read since the last save that somebody may want to know of."""
        return bool(self._matches or self._rejected or self._happenings)

    def save(self, *, everything: bool = False, at_rest: bool = False) -> None:
        """Save all that was taken since the last time.

        `everything` also records signals that wait for a larger batch; `at_rest` also notes how
        far the source was read. Raises SourceConflictError if another process reads the source.
        """
        # Not as they come: what detects is out of the processor's cache after every reading.
        for match in self._matches:
            self._detections.extend(self._detector.observe(match.rule, match.signal))
        self._matches.clear()
        unopposed(lambda: self._save(everything, at_rest))

    def _save(self, everything: bool, at_rest: bool) -> None:
        at = self._clock.now()
        incidents = IncidentBatch(self._place, self._unrecorded, at)
        for detection in self._detections:
            incidents.apply(detection)
        waiting = incidents.record(everything=everything)
        for rule_id, before, after in incidents.moves:
            self._detector.moved(rule_id, before, after)
        changes = self._detector.changes()
        source = self._befallen_source(at, changes.let_go, at_rest)
        told = Totals() if at_rest else self._since_rest
        self._commit(source, incidents, changes, waiting, told)
        self._source = source
        self._saved(incidents, waiting, changes.let_go)
        if at_rest:
            self._since_rest = Totals()

    def _commit(
        self,
        source: Source,
        incidents: IncidentBatch,
        changes: MemoryChanges,
        waiting: dict[str, Unrecorded | None],
        since_rest: Totals,
    ) -> None:
        touched = [source, *incidents.incidents]
        if self._reached != self.cursor or any(item.pending_events for item in touched):
            try:
                self._journal.commit(
                    touched,
                    Progress(
                        self._definition.name,
                        self.cursor.position,
                        self._reached,
                        changes,
                        waiting,
                        since_rest,
                    ),
                )
            except RecordConflictError:
                # Somebody changed one of the incidents: look again at what became of them.
                self._place.names.forget()
                self._source = None
                for rule_id, before, after in reversed(incidents.moves):
                    self._detector.moved(rule_id, after, before)
                raise

    def _befallen_source(self, at: datetime, let_go: dict[str, int], at_rest: bool) -> Source:
        known = self._source or self._journal.load(Source, Source.id_of(self._definition.name))
        batch = SourceBatch(known, self._definition, at)
        path = self._reached.files[-1].path if self._reached.files else "-"
        batch.befallen(self._happenings)
        batch.rejected(path, self._rejected)
        batch.let_go(let_go, self._key_limit)
        if at_rest and self._since_rest.lines:
            batch.read(path, self._reached, self._since_rest)
        return batch.source

    def _saved(
        self,
        incidents: IncidentBatch,
        waiting: dict[str, Unrecorded | None],
        let_go: dict[str, int],
    ) -> None:
        self._detector.saved()
        self._place.names.forget()
        for incident_id, unrecorded in waiting.items():
            if unrecorded is None:
                self._unrecorded.pop(incident_id, None)
            else:
                self._unrecorded[incident_id] = unrecorded
        self.totals.opened.extend(incidents.opened)
        self.totals.let_go += sum(let_go.values())
        self.cursor = self._reached
        self._begin_batch()

    def _begin_batch(self) -> None:
        self._matches: list[Match] = []
        self._detections: list[Detection] = []
        self._rejected: list[Rejected] = []
        self._happenings: list[Happening] = []
