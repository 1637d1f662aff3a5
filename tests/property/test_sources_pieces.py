"""However a source is cut into pieces, and wherever reading it stops, the same is read."""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.reading import Cursor, Reading
from infrastructure.sources import flow
from infrastructure.sources.feed import FileFeed, StreamFeed
from infrastructure.sources.following import FollowFeed
from tests.unit.sources.support import JSONL, SYSLOG, Heard, Script, read, record

SHORTEST_TOO_LONG = 81

jsonl = st.one_of(
    st.integers(0, 99).map(lambda number: record(number).rstrip()),
    st.sampled_from(
        [
            b"",
            b" ",
            b"\r",
            record(1).rstrip() + b"\r",
            b'{"timestamp":"2026-01-01T00:00:00Z","id":"own"}',
            b"{}",
            b'{"timestamp":NaN}',
            b"\xff",
            b"\xef\xbb\xbf{}",
            b"x" * (SHORTEST_TOO_LONG - 1),
            b"y" * SHORTEST_TOO_LONG,
            b"z" * 3 * SHORTEST_TOO_LONG,
        ]
    ),
)
syslog = st.sampled_from(
    [
        b"Mar  9 23:18:33 web sshd[1]: hello",
        b"Mar  9 23:18:33 web sshd[1]: message repeated 3 times: [ a]\r",
        b"Feb 29 23:18:33 web sshd[1]: hello",
        b"nonsense",
        b"",
    ]
)
sources = st.one_of(
    st.tuples(st.just(JSONL), st.lists(jsonl, max_size=12)),
    st.tuples(st.just(SYSLOG), st.lists(syslog, max_size=12)),
)


@pytest.fixture(autouse=True, scope="module")
def short_lines() -> Iterator[None]:
    """Let lines be too long that are short enough to test with."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flow, "LONGEST_LINE", SHORTEST_TOO_LONG - 1)
        yield


def summary(found: Heard) -> dict[str, Any]:
    """Everything that must not depend on how a source was read."""
    return {
        "signals": [match.signal for match in found.matches],
        "rejected": found.rejected,
        "count": found.signals,
        "position": found.cursor.position,
        "lines": found.cursor.lines,
        "marks": [replace(mark, path="") for mark in found.cursor.files],
    }


def some(readings: Iterator[Reading], most: int) -> Iterator[Reading]:
    """Be stopped after some readings, as by a crash."""
    for _, reading in zip(range(most), readings, strict=False):
        yield reading


def whole(path: Path, written: Any) -> Heard:
    return Heard(read(FileFeed(path, Cursor(), SHORTEST_TOO_LONG - 1), written))


@given(data=st.data(), source=sources, newline=st.booleans())
def test_a_file_read_in_pieces(data: st.DataObject, source: Any, newline: bool) -> None:
    written, lines = source
    content = b"\n".join(lines) + b"\n" * newline
    ends = [at for at in range(len(content)) if content[at : at + 1] == b"\n"]
    # A file may be looked at when a line is complete, with its newline or just before it.
    cuts = (
        data.draw(st.lists(st.sampled_from([*ends, *(at + 1 for at in ends)]), max_size=5))
        if ends
        else []
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log"
        found = Heard()
        for cut in [*sorted(cuts), len(content), len(content)]:
            path.write_bytes(content[:cut])
            block = data.draw(st.integers(1, SHORTEST_TOO_LONG - 1))
            readings = read(
                FileFeed(path, found.cursor, block), written, data.draw(st.integers(1, 5))
            )
            most = data.draw(st.integers(0, 20)) if cut < len(content) else len(content) + 20
            for reading in some(readings, most):
                found.hear(reading)

        expected = whole(path, written)

    assert summary(found) == summary(expected)


@given(data=st.data(), source=sources)
def test_a_growing_file_followed_and_stopped_at_any_byte(data: st.DataObject, source: Any) -> None:
    written, lines = source
    content = b"".join(line + b"\n" for line in lines)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(content)), max_size=6)))
    found = Heard()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log"
        for cut in [*cuts, len(content)]:
            path.write_bytes(content[:cut])
            feed = FollowFeed(path, found.cursor, Script())
            feed.block_size = data.draw(st.integers(1, SHORTEST_TOO_LONG - 1))
            readings = read(feed, written, data.draw(st.integers(1, 5)))
            most = data.draw(st.integers(0, 20)) if cut < len(content) else len(content) + 20
            for reading in some(readings, most):
                found.hear(reading)

        expected = whole(path, written)

    assert summary(found) == summary(expected)


class Trickle:
    """A pipe that gives what it likes."""

    def __init__(self, chunks: list[bytes]) -> None:
        self.chunks = chunks

    def read1(self, size: int) -> bytes:
        while self.chunks:
            chunk = self.chunks.pop(0)
            if chunk:
                self.chunks[:0] = [chunk[size:]] if chunk[size:] else []
                return chunk[:size]
        return b""

    read = read1


@given(data=st.data(), source=sources, newline=st.booleans())
def test_a_stream_in_whatever_chunks(data: st.DataObject, source: Any, newline: bool) -> None:
    written, lines = source
    content = b"\n".join(lines) + b"\n" * newline
    cuts = sorted(data.draw(st.lists(st.integers(0, len(content)), max_size=6)))
    chunks = [
        content[start:end] for start, end in zip([0, *cuts], [*cuts, len(content)], strict=True)
    ]
    stream: Any = Trickle(chunks)

    found = Heard(read(StreamFeed(stream, Cursor(), SHORTEST_TOO_LONG - 1), written, 2))

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log"
        path.write_bytes(content)
        expected = whole(path, written)
    assert summary(found) | {"marks": []} == summary(expected) | {"marks": []}
