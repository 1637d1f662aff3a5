"""Commits: found by what a person calls them, and what a revert has to know of one."""

from dataclasses import dataclass

from application.actions import ActionFailedError
from infrastructure.git.complaint import shown
from infrastructure.git.mirror import Mirror

SHORT = 12
_SUBJECT = 200
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit's full id, its parents, and the first line of its message."""

    id: str
    parents: tuple[str, ...]
    subject: str

    @property
    def short(self) -> str:
        """The same few digits in every repository, however many commits it has."""
        return self.id[:SHORT]


def commits_called(mirror: Mirror, digits: str) -> list[str]:
    """Give the commits whose ids begin so, of those that a branch or a tag holds.

    Only ids are looked at: a branch may have a name that looks like one.
    """
    found = mirror.git.do("rev-parse", f"--disambiguate={digits.lower()}")
    described = mirror.git.do("cat-file", "--batch-check=%(objecttype) %(objectname)", given=found)
    kinds = (line.split() for line in described.decode().splitlines())
    commits = [name for kind, name in kinds if kind == "commit"]
    return [each for each in commits if holders(mirror, each)]


def the_commit(mirror: Mirror, digits: str) -> Commit:
    """Give the one commit that is called so; raises ActionFailedError for none or several."""
    commits = commits_called(mirror, digits)
    if not commits:
        msg = f"{mirror.name} has no commit {digits} in any branch or tag"
        raise ActionFailedError(msg)
    if len(commits) > 1:
        msg = f"{digits} is ambiguous in {mirror.name}: {named(commits)}; write more of it"
        raise ActionFailedError(msg)
    parents, _, subject = _described(mirror, commits[0]).partition("\n")
    return Commit(commits[0], tuple(parents.split()), shown(subject, _SUBJECT))


def holders(mirror: Mirror, commit: str) -> list[str]:
    """Name some of the branches and tags that hold a commit."""
    told = mirror.git.do(
        "for-each-ref", f"--count={_MOST_NAMED}", f"--contains={commit}",
        "--format=%(refname:lstrip=2)", "refs/heads", "refs/tags",
    )  # fmt: skip
    return told.decode("utf-8", "replace").splitlines()


def is_in(mirror: Mirror, commit: str, line: str) -> bool:
    """Say whether a commit is part of the history of another."""
    return mirror.git.says("merge-base", "--is-ancestor", commit, line)


def named(names: list[str]) -> str:
    """List some names for a message."""
    rest = len(names) - _MOST_NAMED
    listed = ", ".join(shown(name) for name in names[:_MOST_NAMED])
    return f"{listed} and {rest} more" if rest > 0 else listed


def _described(mirror: Mirror, commit: str) -> str:
    told = mirror.git.do("log", "--max-count=1", "--no-show-signature", "--format=%P%n%s", commit)
    return told.decode("utf-8", "replace").removesuffix("\n")
