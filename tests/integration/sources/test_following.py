"""Following a file: nothing is lost and nothing is read twice, whatever befalls it."""

import gzip
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from application.reading import Cursor
from infrastructure.sources.following import FollowFeed
from infrastructure.sources.unreadable import SourceUnavailableError
from tests.unit.sources.support import Heard, Script, read, record, records


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "app.log"


def follow(path: Path, cursor: Cursor | None = None, *steps: Callable[[], object]) -> Heard:
    # Two waits more than steps: what was renamed is given up only after a quiet interval.
    script = Script(*steps, idle, idle, idle)
    return Heard(read(FollowFeed(path, cursor or Cursor(), script, 0.25)))


def idle() -> None:
    """Let an interval pass."""


def append(path: Path, content: bytes) -> Callable[[], object]:
    def step() -> None:
        with path.open("ab") as file:
            file.write(content)

    return step


def rotate(path: Path, to: str = ".1") -> Callable[[], object]:
    return lambda: path.rename(f"{path}{to}")


def ids(found: Heard) -> list[str]:
    return [match.signal.id for match in found.matches]


def test_what_is_appended_is_read(log: Path) -> None:
    log.write_bytes(record(1))

    found = follow(log, None, append(log, record(2)), append(log, records(3, 4)))

    assert found.values() == [1, 2, 3, 4]
    assert found.kinds() == ["opened"]


def test_being_caught_up_is_told_at_once_and_once_more_after_a_quiet_interval(log: Path) -> None:
    log.write_bytes(record(1))
    script = Script(idle, idle, append(log, record(2)), idle)

    readings = list(read(FollowFeed(log, Cursor(), script, 0.25)))

    assert [(reading.signals, reading.caught_up) for reading in readings] == [
        (1, False),
        (0, True),
        (0, True),
        (1, False),
        (0, True),
        (0, True),
    ]
    assert set(script.waited) == {0.25}


def test_a_line_waits_for_its_newline(log: Path) -> None:
    start, end = record(1)[:9], record(1)[9:]
    log.write_bytes(start)

    first = follow(log)
    found = follow(log, first.cursor, append(log, end))

    assert (first.values(), first.cursor) == ([], Cursor())
    assert (found.values(), found.rejected) == ([1], [])


def test_following_goes_on_where_it_was_stopped(log: Path) -> None:
    log.write_bytes(records(1, 2))
    first = follow(log)
    append(log, record(3))()

    again = follow(log, first.cursor)

    assert again.values() == [3]
    assert again.kinds() == []


def test_a_file_that_does_not_exist_yet_is_waited_for(log: Path) -> None:
    later = log.parent / "later" / "app.log"

    found = follow(later, None, idle, later.parent.mkdir, append(later, record(1)))

    assert (found.values(), found.kinds()) == ([1], ["opened"])


def test_a_rotated_file_is_finished_before_the_new_one_is_begun(log: Path) -> None:
    log.write_bytes(record(1))
    old = log.with_name("app.log.1")

    found = follow(
        log,
        None,
        rotate(log),
        append(old, record(2)),
        append(log, record(4)),
        append(old, record(3)),
        idle,
    )

    assert found.values() == [1, 2, 3, 4]
    assert found.kinds() == ["opened", "rotated"]
    assert found.happenings[1].position == len(records(1, 2, 3))
    assert found.cursor.position == len(records(1, 2, 3, 4))


def test_an_unfinished_line_of_a_rotated_file_is_read_as_it_is(log: Path) -> None:
    log.write_bytes(record(1) + record(2).rstrip(b"\n"))

    found = follow(log, None, rotate(log), append(log, record(3)))

    assert found.values() == [1, 2, 3]


def test_equal_content_after_a_rotation_is_new(log: Path) -> None:
    log.write_bytes(record(1))

    found = follow(log, None, rotate(log), append(log, record(1)))

    assert found.values() == [1, 1]
    assert len(set(ids(found))) == 2


def test_several_rotations_at_once_lose_nothing(log: Path) -> None:
    log.write_bytes(record(1))

    def storm() -> None:
        log.rename(log.with_name("app.log.2"))
        log.write_bytes(records(2, 3))
        log.rename(log.with_name("app.log.1"))
        log.write_bytes(record(4))

    found = follow(log, None, storm)

    assert found.values() == [1, 2, 3, 4]
    assert found.kinds() == ["opened", "rotated", "rotated"]


def test_rotations_while_nobody_followed_lose_nothing(log: Path) -> None:
    log.write_bytes(records(1, 2))
    first = follow(log)
    append(log, record(3))()
    log.rename(log.with_name("app.log.3"))
    log.write_bytes(record(4))
    log.rename(log.with_name("app.log.2"))
    packed = log.with_name("app.log.2.gz")
    packed.write_bytes(gzip.compress(log.with_name("app.log.2").read_bytes()))
    log.with_name("app.log.2").unlink()
    log.with_name("app.log.1").write_bytes(record(5))
    log.write_bytes(record(6))

    again = follow(log, first.cursor, idle, idle)

    assert again.values() == [3, 4, 5, 6]
    assert again.kinds() == ["rotated"] * 3
    assert follow(log, again.cursor).values() == []


