"""Knowing a file again, whatever its name is now, and finding what a file was rotated to."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from application.reading import Cursor, FileMark, Happening
from infrastructure.sources.files import OpenFile, identity_of
from infrastructure.sources.place import MARK_LENGTH, Place, digest
from infrastructure.sources.unreadable import SourceUnavailableError

_NUMBERED = re.compile(r"\.([0-9]{1,5})(?:\.gz)?")
_DATED = re.compile(r"[.-][0-9]{6,}\S*")


def recognised(file: OpenFile, marks: Iterable[FileMark]) -> FileMark | None:
    """Give the mark that says most about a file that begins as it was left; None for a new one."""
    head = file.part(0, MARK_LENGTH)
    fitting = [mark for mark in marks if _fits(file, head, mark)]
    return max(fitting, key=lambda mark: mark.read, default=None)


def resume(file: OpenFile, cursor: Cursor, mark: FileMark, path: str) -> Place:
    """Stand where a known file was left, and have it read from there."""
    head = file.part(0, mark.head_length)
    tail = file.part(mark.read - mark.tail_length, mark.tail_length)
    file.seek(mark.read)
    return Place.resuming(cursor, mark, path, (head, tail))


def unchanged(file: OpenFile, place: Place) -> bool:
    """Say whether the bytes before a place are still those that were read."""
    length = len(place.tail)
    return file.part(place.read - length, length) == place.tail


def last_mark(cursor: Cursor, path: str) -> FileMark | None:
    """Give the mark of what was last read under a name."""
    return next((mark for mark in reversed(cursor.files) if mark.path == path), None)


def beginning(file: OpenFile, cursor: Cursor, path: str) -> Happening:
    """Say why a file that is not known is read from its start."""
    mark = last_mark(cursor, path)
    if mark is None:
        return Happening("opened", path, cursor.position)
    shorter = not file.compressed and file.size < mark.read
    if shorter or digest(file.part(0, mark.head_length)) == mark.head:
        return Happening("truncated", path, cursor.position)
    return Happening("rotated", path, cursor.position)


def renamed(path: Path, mark: FileMark) -> OpenFile | None:
    """Find, beside a path, the file that was read under that name; the caller closes it."""
    for sibling in _siblings(path):
        file = _opened(sibling)
        if file is None:
            continue
        if _known(file, mark):
            return file
        file.close()
    return None


def rotated_since(path: Path, done: OpenFile, mark: FileMark | None) -> list[Path]:
    """List what was rotated away from a path after a file was, the oldest first.

    The file is found under its new name by what it is or, once compressed, by its mark.
    """
    siblings = _siblings(path)
    older = next((each for each in siblings if identity_of(each) == done.identity), None)
    if older is None and mark and (compressed := renamed(path, mark)):
        compressed.close()
        older = compressed.path
    if older is None:
        return []
    if numbered := _NUMBERED.fullmatch(_suffix(older, path)):
        return _numbered_below(path, siblings, int(numbered[1]))
    return _dated_after(path, siblings, older)


def _dated_after(path: Path, siblings: Sequence[Path], older: Path) -> list[Path]:
    times = {each: each.stat().st_mtime_ns for each in siblings}
    newer = [each for each in siblings if times[each] > times[older]]
    dated = [each for each in newer if _DATED.fullmatch(_suffix(each, path))]
    return sorted(dated, key=lambda each: times[each])


def _numbered_below(path: Path, siblings: Sequence[Path], limit: int) -> list[Path]:
    found: dict[int, Path] = {}
    for each in siblings:
        numbered = _NUMBERED.fullmatch(_suffix(each, path))
        if numbered and 0 < int(numbered[1]) < limit and each.stat().st_size:
            # While it is being compressed a file is there twice; the plain one comes first.
            found.setdefault(int(numbered[1]), each)
    return [found[number] for number in sorted(found, reverse=True)]


def _suffix(sibling: Path, path: Path) -> str:
    return sibling.name.removeprefix(path.name)


def _known(file: OpenFile, mark: FileMark) -> bool:
    try:
        return recognised(file, [mark]) is not None
    except SourceUnavailableError:
        return False


def _fits(file: OpenFile, head: bytes, mark: FileMark) -> bool:
    if digest(head[: mark.head_length]) != mark.head:
        return False
    tail = file.part(mark.read - mark.tail_length, mark.tail_length)
    if len(tail) != mark.tail_length or digest(tail) != mark.tail:
        return False
    # The beginning of a line is the same in many files; a whole line hardly ever is.
    is_whole = mark.read > mark.tail_length or b"\n" in tail
    return is_whole or file.part(mark.read, 1) in (b"", b"\n")


def _siblings(path: Path) -> Sequence[Path]:
    try:
        names = sorted(path.parent.iterdir())
    except OSError:
        return []
    prefixes = (f"{path.name}.", f"{path.name}-")
    return [each for each in names if each.name.startswith(prefixes) and each.is_file()]


def _opened(path: Path) -> OpenFile | None:
    try:
        return OpenFile(path)
    except SourceUnavailableError:
        return None
