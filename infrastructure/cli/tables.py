"""Tables that fit the terminal: what is too long is cut where it hurts least."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from infrastructure.cli.texts import clipped, padded, safe, width

_GAP = 2


@dataclass(frozen=True)
class Column:
    """A column. One with a `least` width gives way, down to that, where space is short."""

    title: str
    right: bool = False
    least: int | None = None
    style: Callable[[str, str], str] | None = None
    """Given a cell's value and how it is written, gives it in colour."""


def table(columns: Sequence[Column], rows: Sequence[Sequence[str]], space: int) -> Iterator[str]:
    """Give a table's lines, none wider than the space; columns without any value are left out."""
    used = [at for at in range(len(columns)) if any(row[at] for row in rows)]
    columns = [columns[at] for at in used]
    cells = [[safe(row[at]) for at in used] for row in rows]
    natural = [
        max(width(column.title), *(width(row[at]) for row in cells))
        for at, column in enumerate(columns)
    ]
    widths = fitted(natural, [column.least for column in columns], space)
    yield _line([Column(each.title, each.right) for each in columns], _titles(columns), widths)
    for row in cells:
        yield _line(columns, row, widths)


def fitted(natural: Sequence[int], least: Sequence[int | None], space: int) -> list[int]:
    """Take width away from the columns that may give way, the widest first."""
    widths = list(natural)
    excess = sum(widths) + _GAP * (len(widths) - 1) - space
    while excess > 0:
        yielding = [at for at, low in enumerate(least) if low is not None and widths[at] > low]
        if not yielding:
            break
        widest = max(yielding, key=lambda at: widths[at])
        widths[widest] -= 1
        excess -= 1
    return widths


def _titles(columns: Sequence[Column]) -> list[str]:
    return [column.title for column in columns]


def _line(columns: Sequence[Column], cells: Sequence[str], widths: Sequence[int]) -> str:
    written = []
    last = len(columns) - 1
    for at, (column, cell, to) in enumerate(zip(columns, cells, widths, strict=True)):
        text = clipped(cell, to)
        if at != last or column.right:
            text = padded(text, to, right=column.right)
        written.append(column.style(cell, text) if column.style else text)
    return (" " * _GAP).join(written).rstrip()
