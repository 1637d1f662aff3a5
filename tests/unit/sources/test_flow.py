"""How chunks of bytes become blocks of lines."""

from collections.abc import Iterable

from application.reading import Cursor, Happening
from infrastructure.sources.flow import LONGEST_LINE, Block, Flow, LongLine
from infrastructure.sources.place import Place


def flow() -> Flow:
    return Flow(Place.beginning(Cursor(), "/log"), [Happening("opened", "/log", 0)])


def lines(items: Iterable[Block | LongLine]) -> list[bytes]:
    return [line for item in items if isinstance(item, Block) for line in item.lines]


def test_blocks_hold_complete_lines_only() -> None:
    it = flow()

    assert lines(it.take(b"a\nb\nc")) == [b"a", b"b"]
    assert it.pending == 1
    assert lines(it.take(b"d\n")) == [b"cd"]
    assert (it.place.position, it.place.lines) == (7, 3)


def test_a_line_without_newline_waits_until_its_file_is_done_with() -> None:
    it = flow()

    assert list(it.take(b"a")) == []
    (block,) = it.finish()

    assert isinstance(block, Block)
    assert list(block.lines) == [b"a"]
    assert (it.place.position, it.place.lines) == (1, 1)
    assert list(it.finish()) == []


def test_a_newline_that_comes_later_belongs_to_the_line_that_was_read() -> None:
    it = flow()
    list(it.take(b"a"))
    list(it.finish())

    (block,) = it.take(b"\nb\n")

    assert isinstance(block, Block)
    assert list(block.lines) == [b"b"]
    assert (block.place.position, block.place.lines) == (2, 1)


def test_what_befell_the_file_comes_with_its_first_lines() -> None:
    it = flow()
    assert list(it.take(b"a")) == []

    (first,) = it.take(b"\n")
    (second,) = it.take(b"b\n")

    assert [happening.kind for happening in first.happenings] == ["opened"]
    assert second.happenings == ()


def test_a_line_of_the_greatest_length_is_read() -> None:
    it = flow()
    list(it.take(b"x" * LONGEST_LINE))

    (block,) = it.take(b"\n")

    assert isinstance(block, Block)
    assert len(block.lines[0]) == LONGEST_LINE


def test_a_longer_line_is_passed_over_without_being_held() -> None:
    it = flow()
    for _ in range(10):
        assert list(it.take(b"x" * LONGEST_LINE)) == []
        assert len(it._waiting) <= LONGEST_LINE

    long, block = it.take(b"yz\nb\n")

    assert isinstance(long, LongLine)
    assert long.length == 10 * LONGEST_LINE + 2
    assert (len(long.first), long.last[-3:], len(long.last)) == (1024, b"yz\n", 1024)
    assert isinstance(block, Block)
    assert block.place.position == long.size
    assert block.place.lines == 1


def test_a_long_last_line_without_newline_is_told_at_the_end() -> None:
    it = flow()
    list(it.take(b"x" * LONGEST_LINE))
    list(it.take(b"x"))

    (long,) = it.finish()

    assert isinstance(long, LongLine)
    assert (long.length, long.size) == (LONGEST_LINE + 1, LONGEST_LINE + 1)
