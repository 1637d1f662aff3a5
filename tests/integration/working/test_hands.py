"""Threads perform effects; whatever becomes of them, the worker learns an outcome."""

import threading
from collections.abc import Callable

from application.actions import Call
from application.working.performing import Done, Effect, Outcome, Unknown
from infrastructure.working.bell import Bell
from infrastructure.working.hands import ThreadHands

LONG = 30.0
BELL = Bell()


def an_effect(step_id: str = "step-1", seconds: float = 60) -> Effect:
    return Effect("RUN-1", "INC-1", step_id, 1, "wait", f"RUN-1/{step_id}/1", seconds)


class Performing:
    """Performs effects as a test says."""

    def __init__(self, perform: Callable[[Effect, Call], Outcome]) -> None:
        self.perform = perform

    def is_idempotent(self, effect: Effect) -> bool:
        return effect.step_id == "twice"


def test_an_effect_ends_with_what_its_performer_says() -> None:
    hands = ThreadHands(Performing(lambda _, call: Done({"key": call.idempotency_key})), 2, BELL)
    hands.begin(an_effect())
    BELL.wait(LONG)
    ((effect, outcome),) = hands.ended()
    assert effect.step_id == "step-1"
    assert outcome == Done({"key": "RUN-1/step-1/1"})
    assert not hands.busy


def test_no_more_begin_than_there_are_hands() -> None:
    go_on = threading.Event()

    def perform(effect: Effect, call: Call) -> Outcome:
        del effect, call
        go_on.wait(LONG)
        return Done({})

    hands = ThreadHands(Performing(perform), 2, BELL)
    hands.begin(an_effect("a"))
    hands.begin(an_effect("b"))
    assert (hands.free, hands.busy) == (0, True)
    go_on.set()
    taken: list[str] = []
    while len(taken) < 2:
        BELL.wait(LONG)
        taken += [effect.step_id for effect, _ in hands.ended()]
    assert sorted(taken) == ["a", "b"]
    assert hands.free == 2


def test_one_that_does_not_return_is_let_go_and_its_late_answer_counts_no_more() -> None:
    now, go_on, ended = [0.0], threading.Event(), threading.Event()

    def perform(effect: Effect, call: Call) -> Outcome:
        del effect, call
        go_on.wait(LONG)
        ended.set()
        return Done({})

    hands = ThreadHands(Performing(perform), 1, BELL, clock=lambda: now[0], grace=5.0)
    hands.begin(an_effect(seconds=10))
    now[0] = 14.9
    assert hands.ended() == []
    now[0] = 15.1
    ((_, outcome),) = hands.ended()
    assert outcome == Unknown("the action wait did not return within 10 s")
    go_on.set()
    ended.wait(LONG)
    assert hands.ended() == []


def test_an_effect_is_told_how_long_it_still_has() -> None:
    now = [0.0]

    def perform(effect: Effect, call: Call) -> Outcome:
        del effect
        before = call.seconds_left()
        now[0] = 100.0
        return Done({"before": before, "after": call.seconds_left()})

    hands = ThreadHands(Performing(perform), 1, BELL, clock=lambda: now[0])
    hands.begin(an_effect(seconds=60))
    BELL.wait(LONG)
    assert [outcome for _, outcome in hands.ended()] == [Done({"before": 60.0, "after": 0.0})]
