"""Reading a log in a process of its own, which a test may kill."""

import sys
from pathlib import Path

from application.commands.totals import Totals
from tests.support.ingesting import Case


def main(config: str, database: str, location: str, name: str, batch: str) -> None:
    """Read a log of plain audit records, saving after every so many lines; print how far it is."""
    Case(Path(config), database).ingest(location, "audit", int(batch), name, _say)


def _say(totals: Totals, position: int) -> None:
    del totals
    print(position, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
