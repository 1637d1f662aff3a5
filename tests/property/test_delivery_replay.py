"""A delivery replayed from its events is the delivery that triggered them; so is its view."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st

from application.projections.deliveries import DELIVERIES, TABLE
from application.projections.projection import Rows, project
from domain.alerting.delivery import OPEN, Claim, Delivery
from domain.alerting.delivery_events import Addressed
from domain.alerting.errors import AlertingError
from domain.alerting.silence import Covering
from domain.provenance import Act
from tests.support.histories import BEGIN, example_errand
from tests.support.runbooks import act
from tests.unit.projections.histories import MemoryLog

Decide = Callable[[Delivery, Act], object]

LATER = BEGIN + timedelta(hours=3)
ADA = Addressed(name="ada", why="on call")
HELD_BY = Covering(silence_id="SIL-A", kind="silence", until=LATER, comment="we test", by="ada")


def of_try(decide: Callable[[Delivery, int, Act], object], back: int) -> Decide:
    """Make a decision about the newest try, or about one before it."""
    return lambda delivery, when: decide(delivery, delivery.tries - back, when)


tries = st.integers(-1, 2)
decisions: st.SearchStrategy[Decide] = st.one_of(
    st.sampled_from(["worker-1", "worker-2"]).map(
        lambda name: lambda d, when: d.claim(Claim(name, LATER, (ADA,)), when)
    ),
    st.builds(of_try, st.just(lambda d, n, when: d.deliver(n, {"ts": "1"}, when)), tries),
    st.builds(of_try, st.just(lambda d, n, when: d.defer(n, "503", LATER, when)), tries),
    st.builds(of_try, st.just(lambda d, n, when: d.give_up(n, "404", "DLV-B", when)), tries),
    st.sampled_from(
        [
            lambda d, when: d.silence(HELD_BY, when),
            lambda d, when: d.cancel("answered", when),
            lambda d, when: d.gather("DLV-C", when),
            lambda d, when: d.requeue(when),
        ]
    ),
)


def lived(taken: Sequence[Decide]) -> Delivery:
    delivery = Delivery.plan(example_errand(), act())
    for number, decide in enumerate(taken):
        with suppress(AlertingError):
            decide(delivery, act(10 * number))
    return delivery


def replayed(history: Sequence[Any]) -> Delivery:
    delivery: Delivery | None = None
    for happened in history:
        delivery = happened.mutate(delivery)
    assert delivery is not None
    return delivery


def written_down(delivery: Delivery) -> list[Any]:
    return [
        type(one).model_validate_json(one.model_dump_json())  # type: ignore[attr-defined]
        for one in delivery.pending_events
    ]


def state_of(delivery: Delivery) -> dict[str, Any]:
    return {name: value for name, value in vars(delivery).items() if name != "_pending_events"}


histories = st.lists(decisions, min_size=1, max_size=25).map(lived)


@given(histories)
def test_replaying_events_that_were_written_down_gives_the_same_delivery(
    delivery: Delivery,
) -> None:
    event(delivery.status)
    assert state_of(replayed(written_down(delivery))) == state_of(delivery)


@given(histories, decisions)
def test_a_refused_decision_leaves_everything_as_it_was(delivery: Delivery, decide: Decide) -> None:
    before, count = state_of(replayed(written_down(delivery))), len(delivery.pending_events)
    try:
        decide(delivery, act(10_000))
    except AlertingError:
        assert len(delivery.pending_events) == count
        assert state_of(delivery) == before


@given(histories)
def test_what_is_delivered_stays_so_and_each_try_has_a_number_of_its_own(
    delivery: Delivery,
) -> None:
    topics = [type(each).TOPIC for each in delivery.pending_events]  # type: ignore[attr-defined]
    assert topics.count("delivery.planned") == 1
    assert "delivery.delivered" not in topics[:-1]
    attempts = [e.attempt for e in delivery.pending_events if isinstance(e, Delivery.Attempted)]
    assert attempts == [*range(1, delivery.tries + 1)]
    assert 0 <= delivery.attempts <= delivery.tries


@given(histories, st.integers(0, 30))
def test_the_view_says_what_the_delivery_says_however_the_log_is_cut(
    delivery: Delivery, cut: int
) -> None:
    log = MemoryLog()
    log.record(delivery)
    rows = Rows()
    project(log.records[:cut], [(DELIVERIES, rows)])
    later = Rows({TABLE: dict(rows.changed.get(TABLE, {}))})
    project(log.records[cut:], [(DELIVERIES, later)])
    row = (later.changed.get(TABLE) or rows.changed[TABLE])[delivery.id]
    assert (row["status"], row["tries"]) == (delivery.status, delivery.tries)
    assert row["version"] == delivery.version
    if delivery.status not in OPEN:
        assert row["stands_in"] == delivery.stands_in
