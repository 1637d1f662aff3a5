"""A bell wakes who waits, whoever rings, and so does the sign to stop."""

import os
import signal
import threading
import time

from infrastructure.cli.stopping import stopped_by_signals
from infrastructure.working.bell import Bell, StopSign, WakingStop

LONG = 10.0


def test_a_ring_while_nobody_waits_is_heard_by_the_next_one_who_does_and_once() -> None:
    bell = Bell()
    bell.ring()
    bell.ring()
    assert bell.rings(LONG)
    assert not bell.rings(0.01)


def test_a_ring_of_another_thread_ends_the_wait() -> None:
    bell = Bell()
    threading.Timer(0.05, bell.ring).start()
    begun = time.monotonic()
    assert bell.rings(LONG)
    assert time.monotonic() - begun < LONG / 2


def test_no_time_to_wait_is_no_mistake() -> None:
    assert not Bell().rings(-1.0)


def test_the_sign_to_stop_ends_a_rest() -> None:
    stop = StopSign()
    resting = WakingStop(stop, Bell())
    threading.Timer(0.05, stop.set).start()
    assert resting.wait(LONG)
    assert resting.is_set()


def test_a_signal_ends_a_rest_at_once() -> None:
    with stopped_by_signals() as stop:
        resting = WakingStop(stop, Bell())
        threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGTERM)).start()
        begun = time.monotonic()
        assert resting.wait(LONG)
        assert time.monotonic() - begun < LONG / 2
    assert stop.is_set()


def test_a_rest_without_a_ring_says_that_it_was_whole() -> None:
    assert not WakingStop(threading.Event(), Bell()).wait(0.01)
