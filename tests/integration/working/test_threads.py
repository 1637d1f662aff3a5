"""Threads are used again, and one that hangs keeps no other job waiting."""

import threading

from infrastructure.working.bell import Bell
from infrastructure.working.threads import KEPT, Run, Threads

LONG = 10.0


def threads(bell: Bell) -> "Threads[str, int]":
    return Threads(lambda _: -1, bell.ring)


def taken(made: "Threads[str, int]", bell: Bell, count: int) -> list[int]:
    found: list[int] = []
    while len(found) < count:
        bell.wait(LONG)
        found += [result for _, result in made.ended()]
    return found


def test_jobs_one_after_the_other_share_a_thread() -> None:
    bell = Bell()
    made = threads(bell)
    seen = set()
    for number in range(20):
        made.begin(Run("job", LONG, str(number), lambda _: threading.get_ident()))
        seen.update(taken(made, bell, 1))
        # It says that it has ended just before it waits again.
        while not made._idle:
            pass
    assert len(seen) == 1


def test_jobs_that_hang_keep_no_other_one_waiting() -> None:
    bell, go_on = Bell(), threading.Event()
    made = threads(bell)

    def hang(_: float) -> int:
        go_on.wait(LONG)
        return 1

    for number in range(2 * KEPT):
        made.begin(Run("hangs", LONG, f"hangs {number}", hang))
    made.begin(Run("quick", LONG, "quick", lambda _: 2))
    assert taken(made, bell, 1) == [2]
    go_on.set()
    assert taken(made, bell, 2 * KEPT) == [1] * 2 * KEPT
    assert len(made) == 0


def test_no_more_threads_wait_than_are_worth_keeping() -> None:
    bell, together = Bell(), threading.Barrier(3 * KEPT)
    made = threads(bell)
    before = threading.active_count()
    for number in range(3 * KEPT):
        made.begin(Run("job", LONG, str(number), lambda _: together.wait(LONG)))
    taken(made, bell, 3 * KEPT)
    for _ in range(1000):
        if threading.active_count() <= before + KEPT:
            break
        threading.Event().wait(0.01)
    assert threading.active_count() <= before + KEPT
