"""A small log with something for every view, and logs that misbehave on purpose."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from application.alerting.views import DeliveryFilter
from application.log import Log, Record
from application.views import BoardFilter, Views
from domain.detection.rule_book import RuleBook
from domain.incident.severity import Severity
from domain.source.source import RejectedLine, Source
from tests.unit.projections.histories import MemoryLog, by, incident, minute, rule

EVERY_STATUS = BoardFilter(statuses=())


def small_log() -> MemoryLog:
    """Three incidents, one of them closed; a source with two dead letters; two rules."""
    book = RuleBook.open(by("alice"), minute(0))
    book.load([rule("auth-001"), rule("web-001")], by("alice"), minute(0))
    source = Source.configure("sshd", "d1", {"format": "regex"}, by("cli"), minute(0))
    lines = tuple(
        RejectedLine(position=80 * n, line=n, reason="no time in it", excerpt=f"line {n}")
        for n in (1, 2)
    )
    source.record(Source.LinesRejected, by("cli"), minute(1), path="auth.log", lines=lines)
    first = incident("INC-20241210-AAAAAA", detected_at=minute(1))
    second = incident("INC-20241210-BBBBBB", detected_at=minute(2), severity=Severity.P0)
    third = incident("INC-20241211-CCCCCC", detected_at=minute(3), labels={"team": "web"})
    log = MemoryLog()
    log.record(book, source, first, second, third)
    first.acknowledge(by("alice"), minute(4))
    third.close("false_alarm", by("bob"), minute(5))
    second.note("looks bad", by("carol"), minute(6))
    log.record(first, third, second)
    return log


def everything(views: Views) -> tuple[object, ...]:
    """All that views show."""
    board = views.board(EVERY_STATUS)
    timelines = [views.timeline(row.id) for row in board]
    silences = views.silences(minute(0), also_over=True)
    read = (board, timelines, views.dead_letters(), views.sources(), views.rules(), silences)
    return (*read, views.deliveries(DeliveryFilter()), views.channel_counts())


class Killed(BaseException):
    """The process ends here."""


@dataclass
class ObservedLog:
    """A log that lets a test do something whenever it is read; `reads` are the bookmarks."""

    log: Log
    on_read: Callable[[int], object] = bool
    reads: list[int] = field(default_factory=list)

    def outlines(self, after: int, limit: int) -> Sequence[Record]:
        self.reads.append(after)
        self.on_read(after)
        return self.log.outlines(after, limit)

    def head(self) -> int:
        return self.log.head()


def killed_at(log: Log, position: int) -> ObservedLog:
    """A log in whose middle the process is killed."""

    def kill(after: int) -> None:
        if after >= position:
            raise Killed

    return ObservedLog(log, kill)
