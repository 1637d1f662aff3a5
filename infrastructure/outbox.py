"""The outbox: a folder of messages that wait to be sent, each a JSON file.

As in a maildir (https://cr.yp.to/proto/maildir.html), a message is written in `tmp` and moved to
`new`, so nobody ever reads half of one. Whoever sends it moves it on to `cur`, where it stays as
long as it may be asked for again.
"""

import os
from collections.abc import Mapping
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

    def _made(self, name: str) -> Path:
        folder = self._folder / name
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _MODE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
