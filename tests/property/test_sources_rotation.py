"""Whatever a log's writer and its rotation do, every line is read once and in order."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from application.reading import Cursor
from infrastructure.sources.following import FollowFeed
from tests.unit.sources.support import Heard, Script, read, record

Step = Callable[[], object]


class Logs:
    """A log with its rotated predecessors, and every number that was written to it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "app.log"
        self.written: list[int] = []
        self.rest = b""

    def write(self) -> None:
        """Write the rest of a line that was begun, then a line."""
        self.begin()
        self._append(self.rest)
        self.rest = b""

    def begin(self) -> None:
        """Write the rest of a line that was begun, then begin one."""
        self._append(self.rest)
        self.written.append(len(self.written))
        line = record(self.written[-1])
        self._append(line[:20])
        self.rest = line[20:]

    def rename(self) -> None:
        """Rotate as most do: rename, and let the writer make the file anew."""
        self._finish()
        if self.path.exists():
            self._shift()
            self.path.rename(self._rotated(1))

    def copy(self) -> None:
        """Rotate by copying the file and truncating it."""
        self._finish()
        if self.path.exists():
            self._shift()
            shutil.copy(self.path, self._rotated(1))
            self.path.write_bytes(b"")

    def idle(self) -> None:
        """Do nothing."""

    def _append(self, content: bytes) -> None:
        with self.path.open("ab") as file:
            file.write(content)

    def _finish(self) -> None:
        if self.rest:
            self._append(self.rest)
        self.rest = b""

    def _shift(self) -> None:
        for number in range(99, 0, -1):
            if self._rotated(number).exists():
                self._rotated(number).rename(self._rotated(number + 1))

    def _rotated(self, number: int) -> Path:
        return self.path.with_name(f"app.log.{number}")


steps = st.sampled_from(["write", "begin", "rename", "copy", "idle"])
# What happens while it is followed, how much of that is kept, and what happens while it is not.
sessions = st.lists(
    st.tuples(st.lists(steps, max_size=6), st.integers(0, 9), st.lists(steps, max_size=6)),
    max_size=4,
)


@given(sessions)
def test_every_line_is_read_once_and_in_order(
    history: list[tuple[list[str], int, list[str]]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        logs = Logs(Path(folder))
        logs.write()
        found = Heard(read(FollowFeed(logs.path, Cursor(), Script())))
        for followed, lost, missed in history:
            do: list[Step] = [getattr(logs, step) for step in followed]
            readings = list(read(FollowFeed(logs.path, found.cursor, Script(*do))))
            # A crash loses what was read but not yet saved.
            for reading in readings[: len(readings) - lost]:
                found.hear(reading)
            for step in missed:
                getattr(logs, step)()
        logs.write()
        idle = [logs.idle] * 60
        for reading in read(FollowFeed(logs.path, found.cursor, Script(*idle))):
            found.hear(reading)

    assert found.values() == logs.written
    assert found.rejected == []
