"""A command imports what it needs and no more; that is what keeps its start fast."""

import subprocess
import sys
from pathlib import Path

from tests.support.command import PROGRAM, Command

HEAVY = {"eventsourcing", "hyperscan", "psycopg", "pydantic", "re2", "rich", "sqlalchemy", "yaml"}


def imported(tocsin: Command, *arguments: str) -> set[str]:
    """Run a command; give the heavy packages that it imported."""
    ended = subprocess.run(
        [sys.executable, "-X", "importtime", PROGRAM, *arguments],
        env=tocsin.environment(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    names = {line.rpartition("|")[2].strip() for line in ended.stderr.splitlines()}
    return {name.partition(".")[0] for name in names} & HEAVY


def test_help_imports_nothing_heavy(tocsin_on_a_file: Command) -> None:
    assert imported(tocsin_on_a_file, "--help") == set()
    assert imported(tocsin_on_a_file, "ack", "--help") == set()


def test_the_board_reads_views_and_not_the_log(tocsin_on_a_file: Command, log: Path) -> None:
    tocsin_on_a_file.ok("ingest", log)
    assert imported(tocsin_on_a_file, "incidents") == {"sqlalchemy"}
    part = tocsin_on_a_file.ok("incidents", "--json").json[0]["id"]
    assert imported(tocsin_on_a_file, "timeline", part) == {"sqlalchemy"}
