"""Reading files once: known again, continued, replaced, compressed, or not there at all."""

import gzip
import io
import os
import threading
from pathlib import Path

import pytest

from application.reading import Cursor
from infrastructure.sources.feed import Feed, FileFeed, PipeFeed, StreamFeed
from infrastructure.sources.following import FollowFeed
from infrastructure.sources.opening import Following, feed_of
from infrastructure.sources.place import REMEMBERED_FILES
from infrastructure.sources.unreadable import SourceUnavailableError
from tests.unit.sources.support import Heard, Script, read, record, records


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "app.log"


def heard(path: Path, cursor: Cursor | None = None) -> Heard:
    return Heard(read(FileFeed(path, cursor or Cursor())))


def ids(found: Heard) -> list[str]:
    return [match.signal.id for match in found.matches]


def test_a_file_is_read_to_its_end(log: Path) -> None:
    log.write_bytes(records(1, 2, 3))

    readings = list(read(FileFeed(log, Cursor())))

    assert Heard(readings).values() == [1, 2, 3]
    assert Heard(readings).kinds() == ["opened"]
    assert [reading.caught_up for reading in readings] == [False, True]
    assert readings[-1].cursor.position == log.stat().st_size
    assert readings[-1].cursor.lines == 3


def test_a_file_that_was_read_gives_nothing_new(log: Path) -> None:
    log.write_bytes(records(1, 2))
    first = heard(log)

    again = heard(log, first.cursor)

    assert (again.values(), again.kinds()) == ([], [])
    assert again.cursor == first.cursor


def test_a_file_that_grew_is_continued_under_whatever_name(log: Path) -> None:
    log.write_bytes(records(*range(100)))
    first = heard(log)
    moved = log.rename(log.with_name("elsewhere"))
    with moved.open("ab") as file:
        file.write(records(100, 101))

    again = heard(moved, first.cursor)

    assert again.values() == [100, 101]
    assert again.kinds() == []
    assert (again.cursor.position, again.cursor.lines) == (moved.stat().st_size, 102)
    assert [mark.path for mark in again.cursor.files] == [str(moved)]


def test_pieces_give_the_same_as_the_whole(tmp_path: Path, log: Path) -> None:
    log.write_bytes(records(1, 2, 3))
    whole = heard(log)
    cursor, pieces = Cursor(), Heard()
    for number in (1, 2, 3):
        piece = tmp_path / f"piece{number}"
        piece.write_bytes(record(number))
        for reading in read(FileFeed(piece, cursor)):
            pieces.hear(reading)
        cursor = pieces.cursor

    stream = Heard(read(StreamFeed(io.BytesIO(records(1, 2, 3)), Cursor())))

    assert ids(whole) == ids(pieces) == ids(stream)
    assert whole.cursor.position == pieces.cursor.position == stream.cursor.position
    assert [m.signal.origin for m in whole.matches] == [m.signal.origin for m in stream.matches]
    assert stream.cursor.files == ()


def test_a_shorter_file_of_the_same_name_was_truncated(log: Path) -> None:
    log.write_bytes(records(1, 2))
    first = heard(log)
    log.write_bytes(record(3))

    again = heard(log, first.cursor)

    assert again.values() == [3]
    assert again.kinds() == ["truncated"]
    assert again.happenings[0].position == first.cursor.position
    assert again.matches[0].signal.origin is not None
    assert again.matches[0].signal.origin.position == first.cursor.position
    assert again.matches[0].signal.origin.line == 3


def test_a_file_with_its_end_replaced_was_truncated(log: Path) -> None:
    log.write_bytes(records(*range(100)))
    first = heard(log)
    log.write_bytes(records(*range(98), 100, 101, 102))

    again = heard(log, first.cursor)

    assert again.kinds() == ["truncated"]
    assert len(again.values()) == 101


def test_other_content_under_the_same_name_was_rotated_in(log: Path) -> None:
    log.write_bytes(record(1))
    first = heard(log)
    log.write_bytes(records(2, 3))

    again = heard(log, first.cursor)

    assert (again.values(), again.kinds()) == ([2, 3], ["rotated"])


def test_the_last_line_is_read_without_its_newline_and_only_once(log: Path) -> None:
    log.write_bytes(records(1, 2).rstrip(b"\n"))
    first = heard(log)
    with log.open("ab") as file:
        file.write(b"\n" + record(3))

    again = heard(log, first.cursor)
    whole = heard(log)

    assert first.values() == [1, 2]
    assert again.values() == [3]
    assert ids(first) + ids(again) == ids(whole)
    assert (again.cursor.position, again.cursor.lines) == (whole.cursor.position, 3)


