"""Where the log ends, asked with the driver alone: a command that only reads needs no more."""

import sqlite3
from pathlib import Path
from urllib.parse import unquote

_SQLITE = "sqlite:///"
_PATIENCE = 30.0


class LogHead:
    """The end of the log at a URL; it stands at 0 while there is no log, and makes none."""

    def __init__(self, url: str) -> None:
        self._url = url

    def head(self) -> int:
        """Give the newest record's position; 0 while there is none."""
        if self._url.startswith(_SQLITE):
            return _of_file(Path(unquote(self._url.removeprefix(_SQLITE))))
        return _of_server(self._url)


def _of_file(path: Path) -> int:
    if not path.exists():
        return 0
    # Not read-only: beside a log that nobody has open, SQLite has to make its shared memory.
    connection = sqlite3.connect(path, timeout=_PATIENCE)
    try:
        known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'stored_events'")
        if known.fetchone() is None:
            return 0
        found = connection.execute("SELECT MAX(position) FROM stored_events").fetchone()
        return int(found[0] or 0)
    finally:
        connection.close()


def _of_server(url: str) -> int:
    import psycopg  # noqa: PLC0415 - an optional extra

    with psycopg.connect(url, autocommit=True) as connection:
        known = connection.execute("SELECT to_regclass('tocsin.stored_events')").fetchone()
        if known is None or known[0] is None:
            return 0
        found = connection.execute("SELECT MAX(notification_id) FROM tocsin.stored_events")
        row = found.fetchone()
        return int(row[0] or 0) if row else 0
