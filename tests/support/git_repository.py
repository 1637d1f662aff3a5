"""Real repositories for tests: a bare one, as a server has it, and a clone in which people work."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from application.actions import HttpAnswer, HttpRequest, Surroundings, UnreachableError
from infrastructure.secrets import EnvironmentSecrets

_ENVIRONMENT = {
    "PATH": os.environ.get("PATH", ""),
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": "ana",
    "GIT_AUTHOR_EMAIL": "ana@example.com",
    "GIT_COMMITTER_NAME": "ana",
    "GIT_COMMITTER_EMAIL": "ana@example.com",
}


class NoOutgoing:
    """Sends nothing."""

    def send(self, request: HttpRequest) -> HttpAnswer:
        raise UnreachableError(request.url)


def surroundings(**secrets: str) -> Surroundings:
    """Give what actions share, with some secrets."""
    return Surroundings(EnvironmentSecrets(secrets), NoOutgoing())


def git(folder: Path, *arguments: str | bytes, given: bytes = b"") -> str:
    """Run git, which has to succeed, and give its output."""
    ended = subprocess.run(
        ["git", *arguments], cwd=folder, env=_ENVIRONMENT, input=given, capture_output=True,
        check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr.decode("utf-8", "replace")
    return ended.stdout.decode("utf-8", "replace").rstrip("\n")


class GitRepository:
    """A bare repository `<name>.git`, and a clone of it that pushes what it commits."""

    def __init__(self, folder: Path, name: str = "app", main: str = "main") -> None:
        self.name = name
        self.bare = folder / f"{name}.git"
        self.clone = folder / f"{name}-clone"
        git(folder, "init", "-q", "--bare", f"--initial-branch={main}", str(self.bare))
        git(folder, "init", "-q", f"--initial-branch={main}", str(self.clone))
        git(self.clone, "remote", "add", "origin", str(self.bare))

    def settings(self, **more: Any) -> dict[str, Any]:
        """Give how `actions.yaml` names it."""
        return {self.name: {"path": str(self.bare), **more}}

    def write(self, files: Mapping[str, str | bytes | None]) -> None:
        """Write files in the clone; None removes one."""
        for name, content in files.items():
            path = self.clone / name
            if content is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def commit(self, files: Mapping[str, str | bytes | None], message: str = "a change") -> str:
        """Commit files in the clone, push everything, and give the commit."""
        self.write(files)
        git(self.clone, "add", "--all")
        git(self.clone, "commit", "-q", "--allow-empty", "-m", message)
        self.push()
        return git(self.clone, "rev-parse", "HEAD")

    def push(self, *more: str) -> None:
        """Push all branches and tags of the clone."""
        git(
            self.clone,
            "push",
            "-q",
            "--follow-tags",
            *more,
            "origin",
            "refs/heads/*",
            "refs/tags/*",
        )

    def refs(self) -> list[str]:
        """List what the branches and tags of the bare repository are."""
        return git(self.bare, "for-each-ref", "--format=%(refname) %(objectname)").splitlines()

    def content(self, reference: str, path: str) -> str:
        """Give a file of the bare repository."""
        return git(self.bare, "cat-file", "blob", f"{reference}:{path}")

    def files(self, reference: str) -> list[str]:
        """List the files of a commit of the bare repository."""
        return git(self.bare, "ls-tree", "-r", "-z", "--name-only", reference).split("\0")[:-1]

    def message(self, reference: str) -> str:
        """Give the message of a commit of the bare repository."""
        return git(self.bare, "log", "-1", "--format=%B", reference)

    def hook(self, name: str, script: str) -> None:
        """Make the bare repository run a script at a push."""
        path = self.bare / "hooks" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        path.chmod(0o755)