def test_dated_rotations_are_read_in_the_order_of_their_age(log: Path) -> None:
    log.write_bytes(record(1))
    first = follow(log)
    for age, (suffix, content) in enumerate(
        [("-20260101", records(1, 2)), ("-20260102", record(3)), (".bak", b"unrelated\n")]
    ):
        dated = log.with_name(log.name + suffix)
        dated.write_bytes(content)
        os.utime(dated, (age, age))
    log.write_bytes(record(4))

    again = follow(log, first.cursor, idle, idle)

    assert again.values() == [2, 3, 4]
    assert again.rejected == []


def test_a_predecessor_is_finished_though_the_new_file_comes_later(log: Path) -> None:
    log.write_bytes(record(1))
    first = follow(log)
    append(log, record(2))()
    rotate(log)()

    again = follow(log, first.cursor, idle, append(log, record(3)))

    assert again.values() == [2, 3]


@pytest.mark.parametrize("later", [b"", record(3), records(3, 4, 5)])
def test_a_truncated_file_is_read_from_its_start(log: Path, later: bytes) -> None:
    log.write_bytes(records(1, 2))

    def truncate() -> None:
        log.write_bytes(later)

    found = follow(log, None, truncate, append(log, record(6)))

    assert found.values()[:2] == [1, 2]
    assert found.values()[2:] == [*range(3, 3 + later.count(b"\n")), 6]
    assert found.kinds() == ["opened", "truncated"]
    assert found.happenings[1].position == len(records(1, 2))


def test_what_was_copied_before_a_truncation_is_not_lost(log: Path) -> None:
    log.write_bytes(record(1))

    def copy_and_truncate() -> None:
        append(log, record(2))()
        shutil.copy(log, f"{log}.1")
        log.write_bytes(record(3))

    found = follow(log, None, copy_and_truncate)

    assert found.values() == [1, 2, 3]
    assert found.kinds() == ["opened", "truncated"]


def test_an_unfinished_line_of_a_truncated_file_is_read_as_it_is(log: Path) -> None:
    log.write_bytes(record(1) + b'{"half')

    found = follow(log, None, lambda: log.write_bytes(record(2)))

    assert found.values() == [1, 2]
    assert [each.excerpt for each in found.rejected] == ['{"half']


def test_a_file_that_goes_and_comes_back_is_continued(log: Path) -> None:
    log.write_bytes(record(1))
    away = log.with_name("away")

    found = follow(
        log,
        None,
        lambda: log.rename(away),
        append(away, record(2)),
        lambda: away.rename(log),
        append(log, record(3)),
    )

    assert found.values() == [1, 2, 3]
    assert found.kinds() == ["opened"]


def test_a_file_that_is_deleted_and_made_anew_is_read_anew(log: Path) -> None:
    log.write_bytes(record(1))

    found = follow(log, None, log.unlink, idle, append(log, record(2)))

    assert found.values() == [1, 2]
    assert found.kinds() == ["opened", "rotated"]


def test_a_copy_that_an_editor_moves_over_the_original_is_continued(log: Path) -> None:
    log.write_bytes(record(1))

    def edit() -> None:
        copy = log.with_name("copy")
        copy.write_bytes(records(1, 2))
        copy.replace(log)

    found = follow(log, None, edit)

    assert found.values() == [1, 2]
    assert found.kinds() == ["opened"]


def test_a_stop_in_the_middle_of_a_renamed_file_forgets_no_line(log: Path) -> None:
    log.write_bytes(record(1) + record(2).rstrip(b"\n"))

    first = Heard(read(FollowFeed(log, Cursor(), Script(rotate(log)), 0.25)))
    append(log, record(3))()
    again = follow(log, first.cursor)

    assert first.values() == [1]
    assert again.values() == [2, 3]


def test_what_cannot_be_followed_is_said(log: Path) -> None:
    with pytest.raises(SourceUnavailableError, match="is a directory"):
        follow(log.parent)

    log.write_bytes(gzip.compress(record(1)))
    with pytest.raises(SourceUnavailableError, match=r"cannot follow .*: it is compressed"):
        follow(log)


def test_two_truncations_in_a_row_lose_nothing(log: Path) -> None:
    log.write_bytes(record(1))

    def copy_and_truncate() -> None:
        older = log.with_name("app.log.1")
        if older.exists():
            older.rename(log.with_name("app.log.2"))
        shutil.copy(log, older)
        log.write_bytes(b"")

    def write_copy_and_write() -> None:
        append(log, record(2))()
        copy_and_truncate()
        append(log, record(3))()

    found = follow(log, None, copy_and_truncate, idle, idle, write_copy_and_write)

    assert found.values() == [1, 2, 3]
    assert found.rejected == []


def test_the_beginning_of_a_line_does_not_tell_a_file(log: Path) -> None:
    log.write_bytes(record(1)[:20])
    first = Heard(read(FollowFeed(log, Cursor(), Script(lambda: log.write_bytes(b"")), 0.25)))
    log.write_bytes(record(2))

    again = follow(log, first.cursor)

    assert again.values() == [2]
