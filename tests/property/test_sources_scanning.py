"""What a scanner leaves out changes nothing that reading a source gives."""

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.reading import Cursor
from domain.source.format import JsonLines
from infrastructure.matching import JsonLinesScanner, RuleIndex
from infrastructure.sources.feed import StreamFeed
from infrastructure.sources.matchers import PlainMatcher
from infrastructure.sources.opening import Matching, NamedFormat, source_reader
from tests.unit.sources.support import Heard, now, rule

RULES = [
    rule({"field": "n.x", "operator": "gt", "value": 2}, id="big"),
    rule({"field": "type", "operator": "equals", "value": "audit_log"}, id="untyped"),
    rule({"field": "n", "operator": "exists", "value": False}, id="none"),
]
FORMATS = [
    JsonLines(format="jsonl"),
    JsonLines.model_validate({"format": "jsonl", "id": "id", "type": "n.x", "add": {"n.y": 1}}),
    JsonLines.model_validate(
        {"format": "jsonl", "data": "n", "time": {"field": "n.x", "otherwise": ["timestamp"]}}
    ),
]

values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-5, 5),
        st.sampled_from([2.5, 1e300, 10**30, "2026-01-01T00:00:00Z", "", "3", "x", "2026-13-01"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2), st.dictionaries(st.sampled_from(["x", "y"]), inner, max_size=2)
    ),
    max_leaves=4,
)
objects = st.dictionaries(st.sampled_from(["timestamp", "n", "id", "x"]), values, max_size=4)
timed = objects.map(lambda record: {"timestamp": "2026-01-01T00:00:00Z"} | record)
timed_lines = timed.map(lambda record: json.dumps(record).encode())
written_lines = st.one_of(timed, objects).map(lambda record: json.dumps(record).encode())


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    line = bytearray(draw(written_lines))
    at = draw(st.integers(0, len(line) - 1))
    line[at : at + draw(st.integers(0, 2))] = draw(
        st.sampled_from([b"", b"\xff", b"NaN", b"[" * 130, b"1e999", b"{", b'"', b"\r", b"\0"])
    )
    return bytes(line)


@pytest.fixture(scope="module", params=FORMATS, ids=["bare", "typed", "inside"])
def scanning(request: pytest.FixtureRequest) -> tuple[JsonLines, Matching]:
    written: JsonLines = request.param
    return written, Matching(RULES, RuleIndex(RULES), JsonLinesScanner(RULES, written))


def summary(written: JsonLines, matching: Matching, content: bytes) -> tuple[Any, ...]:
    feed = StreamFeed(io.BytesIO(content), Cursor())
    found = Heard(
        source_reader(NamedFormat("test", written), feed, matching, max_lines=7, now=now).readings()
    )
    return found.matches, found.rejected, found.signals, found.cursor


# As many records as lines, but one of them on two lines, and two on one.
crossed = st.builds(
    lambda one, two, three: b"{\n%b\n%b%b" % (one[1:], two, three), *[timed_lines] * 3
)


@given(lines=st.lists(st.one_of(written_lines, damaged(), st.just(b"")), max_size=12))
def test_scanning_gives_what_reading_in_full_gives(
    scanning: tuple[JsonLines, Matching], lines: list[bytes]
) -> None:
    written, fast = scanning
    content = b"\n".join(lines)

    plain = summary(written, Matching(RULES, PlainMatcher(RULES)), content)

    assert summary(written, fast, content) == plain


SETTLED = [
    rule({"field": "n.x", "operator": "gt", "value": 2}, id="big"),
    rule({"field": "x", "operator": "equals", "value": "rare"}, id="rare"),
]


@given(
    lines=st.lists(
        timed_lines
        | timed.map(lambda record: json.dumps(record | {"x": "rare"}).encode())
        | crossed
        | damaged(),
        max_size=12,
    )
)
@pytest.mark.parametrize("written", FORMATS[:1], ids=["bare"])
def test_scanning_blocks_at_once_gives_what_reading_in_full_gives(
    written: JsonLines, lines: list[bytes]
) -> None:
    scanner = JsonLinesScanner(SETTLED, written, sample=8)
    scanner.scan([b'{"timestamp": "2026-01-01T00:00:00Z", "n": {"x": 1}}'] * 8)
    content = b"".join(line + b"\n" for line in lines)

    plain = summary(written, Matching(SETTLED, PlainMatcher(SETTLED)), content)

    assert summary(written, Matching(SETTLED, RuleIndex(SETTLED), scanner), content) == plain
