"""The contents that a repository has ever held, each once."""

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from typing import IO

from infrastructure.git.process import Git, GitFailedError

# Bytes; of what is larger, only so much is read.
LARGEST = 16 * 1024 * 1024
_BY_SIZE = "--batch-check=%(objectsize) %(objectname)"


@dataclass(frozen=True, slots=True)
class Blob:
    """A content by its id; `is_cut` if it is only the beginning."""

    id: str
    content: bytes
    is_cut: bool = False


def blobs(git: Git, tips: list[str]) -> Generator[Blob, None, None]:
    """Read every content that the history of some tips holds."""
    listed = git.do(
        "rev-list", "--objects", "--no-object-names", "--filter=object:type=blob",
        "--filter-provided-objects", "--stdin", given=_lines(tips),
    )  # fmt: skip
    sized = (each.split() for each in git.do("cat-file", _BY_SIZE, given=listed).splitlines())
    small: list[str] = []
    large: list[str] = []
    for size, named in sized:
        (small if size.isdigit() and int(size) <= LARGEST else large).append(named.decode())
    with closing(_small(git, small)) as each:
        yield from each
    for name in large:
        yield _beginning(git, name)


def _small(git: Git, names: list[str]) -> Generator[Blob, None, None]:
    if not names:
        return
    with git.stream("cat-file", "--batch", "--buffer", given=_lines(names)) as told:
        for name in names:
            content = _next(told)
            if content is None:
                break
            yield Blob(name, content)


def _next(told: IO[bytes]) -> bytes | None:
    """Read `<id> blob <size>`, the content, and a newline; None where the output is cut short."""
    header = told.readline().split()
    if not header:
        return None
    if len(header) != len((b"id", b"kind", b"size")):
        msg = f"the mirror is damaged: {header[0].decode('ascii', 'replace')} is missing"
        raise GitFailedError(msg)
    size = int(header[2])
    content = told.read(size + 1)
    return content[:size] if len(content) > size else None


def _beginning(git: Git, name: str) -> Blob:
    with git.stream("cat-file", "blob", name, given=b"") as told:
        return Blob(name, told.read(LARGEST), is_cut=True)


def _lines(names: list[str]) -> bytes:
    return "".join(f"{name}\n" for name in names).encode()
