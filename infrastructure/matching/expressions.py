r"""Weakens a regular expression to a short one over bytes that every match of it must contain.

The result is for a multi-pattern engine that searches cells laid one after the other, each
between NUL bytes. It uses nothing but bytes, classes of bytes, alternatives and small counts, so
that no difference between RE2's and the engine's dialects can lose a match: Unicode, case
folding, `^`, `$` and `\b` are all spelt out here or dropped.
"""

import re
import warnings
from dataclasses import dataclass
from importlib import import_module
from typing import Any

# The standard library's own parser; it has no public name since sre_parse was deprecated.
_parser: Any = import_module("re._parser")

STRONG = 3.0
_IN_NUMBERS = frozenset(b"0123456789.e+-")
_MOST_REPEATS = 16
_LARGEST = 100
_BOTH_CASES = 2
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT")
_CHARACTER = rb"(?:[\x01-\x7f]|[\xc2-\xf4][\x80-\xbf]{1,3})"
_ASCII = 128
# Written alike but meant otherwise by RE2 and by Python: posix classes, {,n}, octals.
_AMBIGUOUS = re.compile(r"\[:|\{,|\\[0-9]")
# The letters that fold to something outside ASCII: the Kelvin sign and the long s.
_FOLDS = {ord("k"): rb"\xe2\x84\xaa", ord("s"): rb"\xc5\xbf"}
_CATEGORIES = {
    "CATEGORY_DIGIT": frozenset(b"0123456789"),
    "CATEGORY_SPACE": frozenset(b"\t\n\v\f\r "),
    "CATEGORY_WORD": frozenset(b"0123456789_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"),
}


@dataclass(frozen=True, slots=True)
class Factor:
    """An expression over bytes, how many characters it pins down, and how many it has.

    `is_wordy`: that it pins down one that is in no number.
    """

    expression: bytes = b""
    strength: float = 0.0
    size: int = 1
    is_wordy: bool = False

    @property
    def raw(self) -> bytes | None:
        """The expression for undecoded JSON without escapes, where numbers are written freely."""
        expression = self.expression.removeprefix(START.expression)
        expression = expression.removesuffix(END.expression)
        ends = (len(self.expression) - len(expression)) // len(START.expression)
        is_strong = self.strength - ends * START.strength >= STRONG
        return expression if is_strong and self.is_wordy else None

    def then(self, other: "Factor") -> "Factor":
        """Put another factor right behind this one."""
        strength = self.strength + other.strength
        is_wordy = self.is_wordy or other.is_wordy
        expression = self.expression + other.expression
        return Factor(expression, strength, self.size + other.size, is_wordy)


_BREAK = None
Piece = Factor | None


def literal(text: str) -> Factor:
    """Make the factor of a text that must occur as it is."""
    raw = text.encode("utf-8", "surrogatepass")
    return Factor(
        b"".join(b"\\x%02x" % byte for byte in raw),
        float(len(raw)),
        len(raw),
        not _IN_NUMBERS.issuperset(raw),
    )


START = Factor(rb"\x00", 1.0)
END = START


def required_factor(pattern: str) -> Factor | None:
    """Give the strongest expression that each match of an RE2 pattern contains, if it is strong."""
    if _AMBIGUOUS.search(pattern):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            parsed = _parser.parse(pattern)
        pieces = _anchored(parsed, parsed.state.flags)
    except (re.error, Warning, ValueError, OverflowError, RecursionError):
        # Valid in RE2 all the same; it is only not searched for together with the others.
        return None
    best = _strongest(pieces)
    return best if best.strength >= STRONG else None


def _strongest(pieces: list[Piece]) -> Factor:
    best = run = Factor()
    for piece in pieces:
        if piece is None or run.size + piece.size > _LARGEST:
            run = Factor()
        run = run.then(piece) if piece is not None else run
        best = max(best, run, key=lambda factor: factor.strength)
    return best


def _pieces(items: Any, flags: int) -> list[Piece]:
    return [piece for operation, argument in items for piece in _item(operation, argument, flags)]


def _item(operation: Any, argument: Any, flags: int) -> list[Piece]:
    name = str(operation)
    if name in _REPEATS:
        return _repeat(argument, flags)
    if name == "SUBPATTERN":
        _, added, removed, inner = argument
        return _pieces(inner, (flags | added) & ~removed)
    if name == "BRANCH":
        return _branch(argument[1], flags)
    # Any other position, such as a word boundary, is simply not asked for.
    return [] if name == "AT" else [_single(name, argument, flags)]


