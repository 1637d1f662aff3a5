"""The installed `tocsin` command, run as a user runs it."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROGRAM = Path(sys.executable).with_name("tocsin")
_PATIENCE = 120


@dataclass(frozen=True)
class Finished:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed, as JSON."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Command:
    """Runs commands in a folder, on a database; `environment` adds to what they are told."""

    folder: Path
    database: str

    def environment(self, **more: str) -> dict[str, str]:
        """Give what a command is told by its environment, and nothing of the test's own."""
        return {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(self.folder / "home"),
            "LANG": "C.UTF-8",
            "TOCSIN_DATABASE": self.database,
            "TOCSIN_USER": "tester",
            "COLUMNS": "80",
            **more,
        }

    def run(
        self,
        *arguments: str | bytes | Path,
        given: str = "",
        env: Mapping[str, str] | None = None,
    ) -> Finished:
        """Run a command to its end."""
        ended = subprocess.run(
            [PROGRAM, *arguments], cwd=self.folder, env=self.environment(**(env or {})),
            input=given.encode(), capture_output=True, timeout=_PATIENCE, check=False,
        )  # fmt: skip
        out, err = ended.stdout.decode(), ended.stderr.decode()
        assert "Traceback" not in out + err, err
        return Finished(ended.returncode, out, err)

    def ok(self, *arguments: str | bytes | Path, given: str = "") -> Finished:
        """Run a command that has to succeed, without a word of complaint."""
        finished = self.run(*arguments, given=given)
        assert (finished.status, finished.err) == (0, ""), finished
        return finished
