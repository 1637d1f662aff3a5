"""Reverting a commit in a repository, up to the push, however often others push meanwhile."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from application.actions import ActionFailedError, OutcomeUnknownError
from infrastructure.git.commits import Commit, holders, is_in, named
from infrastructure.git.mirror import Mirror
from infrastructure.git.push import UnclearPushError, lost_race
from infrastructure.git.standing_revert import standing_revert
from infrastructure.git.worktree import committed_revert, worktree

_TRIES = 5


@dataclass(frozen=True, slots=True)
class Target:
    """Where reverts go: to the main line, or each to a branch named `prefix` and the commit."""

    push: Literal["branch", "main"]
    prefix: str
    author: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Task:
    """What to revert, for which attempt, and what the new commit says."""

    commit: Commit
    key: str
    message: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """The revert and the branch that has it; no commit if the effect was gone without one.

    `pushed` if this attempt pushed it, be it before a crash; `already` if it was found.
    """

    revert_commit: str | None
    branch: str
    pushed: bool
    already: bool


class Reverting:
    """Reverts one commit. Who calls it holds the mirror's lock, and has just fetched."""

    def __init__(self, mirror: Mirror, target: Target, task: Task) -> None:
        self._mirror = mirror
        self._task = task
        self._main = mirror.main()
        self._author = target.author
        is_direct = target.push == "main"
        self._branch = self._main if is_direct else f"{target.prefix}{task.commit.short}"

    def outcome(self) -> Outcome:
        """Revert and push; raises ActionFailedError or OutcomeUnknownError."""
        lost: str | None = None
        for attempt in range(_TRIES):
            if attempt:
                self._mirror.fetch()
            if found := self._found():
                return found
            self._check()
            made = self._made()
            if made is None:
                return Outcome(None, self._main, pushed=False, already=True)
            try:
                lost = lost_race(self._mirror, made, self._branch)
            except UnclearPushError as unclear:
                return self._settled(str(unclear))
            if lost is None:
                return Outcome(made, self._branch, pushed=True, already=False)
        msg = f"the push to {self._branch} of {self._mirror.name} lost {_TRIES} races: {lost}"
        raise ActionFailedError(msg, passing=True)

    def _found(self) -> Outcome | None:
        main = self._mirror.tip_of(self._main)
        branch = self._mirror.tip(self._branch)
        tips = [main, branch] if branch else [main]
        found = standing_revert(self._mirror, self._task.commit.id, tips, self._task.key)
        if found is None:
            return None
        where = self._main if is_in(self._mirror, found.commit, main) else self._branch
        return Outcome(found.commit, where, pushed=found.is_own, already=True)

    def _check(self) -> None:
        """Refuse what could only go wrong."""
        mirror, commit = self._mirror, self._task.commit
        main = mirror.tip_of(self._main)
        if not is_in(mirror, commit.id, main):
            where = named(holders(mirror, commit.id))
            msg = f"{commit.short} is not in {self._main} of {mirror.name}, only in {where}"
            raise ActionFailedError(msg)
        branch = mirror.tip(self._branch)
        if branch is not None and not is_in(mirror, branch, main):
            msg = f"{mirror.name} has a branch {self._branch} that does not revert {commit.short}"
            raise ActionFailedError(msg)

    def _made(self) -> str | None:
        with worktree(self._mirror, self._mirror.tip_of(self._main), self._author) as git:
            return committed_revert(git, self._task.commit, self._task.message)

    def _settled(self, complaint: str) -> Outcome:
        """Ask the remote what became of a push whose connection broke."""
        try:
            self._mirror.fetch()
            found = self._found()
        except ActionFailedError as error:
            msg = f"the push to {self._branch} broke off: {complaint}; {error}"
            raise OutcomeUnknownError(msg) from None
        if found and found.pushed:
            return found
        msg = f"the push to {self._branch} of {self._mirror.name} failed: {complaint}"
        raise ActionFailedError(msg, passing=True)
