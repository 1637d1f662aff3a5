"""Chooses what searches for many expressions at once: Hyperscan, or RE2 where there is none."""

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from infrastructure.matching.pattern_set import PatternSet

# Not for every Python is there a version that misses no match.
HAS_HYPERSCAN = find_spec("hyperscan") is not None
if HAS_HYPERSCAN:
    from infrastructure.matching.pattern_database import pattern_database


class PatternEngine(Protocol):
    """Searches a block of bytes for the expressions that it was made of."""

    def scan(self, block: bytes, match_event_handler: Callable[..., Any]) -> None:
        """Call a function with (number of an expression, start, end, flags, context) for each."""
        ...


def pattern_engine(
    expressions: Sequence[bytes], separator: bytes, cache: Path | None = None
) -> tuple[PatternEngine, frozenset[int]]:
    """Give what finds some expressions, and the numbers of those that it could not take.

    No match needs to be found that goes beyond what lies between two separators and these.
    """
    if HAS_HYPERSCAN:
        return pattern_database(expressions, cache)
    patterns = PatternSet(expressions, separator)
    return patterns, patterns.refused
