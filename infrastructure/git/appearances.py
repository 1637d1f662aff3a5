"""Where contents appeared in a repository's history, and which are in a commit."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from infrastructure.git.process import Git

_BLOCK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Appearance:
    """A commit put a content under a path."""

    commit: str
    path: str
    blob: str


def appearances(git: Git, tips: list[str]) -> Iterator[Appearance]:
    """Walk through the history of some tips, the oldest first, parents before children.

    A merge is compared with each of its parents, so that what only the merge itself brought is
    found, too; what it took over has appeared before.
    """
    given = "".join(f"{tip}\n" for tip in tips).encode()
    commits = git.do("rev-list", "--date-order", "--reverse", "--stdin", given=given)
    with git.stream(
        "diff-tree", "--stdin", "-r", "-m", "--root", "-z", "--raw", "--no-abbrev", "--no-renames",
        "--no-ext-diff", given=commits,
    ) as told:  # fmt: skip
        commit = ""
        fields = _fields(told)
        for each in fields:
            if each.startswith(b":"):
                blob = each.split(b" ")[3].decode()
                yield Appearance(commit, path_text(next(fields, b"")), blob)
            else:
                commit = each.decode()


def contents(git: Git, commit: str) -> dict[str, str]:
    """Give the blobs of a commit by their paths."""
    told = git.do("ls-tree", "-r", "-z", "--full-tree", commit)
    entries = (each.partition(b"\t") for each in told.split(b"\0") if each)
    return {path_text(path): meta.split(b" ")[2].decode() for meta, _, path in entries}


def path_text(path: bytes) -> str:
    """Give a path as text: git keeps bytes, which need not be UTF-8."""
    return path.decode("utf-8", "replace")


def _fields(told: IO[bytes]) -> Iterator[bytes]:
    rest = b""
    while block := told.read(_BLOCK):
        *whole, rest = (rest + block).split(b"\0")
        yield from whole
