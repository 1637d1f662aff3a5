"""How fast a command starts, beside bare Python."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks.measured import Measured, table
from domain.incident.incident import Incident
from infrastructure.bootstrap import Tocsin
from infrastructure.settings import SHIPPED, Settings
from tests.unit.projections.histories import by_rule, diagnosis, minute

INCIDENTS = 1_000
RUNS = 15
TOCSIN = str(Path(sys.executable).with_name("tocsin"))


def measure() -> list[Measured]:
    """Measure `tocsin --help` and the board of a thousand incidents."""
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite:///{folder}/start.db"
        _fill(database, Path(folder))
        environment = os.environ | {"TOCSIN_DATABASE": database, "COLUMNS": "80"}
        commands = (
            [sys.executable, "-c", "pass"],
            [TOCSIN, "--help"],
            [TOCSIN, "incidents"],
        )
        times: list[list[float]] = [[] for _ in commands]
        for _ in range(RUNS):
            for command, taken in zip(commands, times, strict=True):
                taken.append(_time(command, environment))
    bare, help_, board = (median(taken) for taken in times)
    return [
        Measured("`tocsin --help` / start of bare Python", help_ / bare, 10, at_most=True),
        Measured("board of 1,000 incidents / start of bare Python", board / bare, 40, at_most=True),
    ]


def _time(command: Sequence[str], environment: dict[str, str]) -> float:
    begin = time.perf_counter()
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def _fill(database: str, folder: Path) -> None:
    tocsin = Tocsin(Settings(database, SHIPPED, folder))
    tocsin.journal.commit(
        [
            Incident.detect(f"INC-20260301-{number:06}", diagnosis(), by_rule(), minute(number))
            for number in range(INCIDENTS)
        ]
    )
    tocsin.catch_up()
    tocsin.close()


if __name__ == "__main__":
    print(table(measure()))
