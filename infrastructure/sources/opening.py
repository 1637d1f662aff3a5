"""Putting a source's reader together."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from application.reading import Cursor
from domain.detection.rule import Rule
from domain.source.format import JsonLines, SourceFormat
from infrastructure.sources.batch_readers import BatchReader, FullReader, ScanningReader
from infrastructure.sources.feed import Feed, FileFeed, PipeFeed, StreamFeed
from infrastructure.sources.files import is_stream
from infrastructure.sources.following import INTERVAL, FollowFeed
from infrastructure.sources.formats import record_reader
from infrastructure.sources.matchers import LineScanner, PlainMatcher, RuleMatcher
from infrastructure.sources.reader import MOST_LINES, SourceReader
from infrastructure.sources.resting import Stop, Watch
from infrastructure.sources.timestamps import Clock
from infrastructure.sources.unreadable import SourceUnavailableError

STANDARD_INPUT = "-"


def system_clock() -> datetime:
    """Give the time now."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class NamedFormat:
    """A source's name, which its signals' derived ids depend on, and how its lines are read."""

    name: str
    format: SourceFormat


@dataclass(frozen=True, slots=True)
class Matching:
    """The rules that are looked for, and what finds them quickly; `scanner` for JSON Lines only."""

    rules: Sequence[Rule]
    matcher: RuleMatcher | None = None
    scanner: LineScanner | None = None


@dataclass(frozen=True, slots=True)
class Following:
    """That a file is followed until `stop`, and looked at every `interval`, in seconds.

    What `watch` sees ends a rest on `stop`.
    """

    stop: Stop
    interval: float = INTERVAL
    watch: Watch | None = None


def feed_of(location: str, cursor: Cursor, following: Following | None = None) -> Feed:
    """Choose how a file, a pipe or `-` is read; it is opened when it is read.

    Raises SourceUnavailableError if standard input is closed.
    """
    if location == STANDARD_INPUT:
        if sys.stdin is None:
            msg = "cannot read standard input: it is closed"
            raise SourceUnavailableError(msg)
        return StreamFeed(sys.stdin.buffer, cursor)
    # By its full name, so that it is known again from another working directory.
    path = Path(location).absolute()
    if is_stream(path):
        return PipeFeed(path, cursor)
    if following:
        return FollowFeed(path, cursor, following.stop, following.interval, following.watch)
    return FileFeed(path, cursor)


def source_reader(
    source: NamedFormat,
    feed: Feed,
    matching: Matching,
    *,
    max_lines: int = MOST_LINES,
    now: Clock = system_clock,
) -> SourceReader:
    """Make the reader of a source. `now` is asked only for a year that the format leaves out."""
    records = record_reader(source.format, now)
    matcher = matching.matcher or PlainMatcher(matching.rules)
    batches: BatchReader = FullReader(records, matching.rules, matcher)
    if matching.scanner and isinstance(source.format, JsonLines):
        batches = ScanningReader(records, matching.rules, matcher, matching.scanner)
    return SourceReader(source.name, feed, batches, max_lines)
