"""What the tests of the command share."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.command import Command

_START = datetime(2026, 3, 10, 3, tzinfo=UTC)


@pytest.fixture
def tocsin(tmp_path: Path, database_url: str) -> Command:
    """The command on an empty database of each kind in turn."""
    return Command(tmp_path, database_url)


@pytest.fixture
def tocsin_on_a_file(tmp_path: Path, sqlite_url: str) -> Command:
    """The command on a file that does not exist yet."""
    return Command(tmp_path, sqlite_url)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log with a brute force attack, a secret that leaks, and lines that cannot be read."""
    failed = {"action": "authentication_failed", "actor": {"ip": "203.0.113.66", "name": "root"}}
    leaked = {
        "action": "secret_detected",
        "service": "\x1b[31mred\u202e",
        "secretType": "東京" * 20,
    }
    records = [{**failed, "timestamp": _at(second)} for second in range(12)]
    records.append({**leaked, "timestamp": _at(60)})
    lines = [json.dumps(record) for record in records]
    lines[5:5] = ["no JSON \x1b[2J\u202e", '{"action": "no time"}']
    path = tmp_path / "audit.jsonl"
    path.write_text("\n".join(lines) + "\n")
    return path


def _at(second: int) -> str:
    return (_START + timedelta(seconds=second)).isoformat()
