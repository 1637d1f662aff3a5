"""Progress bars on standard error, for whoever looks on."""

import sys
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from infrastructure.cli.texts import clipped, safe

if TYPE_CHECKING:
    from application.commands.totals import Totals

_NAME = 24


class Bar:
    """A progress bar that goes away when it is done."""

    def __init__(self, title: str, total: float | None, detail: str = "") -> None:
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=20),
            TaskProgressColumn(),
            TextColumn("{task.fields[detail]}", markup=False),
            TimeElapsedColumn(),
            console=Console(file=sys.stderr),
            transient=True,
        )
        self._task = self._progress.add_task(
            clipped(safe(title), _NAME), total=total, detail=detail
        )

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._progress.stop()

    def show(self, done: float, total: float | None, detail: str = "") -> None:
        """Move the bar."""
        self._progress.update(self._task, completed=done, total=total, detail=detail)


class ReadingBar(Bar):
    """How far a log has been read; how far there is to go is known of plain files only."""

    def __init__(self, location: str, *, following: bool) -> None:
        self._size = None if following else _size(Path(location))
        self._begun: int | None = None
        super().__init__(Path(location).name, self._size, "")

    def __call__(self, totals: "Totals", position: int) -> None:
        """Take note of what was read."""
        if self._begun is None:
            # A source's position is that in its file, until it has been read from several.
            self._begun = 0 if position <= (self._size or 0) else position
        done = position - self._begun
        detail = f"{totals.lines:,} lines, {len(totals.opened):,} incidents"
        self.show(done, max(self._size, done) if self._size else None, detail)


class BuildingBar(Bar):
    """How far views have been built."""

    def __init__(self) -> None:
        super().__init__("Building views", None)

    def __call__(self, done: int, total: int) -> None:
        """Take note of how many events are in the views."""
        self.show(done, total, f"{done:,} of {total:,} events")


def _size(path: Path) -> int | None:
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        return None if packed or not path.is_file() else path.stat().st_size
    except OSError:
        return None
