"""The log without what its events say, and how far each process has read it."""

from collections.abc import Sequence

from eventsourcing.persistence import IntegrityError, Tracking

from application.journal import Journal
from application.log import Headline
from infrastructure.store.store import access

_PREFIX = "process:"


class StoredHeadlines:
    """Reads headlines, which is far cheaper than reading events."""

    def __init__(self, journal: Journal) -> None:
        self._transaction, sql = access(journal)
        position = "position" if sql is str else "notification_id"
        self._select = sql(
            f"SELECT {position} AS position, originator_id, originator_version, topic "
            f"FROM stored_events WHERE {position} > ? ORDER BY {position} LIMIT ?"
        )
        self._head = f"SELECT MAX({position}) AS head FROM stored_events"

    def headlines(self, after: int, limit: int) -> Sequence[Headline]:
        """Give at most `limit` headlines of events whose position is greater than `after`."""
        with self._transaction() as cursor:
            cursor.execute(self._select, (after, limit))
            rows = cursor.fetchall()
        return [
            Headline(r["position"], r["originator_id"], r["originator_version"], r["topic"])
            for r in rows
        ]

    def head(self) -> int:
        """Give the newest event's position; 0 while there is none."""
        with self._transaction() as cursor:
            cursor.execute(self._head)
            return int(cursor.fetchone()["head"] or 0)


class StoredBookmarks:
    """Keeps bookmarks as the library's tracking, beside the events."""

    def __init__(self, journal: Journal) -> None:
        self._recorder = journal.recorder

    def position(self, process: str) -> int:
        """Give the position of the last event that a process has handled; 0 if there is none."""
        found = self._recorder.max_tracking_id(_PREFIX + process)  # type: ignore[attr-defined] # a process recorder
        return int(found or 0)

    def move(self, process: str, to: int) -> None:
        """Note that a process has handled all events up to a position."""
        try:
            self._recorder.insert_tracking(Tracking(_PREFIX + process, to))  # type: ignore[attr-defined] # a process recorder
        except IntegrityError:
            # Another worker has come as far.
            return
