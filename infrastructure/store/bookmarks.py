"""How far each process has read the log."""

from eventsourcing.persistence import IntegrityError, Tracking

from application.journal import Journal

_PREFIX = "process:"


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
