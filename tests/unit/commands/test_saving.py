"""News of a source is saved at once, all else in a rhythm, and shown while nothing comes."""

from typing import Any, cast

from application.commands.detecting import Ingestion
from application.commands.ingesting import Rhythm, Saving
from application.commands.totals import Totals
from tests.support.working import FakeClock


class FakeIngestion:
    """Notes what is saved of it."""

    def __init__(self) -> None:
        self.totals = Totals()
        self.unsaved_lines = 0
        self.has_news = False
        self.saved: list[str] = []

    def read(self, lines: int, *, news: bool = False) -> None:
        """Read some lines."""
        self.totals.lines += lines
        self.unsaved_lines += lines
        self.has_news = self.has_news or news

    def save(self, *, everything: bool = False, at_rest: bool = False) -> None:
        """Note it."""
        self.saved.append("at rest" if at_rest else "everything" if everything else "news")
        self.unsaved_lines, self.has_news = 0, False


class Source:
    """A source that is followed, and what is done about it."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.ingestion = FakeIngestion()
        self.saving = Saving(cast("Ingestion", cast("Any", self.ingestion)), self.clock, Rhythm())

    def comes(
        self, lines: int, *, news: bool = False, after: float = 0.01
    ) -> tuple[list[str], bool]:
        """Let lines come after a while; say what is saved, and whether it is shown."""
        self.clock.move(seconds=after)
        if lines:
            self.ingestion.read(lines, news=news)
            assert not self.saving.after_reading(caught_up=False)
        shown = self.saving.after_reading(caught_up=True)
        saved, self.ingestion.saved = self.ingestion.saved, []
        return saved, shown


def test_news_is_saved_at_once_and_shown_when_nothing_more_comes() -> None:
    source = Source()
    assert source.comes(1, news=True) == (["news"], False)
    assert source.comes(1, news=True) == (["news"], False)
    assert source.comes(0, after=1) == (["everything"], True)


def test_what_is_no_news_waits_a_second_or_for_news() -> None:
    source = Source()
    assert source.comes(5) == ([], False)
    assert source.comes(5) == ([], False)
    assert source.comes(1, news=True) == (["news"], False)
    assert source.comes(5) == ([], False)
    assert source.comes(5, after=1)[0][0] == "news"


def test_what_waits_is_saved_when_nothing_more_comes() -> None:
    source = Source()
    assert source.comes(5) == ([], False)
    assert source.comes(0, after=0.5) == (["everything"], True)


def test_where_news_never_ends_it_is_shown_each_second() -> None:
    source = Source()
    shown = [source.comes(1, news=True, after=0.1)[1] for _ in range(50)]
    assert 4 <= sum(shown) <= 5


def test_it_is_noted_each_minute_how_far_the_source_was_read() -> None:
    source = Source()
    saved = [source.comes(1, news=True, after=0.5)[0] for _ in range(250)]
    assert sum("at rest" in each for each in saved) == 2
