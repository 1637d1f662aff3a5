"""The outbox: a folder of messages that wait to be sent, each a JSON file.

As in a maildir (https://cr.yp.to/proto/maildir.html), a message is written in `tmp` and moved to
`new`, so nobody ever reads half of one. Whoever sends it moves it on to `cur`, where it stays as
long as it may be asked for again.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson

from infrastructure.durable import sync_folder

_MODE = 0o600


class Outbox:
    """Keeps each message once, by its id, through every crash."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, message_id: str, message: Mapping[str, Any]) -> None:
        """Keep a message, unless one with its id is there or was sent; raises OSError."""
        new, current, beginnings = (self._made(each) for each in ("new", "cur", "tmp"))
        name = f"{message_id}.json"
        if (new / name).exists() or (current / name).exists():
            return
        beginning = beginnings / f"{name}.{os.getpid()}"
        _write(beginning, orjson.dumps(message, option=orjson.OPT_INDENT_2) + b"\n")
        beginning.replace(new / name)
        sync_folder(new)

    def waiting(self, limit: int) -> Iterator[tuple[str, Any]]:
        """Give at most so many messages that nobody has taken, with their ids, the oldest first."""
        try:
            found = sorted((self._folder / "new").glob("*.json"), key=_written_at)[:limit]
        except OSError:
            return
        for path in found:
            try:
                content = orjson.loads(path.read_bytes())
            except orjson.JSONDecodeError:
                content = None
            except OSError:
                # Somebody else has just taken it.
                continue
            yield path.stem, content

    def taken(self, message_id: str) -> None:
        """Keep a message as one that was taken; twice is as good as once."""
        self._move(message_id, "cur")

    def spoilt(self, message_id: str) -> None:
        """Put a message aside that nobody can read; it stays, in the folder `bad`."""
        self._move(message_id, "bad")

    def _move(self, message_id: str, to: str) -> None:
        name = f"{message_id}.json"
        with suppress(FileNotFoundError):
            (self._folder / "new" / name).replace(self._made(to) / name)

    def _made(self, name: str) -> Path:
        folder = self._folder / name
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder


def _written_at(path: Path) -> tuple[float, str]:
    try:
        return path.stat().st_mtime, path.name
    except OSError:
        return 0.0, path.name


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _MODE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
