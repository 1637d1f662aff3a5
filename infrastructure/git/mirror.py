"""A mirror: a bare copy of a repository's branches and tags, fetched before each use."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from application.actions import ActionFailedError, Secrets
from infrastructure.git.address import Address
from infrastructure.git.configured import GitSettings
from infrastructure.git.lock import locked
from infrastructure.git.process import Git, GitFailedError

_HEAD = re.compile(rb"^ref: refs/heads/(\S+)\tHEAD$", re.MULTILINE)
_REFUSED = re.compile(r"authentication failed|could not read (username|password)|denied", re.I)
# Files are checked out and read byte by byte, whatever a repository's .gitattributes say.
_ATTRIBUTES = "* -text -ident -filter -working-tree-encoding\n"
_FETCHED = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")


@dataclass(frozen=True, slots=True)
class Mirror:
    """A repository's mirror. `configured` is its main line if the operator names it."""

    name: str
    git: Git
    configured: str | None

    @property
    def worktrees(self) -> Path:
        """The folder for working trees; only who holds the lock has one there."""
        return self.git.folder.parent / "worktrees"

    def fetch(self) -> None:
        """Bring the mirror up to its remote; raises ActionFailedError."""
        try:
            self.git.do(
                "fetch", "--quiet", "--prune", "--force", "--no-write-fetch-head",
                "--no-recurse-submodules", "--no-tags", "origin", *_FETCHED,
            )  # fmt: skip
        except GitFailedError as error:
            raise self._unreachable(error) from None

    def main(self) -> str:
        """Name the main line; raises ActionFailedError where there is none."""
        branch = self.configured or self._head()
        if branch is None:
            msg = f"the HEAD of {self.name} names no branch: say its `main` in actions.yaml"
            raise ActionFailedError(msg)
        return branch

    def tip(self, branch: str) -> str | None:
        """Give the last commit of a branch; None if there is no such branch."""
        return self._commit(f"refs/heads/{branch}")

    def tip_of(self, branch: str) -> str:
        """Give the last commit of a branch; raises ActionFailedError if there is no such branch."""
        tip = self.tip(branch)
        if tip is None:
            msg = f"{self.name} has no branch {branch}"
            raise ActionFailedError(msg)
        return tip

    def tips(self) -> list[str]:
        """Give what the branches and tags point to."""
        found = self.git.do("for-each-ref", "--format=%(objectname)", "refs/heads", "refs/tags")
        return sorted(set(found.decode().split()))

    def for_reading(self) -> "Mirror":
        """Give the same for use without the lock: what was fetched stays there."""
        return replace(self, git=replace(self.git, kept=None))

    def _commit(self, reference: str) -> str | None:
        answer = self.git.ask("rev-parse", "--verify", "--quiet", f"{reference}^{{commit}}")
        return answer.out.decode().strip() or None

    def _head(self) -> str | None:
        try:
            told = self.git.do("ls-remote", "--symref", "origin", "HEAD")
        except GitFailedError as error:
            raise self._unreachable(error) from None
        found = _HEAD.search(told)
        return found[1].decode("utf-8", "replace") if found else None

    def _unreachable(self, error: GitFailedError) -> ActionFailedError:
        msg = f"the repository {self.name} cannot be read: {error}"
        return ActionFailedError(msg, passing=_REFUSED.search(str(error)) is None)


@dataclass(frozen=True, slots=True)
class Mirrors:
    """The mirrors of the configured repositories, for one call of an action."""

    settings: GitSettings
    secrets: Secrets
    seconds_left: Callable[[], float]

    @contextmanager
    def fetched(self, name: str) -> Iterator[Mirror]:
        """Give a repository's mirror, up to date, to one worker at a time."""
        repository = self.settings.repositories[name]
        address = Address.of(repository.place, self.secrets)
        # Another address under the same name is another repository.
        digest = sha256(repository.place.encode()).hexdigest()[:12]
        folder = self.settings.mirrors.resolve() / f"{name}-{digest}"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            msg = f"the folder {folder} cannot be made: {error.strerror}"
            raise ActionFailedError(msg) from None
        with locked(folder / "lock", self.seconds_left) as held:
            git = Git(folder, self.seconds_left, address, held)
            _prepare(git)
            at = folder / "git"
            mirror = Mirror(name, git.at(at, GIT_DIR=str(at)), repository.main)
            mirror.fetch()
            yield mirror


def _prepare(git: Git) -> None:
    """Make the mirror if it is not there, and clear what a killed worker left behind."""
    mirror, fresh = git.folder / "git", git.folder / "new"
    shutil.rmtree(git.folder / "worktrees", ignore_errors=True)
    if not mirror.is_dir():
        shutil.rmtree(fresh, ignore_errors=True)
        git.do("init", "--quiet", "--bare", "--template=", fresh.name)
        (fresh / "info").mkdir()
        (fresh / "info" / "attributes").write_text(_ATTRIBUTES, "utf-8")
        fresh.rename(mirror)
    shutil.rmtree(mirror / "worktrees", ignore_errors=True)
    for stale in (*mirror.glob("*.lock"), *mirror.glob("refs/**/*.lock")):
        stale.unlink(missing_ok=True)
