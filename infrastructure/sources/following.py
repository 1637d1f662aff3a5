"""Following a file as it grows, is rotated, truncated, taken away and brought back."""

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Literal

from application.reading import Cursor, FileMark, Happening
from infrastructure.sources.feed import begin, begin_anew
from infrastructure.sources.files import OpenFile, identity_of
from infrastructure.sources.flow import BLOCK_SIZE, CaughtUp, FeedItem, Flow
from infrastructure.sources.known_files import (
    last_mark,
    recognised,
    renamed,
    resume,
    rotated_since,
    unchanged,
)
from infrastructure.sources.place import Place
from infrastructure.sources.resting import NoWatch, Stop, Watch
from infrastructure.sources.unreadable import SourceMissingError, SourceUnavailableError

INTERVAL = 1.0
# A writer goes on for a moment with the file that was renamed under its hands: it counts as
# finished when it has given nothing for a whole interval.
QUIET_ROUNDS = 2
# To be caught up is told at once, and once more when an interval has brought nothing.
TELLINGS = 2


class FollowFeed:
    """Reads what a name stands for, as `tail -F` does, but loses nothing that was rotated away.

    What is renamed is read to its end first, also when that happened while nobody followed; so
    is the copy that a truncation leaves behind. A line waits for its newline until its file is
    done with.
    """

    block_size = BLOCK_SIZE

    def __init__(
        self,
        path: Path,
        cursor: Cursor,
        stop: Stop,
        interval: float = INTERVAL,
        watch: Watch | None = None,
    ) -> None:
        self._path = path
        self._name = str(path)
        self._stop = stop
        self._interval = interval
        self._watch = watch or NoWatch()
        self._look: int | None = None
        self._rested = True
        self._file: OpenFile | None = None
        self._flow = Flow(Place.beginning(cursor, None))
        self._quiet = 0
        self._ended: Literal["rotated", "truncated"] = "rotated"
        self._is_empty = False

    def items(self) -> Iterator[FeedItem]:
        """Read until stopped; raises SourceUnavailableError."""
        with self._watch:
            self._watch.look_at_name(self._path)
            try:
                self._take_up(first=True)
                yield from self._follow()
            finally:
                self._let_go()

    def _follow(self) -> Iterator[FeedItem]:
        untold = TELLINGS
        while not self._stop.is_set():
            if self._is_truncated():
                yield from self._start_again()
            grown = yield from self._drain()
            if self._stop.is_set():
                return
            if self._is_finished(grown):
                yield from self._flow.finish()
                self._next()
                untold = TELLINGS
                continue
            untold = TELLINGS if grown else untold
            if untold == TELLINGS or (untold and self._rested):
                yield CaughtUp(self._flow.place)
                untold -= 1
            self._rested = not self._stop.wait(self._interval)
            if self._file is None:
                self._take_up()

    def _drain(self) -> Generator[FeedItem, None, bool]:
        grown = False
        while self._file and not self._stop.is_set():
            chunk = self._file.read(self.block_size)
            if not chunk:
                break
            grown = True
            yield from self._flow.take(chunk)
        return grown

    # ------------------------------------------------------------------ what befell the file

    def _is_truncated(self) -> bool:
        file, place = self._file, self._flow.place
        if file is None or file.compressed or file.identity != identity_of(self._path):
            return False
        offset = place.read + self._flow.pending
        if file.size < offset or not unchanged(file, place):
            return True
        file.seek(offset)
        was_empty, self._is_empty = self._is_empty, not file.size
        return was_empty and not self._is_empty and self._missed_one()

    def _is_finished(self, grown: bool) -> bool:
        now = identity_of(self._path)
        if self._file is None or now == self._file.identity:
            self._quiet = 0
            return False
        if self._ended == "truncated" or self._rotated_since(self._file):
            return True
        is_quiet = now is not None and (self._rested or not self._quiet)
        self._quiet = 0 if grown else self._quiet + is_quiet
        return self._quiet >= QUIET_ROUNDS

    def _rotated_since(self, file: OpenFile) -> list[Path]:
        mark = last_mark(self._flow.place.cursor, self._name)
        return rotated_since(self._path, file, mark)

    # ------------------------------------------------------------------ going on

    def _take_up(self, *, first: bool = False) -> None:
        cursor = self._flow.place.cursor
        file = self._opened(self._path, strict=first)
        if file and recognised(file, cursor.files):
            self._use(file, begin(file, cursor, self._name))
            return
        mark = last_mark(cursor, self._name)
        older = renamed(self._path, mark) if mark else None
        if older and mark:
            if file:
                file.close()
            self._use(older, Flow(resume(older, cursor, mark, self._name)))
        elif file:
            self._use(file, begin(file, cursor, self._name))

    def _start_again(self) -> Iterator[FeedItem]:
        cursor = self._flow.place.cursor
        if left := self._left_behind():
            copy, mark = left
            self._use(copy, Flow(resume(copy, cursor, mark, self._name)))
            self._ended = "truncated"
            return
        yield from self._flow.finish()
        cursor = self._flow.place.cursor
        if file := self._opened(self._path):
            happening = Happening("truncated", self._name, cursor.position)
            self._use(file, begin_anew(file, cursor, happening))

    def _missed_one(self) -> bool:
        # Written, copied and truncated since the last look, and by now written to again.
        left = self._left_behind()
        if left:
            left[0].close()
        return left is not None

    def _left_behind(self) -> tuple[OpenFile, FileMark] | None:
        # The copy that a truncation left; or, if nothing of it had been read, the one before it.
        place = self._flow.place
        mark = last_mark(place.cursor, self._name)
        older = renamed(self._path, mark) if mark else None
        if older and mark:
            if place.read or rotated_since(self._path, older, mark):
                return older, mark
            older.close()
        return None

    def _next(self) -> None:
        done, cursor = self._file, self._flow.place.cursor
        assert done is not None  # noqa: S101 - only a file can be finished
        path = next(iter(self._rotated_since(done)), self._path)
        file = self._opened(path)
        if file is None:
            self._let_go()
        elif (path != self._path or done.is_deleted) and recognised(file, cursor.files):
            # Read before; or, where the old one is gone, an editor moved a copy over it.
            self._use(file, begin(file, cursor, self._name))
        else:
            ended = self._ended if path == self._path else "rotated"
            happening = Happening(ended, self._name, cursor.position)
            self._use(file, begin_anew(file, cursor, happening))

    def _opened(self, path: Path, *, strict: bool = False) -> OpenFile | None:
        try:
            file = OpenFile(path)
        except SourceUnavailableError as error:
            if strict and not isinstance(error, SourceMissingError):
                raise
            return None
        if file.compressed and path == self._path:
            file.close()
            msg = f"cannot follow {path}: it is compressed"
            raise SourceUnavailableError(msg)
        return file

    def _use(self, file: OpenFile, flow: Flow) -> None:
        self._let_go()
        self._file, self._flow, self._quiet = file, flow, 0
        self._ended, self._is_empty = "rotated", False
        # Not by its name, which may be another file's by now.
        self._look = self._watch.look_at(Path(f"/proc/self/fd/{file.descriptor}"))

    def _let_go(self) -> None:
        if self._file:
            self._watch.look_away(self._look)
            self._file.close()
        self._file = None
