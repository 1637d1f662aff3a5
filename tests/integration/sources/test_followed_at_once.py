"""A followed file is looked at when it changes; without a watch, at each interval as ever."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from application.reading import Cursor
from infrastructure.sources.following import FollowFeed
from infrastructure.sources.resting import NoWatch, Watch
from infrastructure.waking.files import FileWatch
from infrastructure.working.bell import Bell, StopSign, WakingStop
from tests.unit.sources.support import Heard, read, record

PATIENCE, NEVER = 10.0, 60.0
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")


class Followed:
    """What a thread that follows a file has read so far."""

    def __init__(self) -> None:
        self.heard = Heard()
        self.tellings = 0
        self._changed = threading.Condition()

    def values(self, count: int) -> list[object]:
        """Wait until so many records were read, and give them."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.heard.matches) >= count, PATIENCE)
            return self.heard.values()

    def follow(self, feed: FollowFeed) -> None:
        """Read until stopped."""
        for reading in read(feed):
            with self._changed:
                self.heard.hear(reading)
                self.tellings += reading.caught_up
                self._changed.notify_all()


@contextmanager
def following(
    path: Path,
    interval: float,
    watching: Callable[[Bell], Watch] = lambda bell: FileWatch(bell.ring),
) -> Iterator[Followed]:
    stop, bell, followed = StopSign(), Bell(), Followed()
    feed = FollowFeed(path, Cursor(), WakingStop(stop, bell), interval, watching(bell))
    thread = threading.Thread(target=followed.follow, args=(feed,))
    thread.start()
    try:
        yield followed
    finally:
        stop.set()
        thread.join(PATIENCE)
        assert not thread.is_alive()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "app.log"
    path.write_bytes(record(0))
    return path


def append(path: Path, number: int) -> None:
    with path.open("ab") as file:
        file.write(record(number))


def test_what_is_appended_is_read_long_before_the_next_look(log: Path) -> None:
    with following(log, NEVER) as followed:
        for number in range(1, 6):
            followed.values(number)
            append(log, number)
        assert followed.values(6) == [0, 1, 2, 3, 4, 5]


def test_a_file_that_appears_is_read_at_once(tmp_path: Path) -> None:
    path = tmp_path / "late.log"
    with following(path, NEVER) as followed:
        path.with_name("elsewhere.log").write_bytes(record(9))
        path.write_bytes(record(1))
        assert followed.values(1) == [1]


def test_a_rotation_loses_nothing_however_busy_the_new_file_is(log: Path) -> None:
    with following(log, 0.2) as followed:
        followed.values(1)
        with log.open("ab") as old:
            log.rename(log.with_name("app.log.1"))
            append(log, 100)
            # Its writer goes on with it for a moment.
            old.write(record(1))
            old.flush()
            number = 100
            while len(followed.heard.matches) < 3 and number < 10_000:
                number += 1
                append(log, number)
                threading.Event().wait(0.01)
        values = followed.values(number - 100 + 3)
        assert values == [0, 1, *range(100, number + 1)]
        assert "rotated" in followed.heard.kinds()
        append(log, number + 1)
        assert followed.values(len(values) + 1)[-1] == number + 1


def test_a_truncated_file_is_read_from_its_start(log: Path) -> None:
    with following(log, NEVER) as followed:
        followed.values(1)
        log.write_bytes(b"")
        append(log, 1)
        assert followed.values(2) == [0, 1]


def test_without_a_watch_it_is_looked_at_each_interval(log: Path) -> None:
    with following(log, 0.05, lambda _: NoWatch()) as followed:
        followed.values(1)
        append(log, 1)
        assert followed.values(2) == [0, 1]


def test_what_is_missed_waits_for_the_interval_and_no_longer(log: Path) -> None:
    def deaf(_: Bell) -> Watch:
        return FileWatch(lambda: None)

    with following(log, 0.05, deaf) as followed:
        followed.values(1)
        append(log, 1)
        assert followed.values(2) == [0, 1]


def test_being_caught_up_is_told_twice_for_what_came_however_often_it_wakes(log: Path) -> None:
    with following(log, 0.3) as followed:
        followed.values(1)
        for _ in range(10):
            with log.open("r+b") as file:
                # It is written to, and yet brings nothing new.
                file.write(record(0))
            threading.Event().wait(0.02)
        threading.Event().wait(1.0)
        assert followed.tellings == 2
