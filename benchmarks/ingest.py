"""How fast a file of JSON Lines becomes incidents on the board, beside decoding its lines.

The clock runs from an empty database to a board that shows every incident: rules put in force and
compiled, the file read, incidents detected and saved with the file's cursor, views caught up. Only
the rules' YAML is read before, as it is once where a file is followed.
"""

import gc
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import orjson
import yaml

from application.commands.ingesting import Rhythm
from application.commands.totals import Totals
from benchmarks.detection_data import lines as make_lines
from benchmarks.detection_data import rules as make_rules
from benchmarks.measured import Measured, table
from infrastructure.bootstrap import Reading, Tocsin
from infrastructure.cli.main import SELDOM
from infrastructure.settings import SHIPPED, Settings

LINES = 1_000_000
RULES = 1_000
RUNS = 5
# With so many remarkable records, 0.5 % of all satisfy one rule or more.
REMARKABLE = 0.0221
AT_ONCE = 10_000
EPISODES = {"correlate": {"field": "labels.service", "within": "1h"}}


def measure(lines: int = LINES) -> list[Measured]:
    """Measure reading, detecting, saving and showing, on an embedded store."""
    with tempfile.TemporaryDirectory() as name, _collecting_as_the_command_does():
        log = _Log(Path(name) / "log.jsonl", make_lines(lines, 1, RULES, REMARKABLE))
        log.path.write_bytes(b"\n".join(log.lines) + b"\n")
        return [
            _measured(log, Path(name) / "alone", "each match opens an incident", {}),
            _measured(log, Path(name) / "episodes", "matches in episodes a service", EPISODES),
        ]


@contextmanager
def _collecting_as_the_command_does() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@dataclass(frozen=True, slots=True)
class _Log:
    path: Path
    lines: Sequence[bytes]


class _Decoding:
    """Decodes the lines that were just read, so that whatever the machine does falls on both."""

    def __init__(self, lines: Sequence[bytes]) -> None:
        self._lines = lines
        self._done = 0
        self.seconds = 0.0

    def __call__(self, totals: Totals, position: int) -> None:
        """Decode up to where the reading has come; many lines at once, so that caches stay warm."""
        del position
        if totals.lines < min(self._done + AT_ONCE, len(self._lines)):
            return
        begin = time.perf_counter()
        for line in self._lines[self._done : totals.lines]:
            orjson.loads(line)
        self._done = totals.lines
        self.seconds += time.perf_counter() - begin


def _measured(log: _Log, folder: Path, how: str, detection: Mapping[str, object]) -> Measured:
    config = _configuration(folder / "config", detection)
    _share(log, config, folder / "warm")  # the pattern database is built once, and kept
    shares = [_share(log, config, folder / str(number)) for number in range(RUNS)]
    name = f"ingest, 0.5 % of signals match {RULES:,} rules, {how}, as a share of orjson.loads"
    return Measured(name, median(shares), 0.5)


def _configuration(folder: Path, detection: Mapping[str, object]) -> Path:
    (folder / "detection").mkdir(parents=True)
    rules = [rule.model_dump(mode="json", by_alias=True) for rule in make_rules(RULES, seed=2)]
    for rule in rules:
        rule["detection"] |= detection
    (folder / "detection/rules.yaml").write_text(yaml.safe_dump({"rules": rules}))
    for file in ("sources.yaml", "severity-levels.yaml"):
        (folder / file).write_text((SHIPPED / file).read_text())
    return folder


def _share(log: _Log, config: Path, folder: Path) -> float:
    folder.mkdir()
    tocsin = Tocsin(Settings(f"sqlite:///{folder / 'tocsin.db'}", config, config / "cache"))
    reading = Reading(location=str(log.path), format="audit", name="audit", by="benchmark")
    tocsin.configuration  # noqa: B018 - read before the clock runs, as a followed source has it
    decoding = _Decoding(log.lines)
    begin = time.perf_counter()
    tocsin.ingest(reading, Rhythm(), decoding)
    taken = time.perf_counter() - begin - decoding.seconds
    tocsin.close()
    return decoding.seconds / taken


if __name__ == "__main__":
    print(table(measure()))
