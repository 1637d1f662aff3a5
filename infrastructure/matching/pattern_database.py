"""Builds a multi-pattern search database, and keeps it in a folder for the next start."""

import contextlib
import os
import tempfile
from collections.abc import Sequence
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import hyperscan

_Errors = (hyperscan.HyperscanError, ValueError, TypeError, OSError)
_VERSION = 1
_MOST_KEPT = 64


def pattern_database(
    expressions: Sequence[bytes], cache: Path | None = None
) -> tuple[hyperscan.Database, frozenset[int]]:
    """Give the database of some expressions, and the numbers of those it could not take.

    Building takes seconds for thousands of expressions, reading a kept one milliseconds. What is
    kept is named after everything that it depends on, so it is never out of date; one that cannot
    be read is built again, and a folder that cannot be written is done without.
    """
    kept = cache / _name(expressions) if cache else None
    if kept and (database := _read(kept)):
        return database, frozenset()
    try:
        database = _build(expressions, range(len(expressions)))
    except hyperscan.HyperscanError:
        return _build_possible(expressions)
    if kept:
        _write(kept, database)
    return database, frozenset()


def _name(expressions: Sequence[bytes]) -> str:
    digest = sha256(f"{_VERSION}\0{version('hyperscan')}\0".encode())
    for expression in expressions:
        digest.update(b"%d\0" % len(expression) + expression)
    return f"patterns-{digest.hexdigest()}.hs"


def _build(expressions: Sequence[bytes], numbers: Sequence[int]) -> hyperscan.Database:
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=[expressions[number] for number in numbers],
        ids=list(numbers),
        elements=len(numbers),
        flags=0,
    )
    return database


def _build_possible(
    expressions: Sequence[bytes],
) -> tuple[hyperscan.Database, frozenset[int]]:
    refused = set()
    for number in range(len(expressions)):
        try:
            _build(expressions, [number])
        except hyperscan.HyperscanError:
            refused.add(number)
    taken = [number for number in range(len(expressions)) if number not in refused]
    return _build(expressions, taken), frozenset(refused)


def _read(kept: Path) -> hyperscan.Database | None:
    try:
        content = kept.read_bytes()
        digest, packed = content[:32], content[32:]
        # The engine itself does not notice every flipped bit.
        if sha256(packed).digest() != digest:
            return None
        database = hyperscan.loadb(packed, hyperscan.HS_MODE_BLOCK)
        database.scratch = hyperscan.Scratch(database)
    except _Errors:
        return None
    return database


def _write(kept: Path, database: hyperscan.Database) -> None:
    packed = hyperscan.dumpb(database)
    with contextlib.suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=kept.parent, prefix=".patterns-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(sha256(packed).digest() + packed)
            Path(temporary).replace(kept)
            _prune(kept.parent)
        except OSError:
            Path(temporary).unlink(missing_ok=True)


def _prune(folder: Path) -> None:
    """Remove what was kept longest ago; somebody else may be removing it, too."""
    newest_first = sorted(folder.glob("patterns-*.hs"), key=_age)
    for kept in newest_first[_MOST_KEPT:]:
        kept.unlink(missing_ok=True)


def _age(kept: Path) -> float:
    try:
        return -kept.stat().st_mtime
    except FileNotFoundError:
        return 0.0
