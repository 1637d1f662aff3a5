"""The sources and dead letters views: how far each source came, and what could not be read."""

from typing import Any

import pytest

from application.projections.projection import Row
from domain.source.source import RejectedLine, Source
from tests.unit.projections.folding import row_of, rows_of
from tests.unit.projections.histories import MemoryLog, by, minute

PATH = "/var/log/auth.log"


def configured() -> Source:
    return Source.configure("sshd", "d1", {"format": "regex"}, by("cli"), minute(0))


def after(*happened: tuple[type[Source.Event], dict[str, Any]]) -> Row:
    source = configured()
    for number, (event, what) in enumerate(happened):
        source.record(event, by("cli"), minute(number), **what)
    log = MemoryLog()
    log.record(source)
    return row_of("sources", log)


def line(number: int) -> RejectedLine:
    return RejectedLine(position=number * 80, line=number, reason="no time in it", excerpt="?!")


def read(position: int, lines: int, matched: int) -> tuple[type[Source.Event], dict[str, Any]]:
    counts = {"position": position, "lines": lines, "signals": 10, "matched": matched}
    return Source.Read, {"path": PATH, "rejected": 0, **counts}


def test_a_source_begins_with_nothing_read() -> None:
    row = after()
    assert (row["name"], row["format"], row["digest"]) == ("sshd", "regex", "d1")
    assert (row["position"], row["signals"], row["last_read_at"]) == (0, 0, None)


def test_totals_add_up_while_positions_are_the_newest() -> None:
    row = after(read(100, 1, matched=4), read(300, 3, matched=2))
    assert (row["position"], row["lines"]) == (300, 3)
    assert (row["signals"], row["matched"]) == (20, 6)
    assert (row["path"], row["last_read_at"]) == (PATH, "2024-12-10T06:56:46.000000Z")


def test_rejected_lines_are_counted_before_reading_rests() -> None:
    rejected = (Source.LinesRejected, {"path": PATH, "lines": (line(3), line(5))})
    assert after(rejected, rejected)["rejected"] == 4


@pytest.mark.parametrize(
    ("happening", "counted"), [("opened", (0, 0)), ("rotated", (1, 0)), ("truncated", (0, 1))]
)
def test_mishaps_of_its_file_are_counted(happening: str, counted: tuple[int, int]) -> None:
    befallen = {"happening": happening, "path": PATH, "position": 42}
    row = after((Source.FileBefallen, befallen))
    assert (row["rotated"], row["truncated"]) == counted
    assert (row["path"], row["position"]) == (PATH, 42)


def test_forgotten_windows_are_counted() -> None:
    forgotten = (Source.WindowsForgotten, {"rule_id": "auth-001", "keys": 7, "limit": 100})
    assert after(forgotten, forgotten)["forgotten_windows"] == 14


def test_a_new_way_to_read_is_shown() -> None:
    changed = {"digest": "d2", "definition": {"format": "jsonl"}}
    row = after((Source.Reconfigured, changed))
    assert (row["digest"], row["format"]) == ("d2", "jsonl")


def test_each_rejected_line_is_a_dead_letter() -> None:
    source = configured()
    lines = (line(3), line(5))
    source.record(Source.LinesRejected, by("cli"), minute(2), path=PATH, lines=lines)
    log = MemoryLog()
    log.record(source)
    first, second = rows_of("dead_letters", log)
    assert first == {
        "event_position": 2,
        "number": 1,
        "source": "sshd",
        "path": PATH,
        "position": 240,
        "line": 3,
        "reason": "no time in it",
        "excerpt": "?!",
        "recorded_at": "2024-12-10T06:57:46.000000Z",
    }
    assert (second["number"], second["line"]) == (2, 5)
