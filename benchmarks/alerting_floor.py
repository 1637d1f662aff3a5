"""The least that has to be done from a line in a file to a message at its receiver.

A process that waits for a line, parses it, makes one durable commit and one HTTP call: what
`benchmarks.alerting` measures Tocsin against.
"""

import json
import sqlite3
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import IO

from inotify_simple import INotify, flags

from benchmarks.alerting_receiver import PLACE


def main(log: str, database: str, port: str, body: str) -> None:
    """Follow a log until it says `stop`."""
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE signals (id INTEGER PRIMARY KEY, line BLOB NOT NULL)")
    template = Path(body).read_text()
    with Path(log).open("rb", buffering=0) as file, INotify() as changes:
        changes.add_watch(log, flags.MODIFY)
        print("ready", flush=True)
        for line in _lines(file, changes):
            mark = json.loads(line)["mark"]
            if mark == "stop":
                return
            connection.execute("INSERT INTO signals (line) VALUES (?)", (line,))
            _post(int(port), template.replace(PLACE, mark))


def _lines(file: IO[bytes], changes: INotify) -> Iterator[bytes]:
    while True:
        yield from file.read().splitlines()
        changes.read()


def _post(port: int, body: str) -> None:
    receiver = HTTPConnection("127.0.0.1", port)
    receiver.request("POST", "/floor", body.encode(), {"content-type": "application/json"})
    receiver.getresponse().read()
    receiver.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