def _single(name: str, argument: Any, flags: int) -> Factor:
    if name == "LITERAL":
        return _class({argument}, flags)
    if name == "IN":
        return _in(argument, flags)
    if name in ("ANY", "NOT_LITERAL"):
        return Factor(_CHARACTER)
    raise ValueError(name)


def _anchored(items: Any, flags: int) -> list[Piece]:
    # Only here do ^ and $ count: twice in a row, they would ask for two NUL bytes.
    start = [START] if _is_at(items, 0, flags, ("AT_BEGINNING", "AT_BEGINNING_STRING")) else []
    end = [END] if _is_at(items, -1, flags, ("AT_END",)) else []
    return [*start, *_pieces(items, flags), *end]


def _is_at(items: Any, place: int, flags: int, positions: tuple[str, ...]) -> bool:
    if not len(items):
        return False
    operation, argument = items[place]
    if str(operation) == "SUBPATTERN":
        _, added, removed, inner = argument
        return _is_at(inner, place, (flags | added) & ~removed, positions)
    # In multi-line mode they also hold at a newline.
    return str(operation) == "AT" and str(argument) in positions and not flags & re.MULTILINE


def _in(members: Any, flags: int) -> Factor:
    codes: set[int] = set()
    for operation, argument in members:
        name = str(operation)
        if name == "LITERAL":
            codes.add(argument)
        elif name == "RANGE" and argument[1] < _ASCII:
            codes.update(range(argument[0], argument[1] + 1))
        elif name == "CATEGORY" and str(argument) in _CATEGORIES:
            codes |= _CATEGORIES[str(argument)]
        else:
            return Factor(_CHARACTER)
    return _class(codes, flags)


def _class(codes: set[int], flags: int) -> Factor:
    if len(codes) == 1 and (code := min(codes)) >= _ASCII and not flags & re.IGNORECASE:
        return literal(chr(code))
    if 0 in codes or max(codes) >= _ASCII:
        return Factor(_CHARACTER)
    others: list[bytes] = []
    if flags & re.IGNORECASE:
        both = {ord(case) for code in codes for case in (chr(code).lower(), chr(code).upper())}
        others = [other for letter, other in _FOLDS.items() if letter in both]
        codes = both
    members = b"".join(b"\\x%02x" % code for code in sorted(codes))
    single = b"[" + members + b"]"
    expression = b"(?:" + b"|".join([single, *others]) + b")" if others else single
    strength = 1.0 if len(codes) <= _BOTH_CASES else max(0.1, 1.0 - len(codes) / 20)
    return Factor(expression, strength, is_wordy=_IN_NUMBERS.isdisjoint(codes))


def _repeat(argument: Any, flags: int) -> list[Piece]:
    least, most, inner = int(argument[0]), int(argument[1]), argument[2]
    pieces = _pieces(inner, flags)
    if _BREAK not in pieces:
        whole = _joined(pieces)
        if most <= _MOST_REPEATS and whole.size * most <= _LARGEST:
            counted = b"(?:%s){%d,%d}" % (whole.expression, least, most)
            is_wordy = whole.is_wordy and least > 0
            return [Factor(counted, whole.strength * least, whole.size * most, is_wordy)]
    if least == 0:
        return [_BREAK]
    return [*(pieces * min(least, _MOST_REPEATS)), _BREAK, *pieces]


def _branch(branches: Any, flags: int) -> list[Piece]:
    each = [_pieces(branch, flags) for branch in branches]
    broken = any(_BREAK in pieces for pieces in each)
    factors = [_strongest(pieces) if broken else _joined(pieces) for pieces in each]
    expression = b"(?:" + b"|".join(factor.expression for factor in factors) + b")"
    size = sum(factor.size for factor in factors)
    strength, is_wordy = min(f.strength for f in factors), all(f.is_wordy for f in factors)
    either = Factor(expression, strength, size, is_wordy)
    if not broken and size <= _LARGEST:
        return [either]
    # An alternative without anything to look for may match anywhere.
    return [_BREAK, either, _BREAK] if either.strength else [_BREAK]


def _joined(pieces: list[Piece]) -> Factor:
    whole = Factor()
    for piece in pieces:
        whole = whole.then(piece or Factor())
    return whole
