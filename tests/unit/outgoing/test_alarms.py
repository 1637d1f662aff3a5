"""Alarms go off at their time, in their order, and not once they are called off."""

import threading
import time

from infrastructure.outgoing.alarms import Alarms

LONG = 10.0


def test_it_goes_off_at_its_time() -> None:
    off = threading.Event()
    begun = time.monotonic()
    Alarms().set(0.05, off.set)
    assert off.wait(LONG)
    assert time.monotonic() - begun >= 0.05


def test_an_earlier_one_does_not_wait_for_a_later_one() -> None:
    alarms, off = Alarms(), threading.Event()
    alarms.set(LONG, lambda: None)
    alarms.set(0.01, off.set)
    assert off.wait(LONG / 2)


def test_one_that_is_called_off_does_not_go_off() -> None:
    alarms, heard, done = Alarms(), [], threading.Event()
    alarms.call_off(alarms.set(0.02, lambda: heard.append("called off")))
    alarms.set(0.05, done.set)
    assert done.wait(LONG)
    assert heard == []


def test_those_that_are_called_off_are_forgotten() -> None:
    alarms = Alarms()
    for _ in range(10_000):
        alarms.call_off(alarms.set(LONG, lambda: None))
    assert len(alarms._waiting) < 200
