"""What befell a source while it was read, as events of its aggregate."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from application.commands.totals import Totals
from application.reading import Cursor, Happening, Rejected
from domain.digest import digest_of
from domain.provenance import Actor, Cause, Provenance
from domain.source.format import JsonLines, RegexLines
from domain.source.source import RejectedLine, Source

_LINES_AN_EVENT = 500


@dataclass(frozen=True, slots=True)
class SourceDefinition:
    """A source's name, how it is read, and who has it read."""

    name: str
    format: JsonLines | RegexLines
    actor: Actor

    @property
    def digest(self) -> str:
        """SHA-256, in hex, of how the source is read."""
        return digest_of(self.format)


class SourceBatch:
    """The events of a source that one save records. A source that nothing befell has none."""

    def __init__(self, known: Source | None, definition: SourceDefinition, at: datetime) -> None:
        self._definition = definition
        self._at = at
        self.source = self._configured(known)

    def befallen(self, happenings: Sequence[Happening]) -> None:
        """Record files that were opened, rotated away or truncated."""
        for happening in happenings:
            self._record(
                Source.FileBefallen,
                happening=happening.kind,
                path=happening.path,
                position=happening.position,
            )

    def rejected(self, path: str, rejected: Sequence[Rejected]) -> None:
        """Record the lines that could not be read."""
        for begin in range(0, len(rejected), _LINES_AN_EVENT):
            lines = tuple(
                RejectedLine.model_validate(asdict(line))
                for line in rejected[begin : begin + _LINES_AN_EVENT]
            )
            self._record(Source.LinesRejected, path=path, lines=lines)

    def let_go(self, let_go: Mapping[str, int], limit: int) -> None:
        """Record that rules had more keys open than they may."""
        for rule_id, keys in let_go.items():
            self._record(
                Source.WindowsForgotten,
                rule_id=rule_id,
                keys=keys,
                limit=limit,
            )

    def read(self, path: str, cursor: Cursor, totals: Totals) -> None:
        """Record how far the source was read, and what that gave."""
        self._record(
            Source.Read,
            path=path,
            position=cursor.position,
            lines=cursor.lines,
            signals=totals.signals,
            matched=totals.matched,
            rejected=totals.rejected,
        )

    def _configured(self, known: Source | None) -> Source:
        definition = self._definition
        written = definition.format.model_dump(mode="json", exclude_defaults=True)
        if known is None:
            return Source.configure(
                definition.name, definition.digest, written, self._provenance(), self._at
            )
        if known.digest != definition.digest:
            known.record(
                Source.Reconfigured,
                self._provenance(),
                self._at,
                digest=definition.digest,
                definition=written,
            )
        return known

    def _record(self, event_class: type[Source.Event], **what: object) -> None:
        self.source.record(event_class, self._provenance(), self._at, **what)

    def _provenance(self) -> Provenance:
        source_id = Source.id_of(self._definition.name)
        return Provenance(
            actor=self._definition.actor,
            cause=Cause(kind="command", id=f"read {self._definition.name}"),
            correlation=source_id,
        )
