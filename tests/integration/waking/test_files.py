"""The system tells when a file changes; where it cannot, nothing breaks."""

import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from infrastructure.waking import files
from infrastructure.waking.files import FileWatch

LONG, SHORT = 10.0, 0.15
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")


class Heard:
    """Whether it rang since the last time."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self.ring = self._event.set

    def anything(self, within: float = LONG) -> bool:
        heard = self._event.wait(within)
        self._event.clear()
        return heard


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def watch(heard: Heard) -> Iterator[FileWatch]:
    with FileWatch(heard.ring) as watch:
        yield watch


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "app.log"
    path.write_bytes(b"one\n")
    return path


def append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more\n")


def test_it_rings_when_a_file_grows_each_time(watch: FileWatch, heard: Heard, file: Path) -> None:
    watch.look_at(file)
    for _ in range(3):
        append(file)
        assert heard.anything()
    assert not heard.anything(SHORT)


def test_it_rings_when_times_are_set_and_not_when_the_file_grows(
    watch: FileWatch, heard: Heard, file: Path
) -> None:
    watch.look_at_times(file)
    append(file)
    assert not heard.anything(SHORT)
    os.utime(file)
    assert heard.anything()


def test_it_rings_when_another_file_takes_the_name(
    watch: FileWatch, heard: Heard, file: Path
) -> None:
    watch.look_at_name(file)
    file.rename(file.with_name("app.log.1"))
    assert heard.anything()
    file.write_bytes(b"")
    assert heard.anything()
    (file.parent / "other.log").write_bytes(b"")
    assert not heard.anything(SHORT)


def test_it_does_not_ring_for_what_was_looked_away_from(
    watch: FileWatch, heard: Heard, file: Path
) -> None:
    watch.look_away(watch.look_at(file))
    append(file)
    assert not heard.anything(SHORT)
    watch.look_away(None)


def test_what_is_not_there_cannot_be_looked_at(watch: FileWatch, tmp_path: Path) -> None:
    assert watch.look_at(tmp_path / "missing") is None
    assert watch.look_at_name(tmp_path / "missing/app.log") is None


def test_many_changes_ring_seldom(file: Path) -> None:
    rings: list[None] = []
    with FileWatch(lambda: rings.append(None)) as watch:
        watch.look_at(file)
        for _ in range(2_000):
            append(file)
    assert 1 <= len(rings) < 1_000


def test_its_thread_ends_with_it() -> None:
    with FileWatch(lambda: None):
        assert "changes" in {each.name for each in threading.enumerate()}
    assert "changes" not in {each.name for each in threading.enumerate()}


def test_where_the_system_cannot_tell_nothing_is_told(
    file: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_system", lambda: None)
    with FileWatch(heard.ring) as watch:
        assert (watch.look_at(file), watch.look_at_name(file)) == (None, None)
        append(file)
        assert not heard.anything(SHORT)


def test_where_the_system_has_told_too_many_nothing_is_told(
    file: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr("inotify_simple.INotify", refuse)
    with FileWatch(heard.ring) as watch:
        assert watch.look_at(file) is None


def test_where_nothing_more_may_be_looked_at_nothing_is_told(
    file: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("inotify_simple.INotify.add_watch", refuse)
    with FileWatch(heard.ring) as watch:
        assert watch.look_at(file) is None
