"""Keeps the views up with the log, and builds them again beside those that are read."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection

from application.log import Log
from application.projections.catalogue import VERSIONS
from application.views import ForeignLogError, OutdatedViewsError, UnknownProjectionError
from infrastructure.views.batches import Batches
from infrastructure.views.database import ViewDatabase
from infrastructure.views.generations import Generation, Generations, State

Progress = Callable[[int, int], None]
"""Told how far the view furthest behind has come, and how far it has to go."""


def untold(done: int, total: int) -> None:
    """Tell nobody about progress."""
    del done, total


class Follower:
    """Follows a log with all views; any number of followers may do so at once.

    Whoever moves a bookmark first, in the transaction that also writes the rows, wins; the other
    one looks again where the bookmark is now.
    """

    def __init__(self, database: ViewDatabase, log: Log, batch: int = 5000) -> None:
        self._database = database
        self._log = log
        self._generations = Generations(database)
        self._batches = Batches(database, self._generations, log, batch)

    def catch_up(self, progress: Progress = untold) -> None:
        """Bring every view to the head of the log; build those that this code cannot go on with.

        What was appended before the call is in the views after it.
        """
        live = self._open()
        head = self._log.head()
        _refuse_if_ahead(live, head)
        self._build([g.projection for g in live if not _is_ours(g)], progress)
        self._follow("live", list(VERSIONS), head, progress)

    def rebuild(self, names: Iterable[str] = (), progress: Progress = untold) -> None:
        """Build views, or all of them, anew beside the live ones, and then swap all at once.

        One that was interrupted goes on where it was. Readers see the old views until the swap.
        """
        names = _checked(names)
        there = {generation.projection for generation in self._known("live")}
        self._open()
        self._build([name for name in names if name in there], progress)
        # What was not there before is being built for the first time, and nobody reads it yet.
        self._follow("live", [n for n in names if n not in there], self._log.head(), progress)

    def _open(self) -> list[Generation]:
        """Give what readers see; a view that never was is live from its first event on."""
        live = self._known("live")
        if VERSIONS.keys() - {generation.projection for generation in live}:
            self._generations.prepare()
            with self._alone() as connection:
                known = {g.projection for g in self._generations.known(connection)}
                for name in sorted(VERSIONS.keys() - known):
                    self._generations.begin(connection, name, VERSIONS[name], "live")
            live = self._known("live")
        return live

    def _build(self, names: Sequence[str], progress: Progress) -> None:
        if names:
            self._begin(names)
            self._follow("building", names, self._log.head(), progress)
            self._index(names)
            self._swap(names)

    def _begin(self, names: Sequence[str]) -> None:
        with self._alone() as connection:
            known = self._generations.known(connection)
            head = self._log.head()
            unfinished = {
                g.projection
                for g in known
                if g.state == "building" and _is_ours(g) and g.bookmark <= head
            }
            for name in names:
                if name not in unfinished:
                    self._generations.begin(connection, name, VERSIONS[name], "building")

    def _index(self, names: Sequence[str]) -> None:
        """Index what was built, a view at a time: meanwhile nobody else can write to any."""
        for name in names:
            with self._alone() as connection:
                for generation in _ours(self._generations.known(connection), "building"):
                    if generation.projection == name:
                        self._generations.index(connection, generation)

    def _swap(self, names: Sequence[str]) -> None:
        """Close the last gap and swap in one transaction, so that no reader goes back in time."""
        with self._alone() as connection:
            known = self._generations.known(connection, lock=True)
            built = [g for g in _ours(known, "building") if g.projection in names]
            for generation in self._batches.finish(connection, built):
                self._generations.promote(connection, generation)

    def _follow(self, state: State, names: Sequence[str], head: int, progress: Progress) -> None:
        if not names:
            return
        current = self._current(state, names)
        while behind := [g for g in current.values() if g.bookmark < head]:
            progress(min(generation.bookmark for generation in behind), head)
            moved = self._batches.advance(behind)
            if moved is None:
                current = self._current(state, names)
            else:
                current |= {generation.projection: generation for generation in moved}
        progress(head, head)

    def _current(self, state: State, names: Sequence[str]) -> dict[str, Generation]:
        return {g.projection: g for g in _ours(self._known(state), state) if g.projection in names}

    def _known(self, state: State) -> list[Generation]:
        with self._database.reading() as connection:
            known = self._generations.known(connection)
        _refuse_if_newer(known)
        return [g for g in known if g.state == state and g.projection in VERSIONS]

    @contextmanager
    def _alone(self) -> Iterator[Connection]:
        with self._database.writing() as connection:
            self._database.technology.lock(connection)
            yield connection


def _is_ours(generation: Generation) -> bool:
    return generation.version == VERSIONS[generation.projection]


def _ours(known: Iterable[Generation], state: State) -> list[Generation]:
    return [g for g in known if g.state == state and g.projection in VERSIONS and _is_ours(g)]


def _checked(names: Iterable[str]) -> list[str]:
    names = sorted(set(names))
    for name in names:
        if name not in VERSIONS:
            msg = f"no projection {name!r}; there are: {', '.join(VERSIONS)}"
            raise UnknownProjectionError(msg)
    return names or list(VERSIONS)


def _refuse_if_newer(known: Iterable[Generation]) -> None:
    for generation in known:
        name, version = generation.projection, generation.version
        if version > VERSIONS.get(name, version) and generation.state == "live":
            msg = (
                f"the view {name} was built by a newer Tocsin (version {version}, "
                f"here {VERSIONS[name]}): restart this one after the upgrade"
            )
            raise OutdatedViewsError(msg)


def _refuse_if_ahead(live: Iterable[Generation], head: int) -> None:
    for generation in live:
        if generation.bookmark > head:
            msg = (
                f"the view {generation.projection} knows event {generation.bookmark}, but the log "
                f"ends at {head}: it is not the log that the views were built from; "
                "rebuild them (tocsin projections rebuild)"
            )
            raise ForeignLogError(msg)
