"""Random histories in which everything happens that views show."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from domain.alerting.delivery import Claim, Delivery
from domain.alerting.delivery_events import Addressed, Errand
from domain.alerting.errors import AlertingError
from domain.alerting.silence import Covering, Silence
from domain.detection.rule_book import RuleBook
from domain.incident.by_clock import fulfil, keep_time
from domain.incident.classification import ClassificationPolicy
from domain.incident.errors import IncidentError
from domain.incident.incident import Incident
from domain.incident.routed import Chosen, PassedOver, Route
from domain.incident.severity import Severity
from domain.provenance import Act
from domain.source.source import RejectedLine, Source
from tests.support.alarm_room import levels_of
from tests.support.histories import example_errand
from tests.support.silences import a_silence
from tests.unit.projections.histories import MemoryLog, by, by_rule, incident, minute, rule, signal

POLICY = ClassificationPolicy()
PERSON = by("alice", "because")
IDS = [f"INC-{letter}" for letter in "ABC"]
CHANNELS = ["mail", "pager"]
TIERS = [{"after": "5m", "repeat": {"every": "10m", "times": 2}}, {}]
LEVELS = levels_of(P1={"requires": ["war_room"], "escalation": TIERS}, P2={"requires": ["told"]})
ROUTES = (Route(kind="severity", name="P2"),)
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
DEEDS = [
    "claim", "deliver", "defer", "give_up", "cancel", "gather", "requeue", "silence",
]  # fmt: skip
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
    st.tuples(st.just("time"), st.sampled_from(IDS), times),
    st.tuples(
        st.just("fulfil"), st.sampled_from(IDS), times, st.sampled_from(["war_room", "told"])
    ),
    st.tuples(st.just("route"), st.sampled_from(IDS), times, st.sampled_from(CHANNELS)),
    st.tuples(st.just("plan"), times, st.sampled_from(CHANNELS), st.integers(1, 5), st.booleans()),
    st.tuples(st.just("send"), times, st.integers(0, 3), st.sampled_from(DEEDS), texts),
    st.tuples(st.just("rules"), times, st.sets(st.sampled_from("abc")), st.booleans()),
    st.tuples(st.just("silence"), times, st.integers(-9, 9), texts),
    st.tuples(st.just("extend"), times, st.integers(-9, 99)),
    st.tuples(st.just("end"), times),
    st.tuples(st.just("reject"), times, texts, lines),
    st.tuples(st.just("read"), times, st.integers(0, 2**40), st.integers(0, 99)),
    st.tuples(st.just("rotate"), times, st.sampled_from(["opened", "rotated", "truncated"])),
)


_OF_NO_INCIDENT = {
    "rules", "reject", "read", "rotate", "silence", "extend", "end", "plan", "send",
}  # fmt: skip


class World:
    """Aggregates to which a random history happens."""

    def __init__(self) -> None:
        self.log = MemoryLog()
        self.incidents: dict[str, Incident] = {}
        self.book = RuleBook.open(PERSON, minute(0))
        self.source = Source.configure("sshd", "d1", {"format": "regex"}, PERSON, minute(0))
        self.silences: list[Silence] = []
        self.deliveries: dict[str, Delivery] = {}
        self.log.record(self.book, self.source)

    def take(self, step: Step) -> None:
        """Let something happen, unless it is refused."""
        name, *what = step
        if name in _OF_NO_INCIDENT:
            with suppress(AlertingError):
                getattr(self, f"_{name}")(*what)
        elif name == "detect":
            self._detect(*what)
        elif what[0] in self.incidents:
            self._command(name, self.incidents[what[0]], *what[1:])
        told = (*self.silences, *self.deliveries.values())
        self.log.record(self.book, self.source, *self.incidents.values(), *told)

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
            "time": lambda: keep_time(on, LEVELS, Act(PERSON, at)),
            "fulfil": lambda: fulfil(on, what, "person", "ana", Act(PERSON, at)),
            "route": lambda: self._route(on, at, what),
            "link": lambda: on.link_as_recurrence(what, by_rule(), at),
        }
        with suppress(IncidentError):  # a refused command leaves no event
            commands[name]()

    def _route(self, on: Incident, at: Any, channel: str) -> None:
        chosen = Chosen(channel=channel, delivery=f"DLV-{channel}", routes=ROUTES)
        passed_over = PassedOver(channel="off", routes=ROUTES, why="it is switched off")
        on.record(
            on.AlertsRouted, PERSON, at, occasion="detected", of_version=on.version,
            chosen=(chosen,), passed_over=(passed_over,), paging=(f"DLV-{channel}",),
        )  # fmt: skip

    def _plan(self, at: Any, channel: str, version: int, of_none: bool) -> None:
        errand = example_errand(channel, version)
        changed = {"incident_id": "" if of_none else IDS[version % len(IDS)]}
        made = Delivery.plan(Errand.model_copy(errand, update=changed), Act(PERSON, at))
        self.deliveries.setdefault(made.id, made)

    def _send(self, at: Any, number: int, deed: str, why: str) -> None:
        if number >= len(self.deliveries):
            return
        on, act = list(self.deliveries.values())[number], Act(PERSON, at)
        later = at + timedelta(minutes=5)
        held_by = Covering(silence_id="SIL-0", kind="silence", until=later, comment=why, by="ana")
        claim = Claim("worker-1", later, (Addressed(name=why),))
        deeds: dict[str, Callable[[], object]] = {
            "claim": lambda: on.claim(claim, act),
            "deliver": lambda: on.deliver(on.tries, {"ref": why}, act),
            "defer": lambda: on.defer(on.tries, why, later, act),
            "give_up": lambda: on.give_up(on.tries, why, None, act),
            "cancel": lambda: on.cancel(why, act),
            "gather": lambda: on.gather("DLV-C", act),
            "requeue": lambda: on.requeue(act),
            "silence": lambda: on.silence(held_by, act),
        }
        deeds[deed]()

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
    """Give a world after a random history."""
    world = World()
    for step in draw(st.lists(steps, min_size=3, max_size=30)):
        world.take(step)
    return world
