"""The log read with the driver alone: a command that only reads needs no more."""

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from application.log import Record
from infrastructure.store.evolved import EVOLVED

_SQLITE = "sqlite:///"
_PATIENCE = 30.0
_COLUMNS = "originator_id, originator_version, topic, state"


class LogReader:
    """Reads the log at a URL; while there is none it finds nothing, and makes none."""

    def __init__(self, url: str) -> None:
        self._path = Path(unquote(url.removeprefix(_SQLITE))) if url.startswith(_SQLITE) else None
        self._url = url

    def head(self) -> int:
        """Give the newest record's position; 0 while there is none."""
        if self._path is not None:
            found = _ask_file(self._path, "SELECT MAX(position) FROM stored_events")
        else:
            found = _ask_server(self._url, "SELECT MAX(notification_id) FROM tocsin.stored_events")
        return int(found[0][0] or 0) if found else 0

    def at(self, positions: Sequence[int]) -> list[Record]:
        """Give the whole records at positions, oldest first; one that there is not is left out."""
        if self._path is not None:
            rows = _ask_file(
                self._path,
                f"SELECT position, {_COLUMNS} FROM stored_events "
                "WHERE position IN (SELECT value FROM json_each(?)) ORDER BY position",
                json.dumps(list(positions)),
            )
        else:
            rows = _ask_server(
                self._url,
                f"SELECT notification_id, {_COLUMNS} FROM tocsin.stored_events "
                "WHERE notification_id = ANY(%s) ORDER BY notification_id",
                list(positions),
            )
        return [
            Record(position, of, version, topic, _newest(topic, state))
            for position, of, version, topic, state in rows
        ]


def _newest(topic: str, state: bytes) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(state)
    if topic not in EVOLVED:
        return plain
    from infrastructure.store.mapper import evolved_types, upcast  # noqa: PLC0415 - rarely needed

    return upcast(evolved_types()[topic], plain)


def _ask_file(path: Path, question: str, *parameters: Any) -> list[Any]:
    if not path.exists():
        return []
    # Not read-only: beside a log that nobody has open, SQLite has to make its shared memory.
    with closing(sqlite3.connect(path, timeout=_PATIENCE)) as connection:
        known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'stored_events'")
        return connection.execute(question, parameters).fetchall() if known.fetchone() else []


def _ask_server(url: str, question: str, *parameters: Any) -> list[Any]:
    import psycopg  # noqa: PLC0415 - an optional extra

    with psycopg.connect(url, autocommit=True) as connection:
        known = connection.execute("SELECT to_regclass('tocsin.stored_events')").fetchone()
        if known is None or known[0] is None:
            return []
        return connection.execute(question.encode(), parameters).fetchall()
