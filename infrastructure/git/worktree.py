"""A working tree of its own, in which a commit is reverted."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from application.actions import ActionFailedError
from infrastructure.git.commits import Commit, named
from infrastructure.git.mirror import Mirror
from infrastructure.git.process import Git


@contextmanager
def worktree(mirror: Mirror, tip: str, author: Mapping[str, str]) -> Iterator[Git]:
    """Check a commit out where nobody else works, and remove all of it afterwards."""
    mirror.worktrees.mkdir(exist_ok=True)
    folder = Path(mkdtemp(dir=mirror.worktrees))
    try:
        mirror.git.do("worktree", "add", "--quiet", "--detach", str(folder), tip)
        yield mirror.git.at(folder, **author)
    finally:
        # Not by git: it may be the end of its time that ends the work.
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(mirror.git.folder / "worktrees", ignore_errors=True)


def committed_revert(git: Git, commit: Commit, message: bytes) -> str | None:
    """Revert a commit and give the new one; None if nothing of its effect is left.

    A merge is undone towards its first parent. Raises ActionFailedError for a conflict.
    """
    mainline = ("--mainline=1",) if len(commit.parents) > 1 else ()
    tried = git.ask("revert", "--no-commit", "--no-edit", *mainline, commit.id)
    if tried.status:
        raise ActionFailedError(_conflict(git, commit) or f"git revert failed: {tried.complaint}")
    if git.says("diff", "--cached", "--quiet", "--no-ext-diff"):
        return None
    git.do("commit", "--quiet", "--no-verify", "--cleanup=verbatim", "--file=-", given=message)
    return git.do("rev-parse", "--verify", "HEAD").decode().strip()


def _conflict(git: Git, commit: Commit) -> str | None:
    told = git.do("diff", "--name-only", "--diff-filter=U", "-z")
    files = [each for each in told.decode("utf-8", "replace").split("\0") if each]
    if not files:
        return None
    return f"{commit.short} cannot be reverted: later changes conflict with it in {named(files)}"
