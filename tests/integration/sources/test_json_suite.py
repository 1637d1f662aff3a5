"""JSONTestSuite and the naughty strings, each as a field of a record."""

import json
from pathlib import Path

import pytest

from application.reading import Cursor
from infrastructure.sources.feed import FileFeed
from infrastructure.sources.json_record import decode_record
from infrastructure.sources.unreadable import UnreadableLineError
from tests.unit.sources.support import Heard, read, records

START, END = b'{"timestamp":"2026-01-01T00:00:00Z","n":', b"}"


def wrapped(path: Path) -> bytes:
    return START + path.read_bytes() + END


@pytest.fixture
def suite(shared_data: Path) -> Path:
    return shared_data / "json-parsing"


def test_what_must_parse_does(suite: Path) -> None:
    files = sorted(suite.glob("y_*"))

    for path in files:
        expected = json.loads(path.read_text("utf-8"))
        assert decode_record(wrapped(path))["n"] == expected, path.name
    assert len(files) == 95


def test_what_must_not_parse_is_refused(suite: Path) -> None:
    files = sorted(suite.glob("n_*"))

    for path in files:
        with pytest.raises(UnreadableLineError):
            pytest.fail(f"{path.name} gave {decode_record(wrapped(path))}")
        if path.read_bytes().strip():
            with pytest.raises(UnreadableLineError):
                pytest.fail(f"{path.name} gave {decode_record(path.read_bytes())}")
    assert len(files) == 188


def test_what_may_do_either_never_breaks_off(suite: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    either = [wrapped(path).replace(b"\n", b" ") for path in sorted(suite.glob("i_*"))]
    log.write_bytes(b"\n".join(either))

    found = Heard(read(FileFeed(log, Cursor())))

    assert found.signals + len(found.rejected) == len(either) == 35
    huge = {"i_number_huge_exp.json", "i_number_real_neg_overflow.json"}
    kept = [decode_record(wrapped(suite / name))["n"][0] for name in sorted(huge)]
    assert all(isinstance(number, str) for number in kept)


def test_a_log_of_bad_lines_loses_none_of_them(suite: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    bad = [wrapped(path) for path in sorted(suite.glob("n_*"))]
    log.write_bytes(b"\n".join(bad) + b"\n" + records(1))

    found = Heard(read(FileFeed(log, Cursor())))

    lines = log.read_bytes().split(b"\n")[:-2]
    assert found.values() == [1]
    assert len(found.rejected) == sum(1 for line in lines if line.strip())
    assert [each.line for each in found.rejected] == [
        number for number, line in enumerate(lines, 1) if line.strip()
    ]
    assert all(each.reason and len(each.excerpt) <= 4 * 200 for each in found.rejected)


def test_naughty_strings_go_through_unchanged(shared_data: Path, tmp_path: Path) -> None:
    strings = json.loads((shared_data / "naughty" / "blns.json").read_text("utf-8"))
    log = tmp_path / "log"
    for ascii_only in (True, False):
        lines = [
            json.dumps({"timestamp": "2026-01-01T00:00:00Z", "n": text}, ensure_ascii=ascii_only)
            for text in strings
        ]
        log.write_text("\n".join(lines), "utf-8")

        found = Heard(read(FileFeed(log, Cursor())))

        assert found.values() == strings
        assert found.rejected == []