def test_an_empty_file_leaves_no_mark(log: Path) -> None:
    log.touch()

    assert heard(log).cursor == Cursor()
    log.write_bytes(record(1))
    assert heard(log, Cursor()).kinds() == ["opened"]


def test_blank_lines_count_but_say_nothing(log: Path) -> None:
    log.write_bytes(b"\n  \r\n" + record(1))

    found = heard(log)

    assert (found.values(), found.rejected, found.signals) == ([1], [], 1)
    assert found.matches[0].signal.origin is not None
    assert found.matches[0].signal.origin.line == 3


def test_a_compressed_file_is_read_like_the_plain_one(log: Path) -> None:
    log.write_bytes(records(*range(50)))
    plain = heard(log)
    packed = log.with_name("app.log.1.gz")
    packed.write_bytes(gzip.compress(log.read_bytes() + records(50)))

    fresh, continued = heard(packed), heard(packed, plain.cursor)

    assert ids(fresh)[:50] == ids(plain)
    assert continued.values() == [50]


def test_a_damaged_compressed_file_says_so(log: Path) -> None:
    log.write_bytes(gzip.compress(records(*range(50)))[:-20])

    with pytest.raises(SourceUnavailableError, match=r"cannot read .*app\.log: compressed file"):
        heard(log)
    log.write_bytes(gzip.compress(records(*range(50)))[:-8] + bytes(8))
    with pytest.raises(SourceUnavailableError, match=r"cannot read .*app\.log: CRC check"):
        heard(log)


def test_a_very_long_line_is_rejected_and_the_rest_is_read(log: Path) -> None:
    size = 10 << 20
    log.write_bytes(record(1) + b'{"timestamp":"' + b"x" * size + b'"}\n' + record(2))

    found = heard(log)

    (rejected,) = found.rejected
    assert found.values() == [1, 2]
    assert rejected.reason == f"longer than 1 MiB: {size + 16} bytes"
    assert (rejected.position, rejected.line) == (len(record(1)), 2)
    assert rejected.excerpt.startswith('{"timestamp":"xxx')
    assert len(rejected.excerpt) <= 201
    assert found.cursor.position == log.stat().st_size


def test_only_the_latest_files_are_remembered(tmp_path: Path) -> None:
    cursor = Cursor()
    for number in range(REMEMBERED_FILES + 2):
        path = tmp_path / str(number)
        path.write_bytes(record(number))
        cursor = heard(path, cursor).cursor

    assert len(cursor.files) == REMEMBERED_FILES
    assert cursor.files[-1].path == str(path)
    assert cursor.position == cursor.files[-1].base_position + cursor.files[-1].read


def test_what_cannot_be_opened_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SourceUnavailableError, match=r"cannot read .*gone: no such file"):
        heard(tmp_path / "gone")
    with pytest.raises(SourceUnavailableError, match="is a directory"):
        heard(tmp_path)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(SourceUnavailableError, match="permission denied"):
        heard(tmp_path / "secret")
    with pytest.raises(SourceUnavailableError, match="permission denied"):
        list(PipeFeed(tmp_path / "secret", Cursor()).items())


def test_a_relative_name_is_made_full(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log.write_bytes(record(1))
    monkeypatch.chdir(log.parent)

    found = Heard(read(feed_of("app.log", Cursor())))

    assert found.cursor.files[0].path == str(log)


def test_the_way_of_reading_fits_the_location(log: Path) -> None:
    pipe = log.with_name("pipe")
    os.mkfifo(pipe)
    following = Following(Script())

    kinds: list[Feed] = [
        feed_of("-", Cursor()),
        feed_of(str(pipe), Cursor(), following),
        feed_of(str(log), Cursor(), following),
        feed_of(str(log), Cursor()),
    ]

    assert list(map(type, kinds)) == [StreamFeed, PipeFeed, FollowFeed, FileFeed]


def test_a_pipe_is_read_as_it_comes(log: Path) -> None:
    pipe = log.with_name("pipe")
    os.mkfifo(pipe)
    heard_first = threading.Event()

    def write() -> None:
        with pipe.open("wb", buffering=0) as out:
            out.write(record(1))
            heard_first.wait(30)
            out.write(record(2).rstrip(b"\n"))

    writer = threading.Thread(target=write)
    writer.start()
    caught_up, found = 0, Heard()
    for reading in read(PipeFeed(pipe, Cursor())):
        found.hear(reading)
        caught_up += reading.caught_up
        if reading.caught_up:
            heard_first.set()
    writer.join()

    assert found.values() == [1, 2]
    assert caught_up >= 2
