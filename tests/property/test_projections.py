"""Whatever happened, and however it is cut into batches, a view is a function of the log."""

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from application.projections.catalogue import VERSIONS
from application.projections.every import EVERY
from application.projections.projection import Row, Rows, project
from infrastructure.views.database import ViewDatabase
from infrastructure.views.follower import Follower
from infrastructure.views.queries import SqlViews
from tests.integration.views.lives import (
    EVERY_STATUS,
    Killed,
    ObservedLog,
    everything,
    killed_at,
)
from tests.support.worlds import World, worlds
from tests.unit.projections.folding import as_plain
from tests.unit.projections.histories import MemoryLog


def logs() -> st.SearchStrategy[MemoryLog]:
    return worlds().map(lambda world: world.log)


class Store:
    """What a database does, without one."""

    def __init__(self) -> None:
        self.keyed: dict[str, dict[str, Row]] = {}
        self.appended: dict[str, list[Row]] = {}

    def advance(self, records: list[Any]) -> None:
        views = []
        for projection in EVERY.values():
            loaded = {
                table: {
                    key: dict(self.keyed[table][key])
                    for key in keys
                    if key in self.keyed.get(table, {})
                }
                for table, keys in projection.needs(records).items()
            }
            views.append((projection, Rows(loaded)))
        project(records, views)
        for _, rows in views:
            for table, changed in rows.changed.items():
                plain = {key: as_plain(row) for key, row in changed.items()}
                self.keyed.setdefault(table, {}).update(plain)
            for table, appended in rows.appended.items():
                self.appended.setdefault(table, []).extend(map(as_plain, appended))


@given(logs(), st.lists(st.integers(1, 7), min_size=1))
def test_how_the_log_is_cut_into_batches_does_not_matter(log: MemoryLog, cuts: list[int]) -> None:
    whole, cut = Store(), Store()
    whole.advance(log.records)
    at = 0
    while at < len(log.records):
        size = cuts[at % len(cuts)]
        cut.advance(log.records[at : at + size])
        at += size
    assert (cut.keyed, cut.appended) == (whole.keyed, whole.appended)


SHARED = (
    "status",
    "acknowledged_by",
    "investigated_by",
    "assignee",
    "outcome",
    "recurrence_of",
    "version",
)


@given(worlds())
def test_the_incidents_view_agrees_with_the_aggregates(world: World) -> None:
    store = Store()
    store.advance(world.log.records)
    for name, aggregate in world.incidents.items():
        row = store.keyed["incidents"][name]
        assert [row[field] for field in SHARED] == [getattr(aggregate, f) for f in SHARED]
        assert (row["severity"], row["severity_rank"]) == (
            aggregate.severity,
            aggregate.severity.rank,
        )
        assert row["base_severity"] == aggregate.base_severity
        assert row["facts"] == aggregate.facts.model_dump(mode="json")
        assert row["reasons"] == [reason.model_dump(mode="json") for reason in aggregate.reasons]
        assert row["signal_count"] == aggregate.tally.count
        assert row["overflow"] == aggregate.tally.overflow
        told = [r["position"] for r in store.appended["timeline"] if r["incident_id"] == name]
        own = [r.version for r in world.log.at(told) if r.originator_id == name]
        assert own == [*range(1, aggregate.version + 1)]


@given(worlds())
def test_the_deliveries_view_agrees_with_the_aggregates(world: World) -> None:
    store = Store()
    store.advance(world.log.records)
    assert store.keyed.get("deliveries", {}).keys() == world.deliveries.keys()
    for name, delivery in world.deliveries.items():
        row = store.keyed["deliveries"][name]
        assert (row["status"], row["tries"], row["version"]) == (
            delivery.status,
            delivery.tries,
            delivery.version,
        )
        assert (row["channel"], row["incident_id"]) == (
            delivery.errand.channel,
            delivery.errand.incident_id,
        )


# Each example makes a database of its own.
few = settings(max_examples=max(10, settings().max_examples // 5))


@contextmanager
def fresh_views() -> Iterator[ViewDatabase]:
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(ViewDatabase(f"sqlite:///{Path(folder) / 'views.db'}")) as database,
    ):
        yield database


@few
@given(logs(), st.lists(st.integers(1, 9), min_size=1, max_size=4), st.integers(1, 9))
def test_a_rebuilt_view_equals_the_incremental_one(
    log: MemoryLog, sizes: list[int], size: int
) -> None:
    with fresh_views() as database:
        views = SqlViews(database, log)
        for step, count in enumerate(range(1, len(log.records) + 1, 3)):
            part = log.until(count)
            Follower(database, part, sizes[step % len(sizes)]).catch_up()
        Follower(database, log).catch_up()
        incremental = everything(views)
        Follower(database, log, size).rebuild()
        assert everything(views) == incremental


@few
@given(logs(), st.lists(st.integers(0, 30), max_size=4), st.integers(1, 5))
def test_who_is_killed_anywhere_ends_with_the_same_views(
    log: MemoryLog, deaths: list[int], size: int
) -> None:
    with fresh_views() as database:
        views = SqlViews(database, log)
        Follower(database, log).catch_up()
        expected = everything(views)
        for death in deaths:
            try:
                Follower(database, killed_at(log, death), size).rebuild()
            except Killed:
                assert everything(views) == expected
        Follower(database, log, size).rebuild()
        assert everything(views) == expected


@few
@given(logs(), st.integers(1, 5), st.sets(st.sampled_from(sorted(VERSIONS)), min_size=1))
def test_readers_see_a_whole_view_at_every_moment_of_a_rebuild(
    log: MemoryLog, size: int, names: set[str]
) -> None:
    with fresh_views() as database:
        views = SqlViews(database, log)
        Follower(database, log).catch_up()
        expected = everything(views)

        def look(after: int) -> None:
            assert everything(views) == expected, after

        Follower(database, ObservedLog(log, look), size).rebuild(names)
        assert everything(views) == expected
        assert len(views.board(EVERY_STATUS)) == len(expected[1])  # type: ignore[arg-type] # a list
