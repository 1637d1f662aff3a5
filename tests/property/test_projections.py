"""Whatever happened, and however it is cut into batches, a view is a function of the log."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from application.projections.catalogue import VERSIONS
from application.projections.every import EVERY
from application.projections.projection import Row, Rows, project
from domain.alerting.errors import AlertingError
from domain.alerting.silence import Silence
from domain.detection.rule_book import RuleBook
from domain.incident.classification import ClassificationPolicy
from domain.incident.errors import IncidentError
from domain.incident.incident import Incident
from domain.incident.severity import Severity
from domain.provenance import Act
from domain.source.source import RejectedLine, Source
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
from tests.support.silences import a_silence
from tests.unit.projections.folding import as_plain
from tests.unit.projections.histories import MemoryLog, by, by_rule, incident, minute, rule, signal

POLICY = ClassificationPolicy()
PERSON = by("alice", "because")
IDS = [f"INC-{letter}" for letter in "ABC"]
Step = tuple[Any, ...]

texts = st.text(max_size=12)
times = st.integers(min_value=-10_000, max_value=10_000).map(minute)
labels = st.dictionaries(texts, texts | st.integers() | st.booleans() | st.lists(texts), max_size=3)
learned = st.fixed_dictionaries(
    {},
    optional={
        "affected_users": st.integers(min_value=0, max_value=10**20),
        "security_breach": st.booleans(),
        "service_availability": st.floats(min_value=0, max_value=100),
    },
)
lines = st.lists(
    st.builds(
        RejectedLine,
        position=st.integers(0, 2**62),
        line=st.integers(1, 2**62),
        reason=texts,
        excerpt=texts,
    ),
    max_size=3,
)
steps = st.one_of(
    st.tuples(st.just("detect"), st.sampled_from(IDS), times, labels, texts),
    st.tuples(st.just("attach"), st.sampled_from(IDS), times, st.booleans()),
    st.tuples(st.just("acknowledge"), st.sampled_from(IDS), times),
    st.tuples(st.just("investigate"), st.sampled_from(IDS), times),
    st.tuples(st.just("resolve"), st.sampled_from(IDS), times),
    st.tuples(st.just("close"), st.sampled_from(IDS), times),
    st.tuples(st.just("reopen"), st.sampled_from(IDS), times),
    st.tuples(st.just("assess"), st.sampled_from(IDS), times, learned),
    st.tuples(st.just("severity"), st.sampled_from(IDS), times, st.sampled_from(Severity)),
    st.tuples(st.just("assign"), st.sampled_from(IDS), times, texts),
    st.tuples(st.just("note"), st.sampled_from(IDS), times, texts),
    st.tuples(st.just("link"), st.sampled_from(IDS), times, st.sampled_from(IDS)),
    st.tuples(st.just("rules"), times, st.sets(st.sampled_from("abc")), st.booleans()),
    st.tuples(st.just("silence"), times, st.integers(-9, 9), texts),
    st.tuples(st.just("extend"), times, st.integers(-9, 99)),
    st.tuples(st.just("end"), times),
    st.tuples(st.just("reject"), times, texts, lines),
    st.tuples(st.just("read"), times, st.integers(0, 2**40), st.integers(0, 99)),
    st.tuples(st.just("rotate"), times, st.sampled_from(["opened", "rotated", "truncated"])),
)


class World:
    """Aggregates to which a random history happens."""

    def __init__(self) -> None:
        self.log = MemoryLog()
        self.incidents: dict[str, Incident] = {}
        self.book = RuleBook.open(PERSON, minute(0))
        self.source = Source.configure("sshd", "d1", {"format": "regex"}, PERSON, minute(0))
        self.silences: list[Silence] = []
        self.log.record(self.book, self.source)

    def take(self, step: Step) -> None:
        name, *what = step
        if name in {"rules", "reject", "read", "rotate", "silence", "extend", "end"}:
            with suppress(AlertingError):
                getattr(self, f"_{name}")(*what)
        elif name == "detect":
            self._detect(*what)
        elif what[0] in self.incidents:
            self._command(name, self.incidents[what[0]], *what[1:])
        self.log.record(self.book, self.source, *self.incidents.values(), *self.silences)

    def _detect(self, name: str, at: Any, labelled: Any, runbook: str) -> None:
        if name not in self.incidents:
            found = {"detected_at": at, "labels": labelled, "runbook": runbook}
            self.incidents[name] = incident(name, **found)

    def _command(self, name: str, on: Incident, at: Any, what: Any = None) -> None:
        commands: dict[str, Callable[[], object]] = {
            "attach": lambda: on.attach(
                (), on.tally.with_signals([signal(1, at)], overflow=what), by_rule(), at
            ),
            "acknowledge": lambda: on.acknowledge(PERSON, at),
            "investigate": lambda: on.investigate(by_rule(), at),
            "resolve": lambda: on.resolve(PERSON, at),
            "close": lambda: on.close("duplicate", PERSON, at),
            "reopen": lambda: on.reopen(by_rule(), at),
            "assess": lambda: on.assess(what, POLICY, PERSON, at),
            "severity": lambda: on.set_severity(what, POLICY, PERSON, at),
            "assign": lambda: on.assign(what, PERSON, at),
            "note": lambda: on.note(what, PERSON, at),
            "link": lambda: on.link_as_recurrence(what, by_rule(), at),
        }
        with suppress(IncidentError):  # a refused command leaves no event
            commands[name]()

    def _rules(self, at: Any, loaded: set[str], enabled: bool) -> None:
        self.book.load([rule(name, enabled=enabled) for name in sorted(loaded)], PERSON, at)

    def _silence(self, at: Any, begins: int, comment: str) -> None:
        silence_id = f"SIL-{len(self.silences)}"
        definition = a_silence(at + timedelta(minutes=begins), 60, comment=comment)
        self.silences.append(Silence.create(silence_id, definition, Act(PERSON, at)))

    def _extend(self, at: Any, minutes: int) -> None:
        for each in self.silences:
            each.extend(at + timedelta(minutes=minutes), Act(PERSON, at))

    def _end(self, at: Any) -> None:
        for each in self.silences:
            each.end(Act(PERSON, at))

    def _reject(self, at: Any, path: str, rejected: list[RejectedLine]) -> None:
        self.source.record(Source.LinesRejected, PERSON, at, path=path, lines=tuple(rejected))

    def _read(self, at: Any, position: int, count: int) -> None:
        counts = dict.fromkeys(("lines", "signals", "matched", "rejected"), count)
        self.source.record(Source.Read, PERSON, at, path="p", position=position, **counts)

    def _rotate(self, at: Any, happening: str) -> None:
        befallen = {"happening": happening, "path": "p", "position": 1}
        self.source.record(Source.FileBefallen, PERSON, at, **befallen)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    world = World()
    for step in draw(st.lists(steps, min_size=3, max_size=25)):
        world.take(step)
    return world


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
        assert [record.version for record in world.log.at(told)] == [
            *range(1, aggregate.version + 1)
        ]


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
