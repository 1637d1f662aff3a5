"""A scanner saves work and changes nothing."""

import io
from collections.abc import Sequence

import pytest

from application.reading import Cursor
from domain.source.format import MOST_REPEATS
from infrastructure.sources.batch_readers import ENOUGH_SIGNALS
from infrastructure.sources.feed import StreamFeed
from infrastructure.sources.matchers import Candidates, PlainMatcher
from infrastructure.sources.opening import Matching, NamedFormat, source_reader
from tests.unit.sources.support import JSONL, SYSLOG, Heard, now, read, record, records, rule

RULES = [
    rule({"field": "n", "operator": "gt", "value": 2}, id="big"),
    rule({"field": "n", "operator": "equals", "value": 4}, id="four"),
]
LINES = [
    record(1),
    b"\n",
    record(3),
    b"{NaN}\n",
    record(4),
    b"\xef\xbb\xbf{}\n",
    record(0),
    b" \r\n",
]


class Scanner:
    """Names the lines that hold certain bytes, with too many candidates rather than too few."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def scan(self, lines: Sequence[bytes]) -> list[tuple[int, Candidates | None]]:
        self.asked.append(len(lines))
        return [
            (number, (1, 0) if b'"n":' in line else None)
            for number, line in enumerate(lines)
            if b'"n":0' not in line
        ]


def heard(scanner: Scanner | None, max_lines: int = 1000) -> Heard:
    feed = StreamFeed(io.BytesIO(b"".join(LINES)), Cursor())
    matching = Matching(RULES, PlainMatcher(RULES), scanner)
    source = NamedFormat("test", JSONL)
    return Heard(source_reader(source, feed, matching, max_lines=max_lines, now=now).readings())


@pytest.mark.parametrize("max_lines", [1, 2, 3, 1000])
def test_scanning_and_reading_in_full_agree(max_lines: int) -> None:
    full, scanned = heard(None), heard(Scanner(), max_lines)

    assert scanned.matches == full.matches
    assert scanned.rejected == full.rejected
    assert scanned.signals == full.signals == 4
    assert scanned.cursor == full.cursor
    assert [(match.rule.id, match.signal.data["n"]) for match in full.matches] == [
        ("big", 3),
        ("big", 4),
        ("four", 4),
    ]


def test_places_count_every_byte_and_line() -> None:
    rejected = heard(Scanner()).rejected

    assert [(each.line, each.position) for each in rejected] == [
        (4, sum(map(len, LINES[:3]))),
        (6, sum(map(len, LINES[:5]))),
    ]
    assert rejected[0].excerpt == "{NaN}"


def test_a_scanner_gets_a_thousand_lines_at_most() -> None:
    scanner = Scanner()
    feed = StreamFeed(io.BytesIO(records(*range(2500))), Cursor())
    matching = Matching(RULES, None, scanner)

    reader = source_reader(NamedFormat("t", JSONL), feed, matching, max_lines=5000, now=now)

    assert Heard(reader.readings()).signals == 2500
    assert max(scanner.asked) == 1000


def test_a_flood_of_repeats_is_handed_on_bit_by_bit() -> None:
    line = f"Mar 9 23:18:33 web s: message repeated {MOST_REPEATS + 1} times: [ x]\n".encode()

    readings = list(read(StreamFeed(io.BytesIO(line * 3), Cursor()), SYSLOG))

    assert [reading.signals for reading in readings] == [MOST_REPEATS] * 3 + [0]
    assert max(reading.signals for reading in readings) <= ENOUGH_SIGNALS + MOST_REPEATS
    assert [each.line for each in Heard(readings).rejected] == [1, 2, 3]


def test_a_byte_order_mark_is_tolerated_at_the_start_only() -> None:
    bom = b"\xef\xbb\xbf"

    found = Heard(read(StreamFeed(io.BytesIO(bom + record(1) + bom + record(2)), Cursor())))

    assert found.values() == [1]
    assert [each.line for each in found.rejected] == [2]
    assert found.cursor.position == len(record(1)) * 2 + 6


def test_windows_line_ends_are_read() -> None:
    lines = records(1, 2).replace(b"\n", b"\r\n")

    assert Heard(read(StreamFeed(io.BytesIO(lines), Cursor()))).values() == [1, 2]
