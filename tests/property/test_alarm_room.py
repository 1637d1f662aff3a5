"""Whatever happens, once channels are up and time has passed, every message is accounted for."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from application.channels import Answer, Delivered, Message, Never, TryLater
from application.working.worker import Worker
from domain.alerting.delivery import OPEN, Delivery
from domain.alerting.errors import AlertingError
from domain.alerting.routing import FOLLOW_UPS
from domain.incident.errors import IncidentError
from tests.support.alarm_room import AlarmRoom, channels_of, levels_of
from tests.support.silences import a_silence, matcher

Step = tuple[Any, ...]

TIERS = [{"after": "5m", "repeat": {"every": "10m", "times": 2}}, {"channels": ["pager"]}]
LEVELS: dict[str, Any] = {
    "P0": {"notifications": ["pager", "slack"], "escalation": TIERS, "requires": ["war_room"]},
    "P1": {"notifications": ["slack", "mail"], "requires": ["told"]},
    "P2": {"notifications": ["slack"]},
    "P3": {"notifications": ["digest", "slow"]},
    "P4": {"notifications": ["digest", "absent"]},
    "obligations": {"told": {"fulfilled_by": "message", "channels": ["mail"], "within": "1h"}},
}
CHANNELS: dict[str, Any] = {
    "pager": {"group": None, "fallback": "mail"},
    "slack": {"group": {"above": 2, "within": "5m"}, "fallback": "pager"},
    "mail": {"retry": {"attempts": 3}, "fallback": "slow"},
    "slow": {"group": None, "limit": {"messages": 1, "per": "10m"}},
    "digest": {"digest": "daily", "fallback": "slow"},
}
WORKERS = 2
SCRIPTS: dict[str, Answer] = {
    "takes": Delivered(),
    "down": TryLater("it answered 503"),
    "busy": TryLater("it answered 429", 90),
    "refuses": Never("it answered 404"),
}

few = st.integers(0, 5)
detecting = st.tuples(st.just("detect"), st.sampled_from(["P0", "P1", "P2", "P3", "P4"]))
working = st.tuples(st.just("work"), st.integers(0, WORKERS - 1))
steps = st.one_of(
    detecting,
    working,
    detecting,
    st.tuples(
        st.just("answer"),
        few,
        st.sampled_from(["acknowledge", "investigate", "resolve", "reopen", "false_alarm"]),
    ),
    st.tuples(st.just("reclassify"), few, st.sampled_from(["P0", "P1", "P2", "P3"])),
    st.tuples(st.just("script"), st.sampled_from(list(CHANNELS)), st.sampled_from(list(SCRIPTS))),
    st.tuples(
        st.just("silence"),
        st.sampled_from([("severity", "P1"), ("severity", "P3"), ("rule", "rule")]),
        st.sampled_from([3, 40, 60 * 30]),
    ),
    st.tuples(st.just("loud")),
    st.tuples(st.just("pass"), st.sampled_from([1, 20, 400, 4_000, 100_000])),
    working,
    st.tuples(st.just("die"), st.integers(0, WORKERS - 1), st.booleans()),
)


class Shift:
    """An alarm room where anything may happen, and workers on it that come and go."""

    def __init__(self) -> None:
        self.room = AlarmRoom(channels_of(channels=CHANNELS), levels_of(**LEVELS))
        self.incidents: list[str] = []
        self.silences: list[str] = []
        self._made = 0
        self._workers: list[tuple[str, Worker]] = [self._new() for _ in range(WORKERS)]

    def take(self, step: Step) -> None:
        name, *what = step
        with suppress(IncidentError, AlertingError):  # a refused command changes nothing
            getattr(self, f"_{name}")(*what)

    def end(self) -> None:
        """Let all channels take everything, and so much time pass that nothing can be left."""
        self.room.couriers.scripts.clear()
        # The clocks run for two days at most, a silence for little more than one.
        for minutes in [11] * 40 + [240] * 28 + [11] * 60:
            for number in range(WORKERS):
                self._work(number)
            self._pass(60 * minutes)

    def _new(self) -> tuple[str, Worker]:
        self._made += 1
        name = f"worker-{self._made}"
        return name, self.room.worker(name)

    def _detect(self, severity: str) -> None:
        self.incidents.append(self.room.detect(severity, len(self.incidents)))

    def _answer(self, number: int, what: str) -> None:
        room = self.room
        if number < len(self.incidents) and what == "false_alarm":
            room.incidents.close(self.incidents[number], room.order(), "false_alarm")
        elif number < len(self.incidents):
            getattr(room.incidents, what)(self.incidents[number], room.order())

    def _reclassify(self, number: int, severity: str) -> None:
        if number < len(self.incidents):
            of, room = self.incidents[number], self.room
            room.incidents.set_severity(of, room.order(), room.severity(severity))

    def _script(self, channel: str, kind: str) -> None:
        self.room.couriers.scripts[channel] = lambda _: SCRIPTS[kind]

    def _silence(self, question: tuple[str, str], minutes: int) -> None:
        begins = self.room.clock.now() - timedelta(minutes=1)
        made = a_silence(begins, minutes + 1, matcher(*question))
        self.silences.append(self.room.silences.create(made, self.room.order()).id)

    def _loud(self) -> None:
        for each in self.silences:
            with suppress(AlertingError):
                self.room.silences.end(each, self.room.order())

    def _pass(self, seconds: int) -> None:
        self.room.clock.move(seconds=seconds)

    def _work(self, number: int) -> None:
        self.room.run(self._workers[number][1])

    def _die(self, number: int, is_seen: bool) -> None:
        """Let a worker die with messages in its hands; whether others see that differs."""
        name, worker = self._workers[number]
        self.room.couriers.dies = True
        self.room.run(worker)
        self.room.couriers.dies = False
        if is_seen:
            self.room.gone.add(name)
        self._workers[number] = self._new()


@settings(max_examples=max(40, settings().max_examples // 2))
@given(st.lists(steps, min_size=20, max_size=60))
def test_every_message_comes_to_an_end_in_its_order_and_only_once(happening: list[Step]) -> None:
    shift = Shift()
    for step in happening:
        shift.take(step)
    shift.end()
    _check(shift)


def _check(shift: Shift) -> None:
    deliveries = shift.room.deliveries()
    for status in {each.status for each in deliveries}:
        event(status)
    assert not [(each.id, each.status) for each in deliveries if each.status in OPEN]
    told = [(each.errand.event, each.errand.channel) for each in deliveries]
    assert len(told) == len(set(told))
    by_id = {each.id: each for each in deliveries}
    for each in deliveries:
        _stands_in_is_there(each, by_id)
    for channel in CHANNELS:
        for incident in shift.incidents:
            _in_order(list(_sent(shift, channel, incident)), by_id)


def _stands_in_is_there(each: Delivery, by_id: dict[str, Delivery]) -> None:
    other = by_id.get(each.stands_in or "")
    if each.status == "gathered":
        assert other is not None
        assert other.status in {"delivered", "failed"}
        assert each.id in other.errand.covers
    elif each.status == "failed" and CHANNELS[each.errand.channel].get("fallback"):
        assert other is not None
        assert other.errand.event == each.errand.event


def _sent(shift: Shift, channel: str, incident: str) -> Iterator[Message]:
    for each in shift.room.couriers.sent:
        alert = each.message.content.alert
        if each.channel == channel and alert is not None and alert.incident_id == incident:
            yield each.message


def _in_order(sent: list[Message], by_id: dict[str, Delivery]) -> None:
    """What has a place of its own in the order keeps it: not so what stands in for another."""
    own = [by_id[each.id] for each in sent if by_id[each.id].errand.instead_of is None]
    if own and own[0].id == sent[0].id:
        assert sent[0].content.occasion not in FOLLOW_UPS
    # What a silence held comes when that is over.
    versions = [_version(each) for each in own if each.held_by is None]
    assert versions == sorted(versions)


def _version(delivery: Delivery) -> int:
    return int(delivery.errand.event.rpartition("@")[2])
