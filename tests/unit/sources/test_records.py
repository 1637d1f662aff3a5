"""From a line to signals, as a format says."""

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.source.format import MOST_REPEATS, Extract, JsonLines, RegexLines, Time
from infrastructure.sources.fields import first, put
from infrastructure.sources.formats import record_reader
from infrastructure.sources.records import Record
from infrastructure.sources.unreadable import UnreadableLineError
from tests.unit.sources.support import SYSLOG, now, origin

LINE = b'{"timestamp":"2026-01-01T00:00:00Z","id":"a","action":"b","n":{"x":[{"y":null},{"y":7}]}}'


def jsonl(line: bytes, position: int = 0, **said: Any) -> Record:
    written = JsonLines.model_validate({"format": "jsonl", **said})
    return record_reader(written, now).read(line, origin(position))


def text(line: str, **said: Any) -> Record:
    return record_reader(SYSLOG.model_copy(update=said), now).read(line.encode(), origin())


def reason(line: bytes, **said: Any) -> str:
    with pytest.raises(UnreadableLineError) as error:
        jsonl(line, **said)
    return str(error.value)


def test_a_record_becomes_a_signal() -> None:
    (signal,) = jsonl(LINE, id="id", type="action", kind="metric").signals

    assert (signal.id, signal.type, signal.source) == ("a", "b", "metric")
    assert signal.timestamp == datetime(2026, 1, 1, tzinfo=UTC)
    assert signal.data["n"] == {"x": [{"y": None}, {"y": 7}]}
    assert signal.origin == origin()


def test_paths_look_into_lists_and_pass_over_nulls() -> None:
    (signal,) = jsonl(LINE, id="n.x.y").signals

    assert signal.id == "7"


@pytest.mark.parametrize("path", ["missing", "n", "timestamp.x", "n.x.y.z"])
def test_without_id_and_type_both_are_derived(path: str) -> None:
    (signal,) = jsonl(LINE, id=path, type=path).signals

    assert len(signal.id) == 32
    assert signal.type == "audit_log"


def test_a_derived_id_depends_on_source_place_and_content() -> None:
    ids = {
        jsonl(LINE).signals[0].id,
        jsonl(LINE, position=1).signals[0].id,
        jsonl(LINE + b" ").signals[0].id,
    }

    assert len(ids) == 3
    assert jsonl(LINE + b"\r").signals[0].id == jsonl(LINE).signals[0].id


def test_the_first_field_that_is_there_is_the_time() -> None:
    time = {"field": "at", "otherwise": ["n.x.z", "timestamp"]}

    assert jsonl(LINE, time=time).signals[0].timestamp == datetime(2026, 1, 1, tzinfo=UTC)
    assert reason(b'{"at":"x","timestamp":"2026-01-01T00:00:00Z"}', time=time).startswith(
        "the time 'x'"
    )
    assert reason(b"{}", time=time) == "no time: `at` or `n.x.z` or `timestamp` is missing"
    assert reason(b'{"timestamp":null}') == "no time: `timestamp` is missing"


def test_data_may_lie_inside_while_the_rest_is_looked_up_from_the_top() -> None:
    line = b'{"at":"2026-01-01T00:00:00Z","log":{"a":1},"name":"n"}'
    time = {"field": "at"}

    (signal,) = jsonl(line, time=time, data="log", type="name", add={"b.c": 2}).signals

    assert signal.data == {"a": 1, "b": {"c": 2}}
    assert signal.type == "n"
    assert reason(line, time=time, data="name") == "no data: `name` is not an object"
    assert reason(line, time=time, data="gone") == "no data: `gone` is not an object"


def test_constants_replace_what_the_record_says() -> None:
    (signal,) = jsonl(LINE, add={"action": "c", "id.x": True}).signals

    assert signal.data["action"] == "c"
    assert signal.data["id"] == {"x": True}


def test_putting_does_not_reach_into_shared_objects() -> None:
    shared = {"x": 1}
    data: dict[str, Any] = {"a": shared}

    put(data, ("a", "y"), 2)

    assert data == {"a": {"x": 1, "y": 2}}
    assert shared == {"x": 1}
    assert first(data, ("a", "y")) == 2


