"""What the tests of sources share: formats, rules, and reading everything that is there."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from application.reading import Cursor, Happening, Match, Reading, Rejected
from domain.detection.rule import Rule
from domain.signal import Origin, Signal
from domain.source.format import JsonLines, RegexLines, SourceFormat, Time
from infrastructure.sources.feed import Feed
from infrastructure.sources.opening import Matching, NamedFormat, source_reader

JSONL = JsonLines(format="jsonl", id="id", type="action")
SYSLOG = RegexLines(
    format="regex",
    line=r"^(?P<time>\S+ +\S+ \S+) (?P<host>\S+) (?P<program>[^\[:]+)[^:]*: (?P<message>.*)$",
    time=Time(field="time", unit="syslog", year=2017),
    repeats="expand",
)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def now() -> datetime:
    """Give the time of the tests."""
    return NOW


def rule(*pattern: dict[str, Any], **said: Any) -> Rule:
    """Make a rule that is only about its pattern."""
    detection = {"source": said.pop("source", "audit_log"), "pattern": pattern}
    return Rule.model_validate(
        {
            "id": "r",
            "name": "r",
            "description": "r",
            "detection": detection,
            "default_severity": "P2",
            "category": "system_error",
            "notify_channels": (),
            **said,
        }
    )


EVERY = rule()


class Everything:
    """Matches every signal with the first rule."""

    def match(self, signals: Sequence[Signal]) -> list[tuple[int, int]]:
        """Give each signal once."""
        return [(number, 0) for number in range(len(signals))]


def origin(position: int = 0, line: int = 1) -> Origin:
    """Stand somewhere in the source `test`."""
    return Origin(source="test", position=position, line=line)


def read(feed: Feed, written: SourceFormat = JSONL, max_lines: int = 1000) -> Iterator[Reading]:
    """Read a feed with a rule that matches everything."""
    source = NamedFormat("test", written)
    matching = Matching([EVERY], Everything())
    return source_reader(source, feed, matching, max_lines=max_lines, now=now).readings()


class Heard:
    """What several readings gave together."""

    def __init__(self, readings: Iterator[Reading] | Sequence[Reading] = ()) -> None:
        self.matches: list[Match] = []
        self.rejected: list[Rejected] = []
        self.happenings: list[Happening] = []
        self.signals = 0
        self.cursor = Cursor()
        for reading in readings:
            self.hear(reading)

    def hear(self, reading: Reading) -> None:
        """Add one reading."""
        self.matches += reading.matches
        self.rejected += reading.rejected
        self.happenings += reading.happenings
        self.signals += reading.signals
        self.cursor = reading.cursor

    def values(self, field: str = "n") -> list[Any]:
        """Give one field of every signal."""
        return [match.signal.data.get(field) for match in self.matches]

    def kinds(self) -> list[str]:
        """Give what befell the file."""
        return [happening.kind for happening in self.happenings]


def record(number: object) -> bytes:
    """Write a readable line of JSON."""
    return b'{"timestamp":"2026-01-01T00:00:00Z","n":%s}\n' % str(number).encode()


def records(*numbers: object) -> bytes:
    """Write readable lines of JSON."""
    return b"".join(map(record, numbers))


class Script:
    """A stop that does one thing at each wait, and stops when nothing is left to do."""

    def __init__(self, *steps: Callable[[], object]) -> None:
        self.steps = list(steps)
        self.stopped = False
        self.waited: list[float] = []

    def is_set(self) -> bool:
        """Say whether to stop."""
        return self.stopped

    def wait(self, timeout: float) -> bool:
        """Do the next thing instead of waiting."""
        self.waited.append(timeout)
        if self.steps:
            self.steps.pop(0)()
        else:
            self.stopped = True
        return self.stopped
