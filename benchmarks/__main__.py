"""`make bench`: measures everything that the README claims, and prints one table."""

import argparse
import sys
from collections.abc import Callable, Sequence

from benchmarks import alerting, detection, ingest, memory, rebuild, start
from benchmarks.measured import Measured, table

BENCHMARKS: dict[str, Callable[[], Sequence[Measured]]] = {
    "start": start.measure,
    "memory": memory.measure,
    "rebuild": rebuild.measure,
    "ingest": ingest.measure,
    "alerting": alerting.measure,
    "detection": detection.measure,
}


def main(words: Sequence[str]) -> int:
    """Measure what is asked for, all by default; fail if a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    names = parser.parse_args(words).names or list(BENCHMARKS)
    if unknown := [name for name in names if name not in BENCHMARKS]:
        parser.error(f"no such benchmark: {', '.join(unknown)}")
    rows: list[Measured] = []
    for name in names:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        rows.extend(BENCHMARKS[name]())
    print(table(rows))
    return 0 if all(row.passed for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