def test_named_groups_become_fields() -> None:
    (signal,) = text(
        "Mar  9 23:18:33 web sshd[7]: hällo \0", fields={"host": "target.host"}, type="program"
    ).signals

    assert signal.timestamp == datetime(2017, 3, 9, 23, 18, 33, tzinfo=UTC)
    assert signal.type == "sshd"
    assert signal.data == {
        "time": "Mar  9 23:18:33",
        "target": {"host": "web"},
        "program": "sshd",
        "message": "hällo \0",
    }


def test_a_group_that_took_no_part_is_a_missing_field() -> None:
    written = RegexLines(
        format="regex", line=r"^(?P<timestamp>\S+)(?: (?P<a>a))?(?P<b>b*)$", kind="external"
    )

    (signal,) = record_reader(written, now).read(b"2026-01-01T00:00:00Z\r", origin()).signals

    assert signal.data == {"timestamp": "2026-01-01T00:00:00Z", "b": ""}
    assert (signal.source, signal.type) == ("external", "external")


def test_the_first_extract_that_matches_adds_its_fields() -> None:
    extract = (
        Extract(match="^no"),
        Extract(match=r"for (?P<user>\w+)", fields={"user": "actor.name"}, add={"action": "x"}),
        Extract(match="for", add={"action": "y", "outcome": "z"}),
    )

    data = text("Mar 9 23:18:33 web s: for ada", extract=extract, add={"env": 1}).signals[0].data

    assert data["actor"] == {"name": "ada"}
    assert data["action"] == "x"
    assert "outcome" not in data
    assert data["env"] == 1
    assert "action" not in text("Mar 9 23:18:33 web s: other", extract=extract).signals[0].data


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"nonsense", "not a line of this format: `line` does not match"),
        (b"Mar 9 23:18:33 web s: \xff", "not UTF-8: byte 0xff (byte 22)"),
        (b"Foo 9 23:18:33 web s: x", "names no month"),
    ],
)
def test_what_is_no_such_line(line: bytes, said: str) -> None:
    with pytest.raises(UnreadableLineError) as error:
        record_reader(SYSLOG, now).read(line, origin())

    assert said in str(error.value)


def test_a_repeated_message_is_as_many_signals() -> None:
    extract = (Extract(match="^Failed for (?P<user>.*)$", add={"action": "x"}),)
    line = "Mar 9 23:18:33 web s: message repeated 3 times: [ Failed for a]]"

    record = text(line, extract=extract)

    assert record.complaint is None
    assert len({signal.id for signal in record.signals}) == 3
    for signal in record.signals:
        assert signal.data["message"] == "Failed for a]"
        assert signal.data["action"] == "x"
        assert signal.data["repeated"] == 3
        assert signal.origin == origin()


def test_a_repeated_message_may_count_once() -> None:
    line = "Mar 9 23:18:33 web s: message repeated 3 times: [ x]"

    (signal,) = text(line, repeats="once").signals

    assert (signal.data["message"], signal.data["repeated"]) == ("x", 3)
    assert text(line).signals[0] == signal


@pytest.mark.parametrize(("said", "made"), [(0, 1), (1, 1), (MOST_REPEATS, MOST_REPEATS)])
def test_repeats_up_to_the_limit_are_made(said: int, made: int) -> None:
    record = text(f"Mar 9 23:18:33 web s: message repeated {said} times: [ x]")

    assert len(record.signals) == made
    assert record.complaint is None


def test_repeats_beyond_the_limit_are_cut_off_and_said() -> None:
    record = text("Mar 9 23:18:33 web s: message repeated 999999999999 times: [ x]")

    assert len(record.signals) == MOST_REPEATS
    assert record.complaint == (
        "said to be repeated 999999999999 times: only 10000 signals were made of it"
    )


def test_only_a_whole_message_is_a_repeat() -> None:
    line = "Mar 9 23:18:33 web s: he said message repeated 3 times: [ x]"

    assert len(text(line).signals) == 1


def test_formats_in_the_default_time_field() -> None:
    assert Time().field == "timestamp"
