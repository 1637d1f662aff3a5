"""How fast a file of JSON Lines becomes incidents on the board, beside decoding its lines."""

import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import orjson
import yaml

from application.commands.ingesting import Rhythm
from application.commands.totals import Totals
from benchmarks.detection_data import lines as make_lines
from benchmarks.detection_data import rules as make_rules
from benchmarks.measured import Measured, table
from infrastructure.bootstrap import Reading, Tocsin
from infrastructure.settings import SHIPPED, Settings

LINES = 300_000
RULES = 1_000
RUNS = 3
EPISODES = {"correlate": {"field": "labels.service", "within": "1h"}}


def measure(lines: int = LINES) -> list[Measured]:
    """Measure reading, detecting, saving and showing, on an embedded store."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        log = folder / "log.jsonl"
        log.write_bytes(b"\n".join(make_lines(lines, seed=1, rule_count=RULES)) + b"\n")
        return [
            _measured(log, folder / "alone", "each opens an incident", {}),
            _measured(log, folder / "episodes", "in episodes a service", EPISODES),
        ]


def _measured(log: Path, folder: Path, how: str, detection: Mapping[str, object]) -> Measured:
    config = _configuration(folder / "config", detection)
    _run(log, config, folder / "warm")  # the pattern database is built once, and kept
    ratios = []
    for number in range(RUNS):
        plain = _decode(log)
        taken, totals = _run(log, config, folder / str(number))
        ratios.append(plain / taken)
    share = f"{totals.matched / totals.signals:.2%} match {RULES:,} rules, {how}"
    return Measured(f"ingest ({share}) as a share of orjson.loads", max(ratios), 0.5)


def _configuration(folder: Path, detection: Mapping[str, object]) -> Path:
    (folder / "detection").mkdir(parents=True)
    rules = [rule.model_dump(mode="json", by_alias=True) for rule in make_rules(RULES, seed=2)]
    for rule in rules:
        rule["detection"] |= detection
    (folder / "detection/rules.yaml").write_text(yaml.safe_dump({"rules": rules}))
    for file in ("sources.yaml", "severity-levels.yaml"):
        (folder / file).write_text((SHIPPED / file).read_text())
    return folder


def _decode(log: Path) -> float:
    lines = log.read_bytes().splitlines()
    begin = time.perf_counter()
    for line in lines:
        orjson.loads(line)
    return time.perf_counter() - begin


def _run(log: Path, config: Path, folder: Path) -> tuple[float, Totals]:
    folder.mkdir()
    tocsin = Tocsin(Settings(f"sqlite:///{folder / 'tocsin.db'}", config, config / "cache"))
    reading = Reading(location=str(log), format="audit", name="audit", by="benchmark")
    tocsin.configuration  # noqa: B018 - read before the clock runs, as a followed source has it
    begin = time.perf_counter()
    totals = tocsin.ingest(reading, Rhythm(), _untold)
    taken = time.perf_counter() - begin
    tocsin.close()
    return taken, totals


def _untold(totals: Totals, position: int) -> None:
    del totals, position


if __name__ == "__main__":
    print(table(measure()))
