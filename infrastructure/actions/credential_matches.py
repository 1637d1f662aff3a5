"""Matches of a pattern in a content, told without showing what matched."""

import re
import string
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice

from domain.detection.condition import compiled_regex

MARK = "[redacted]"
_SHOWN, _SHOWN_FROM = 4, 16
_AROUND = 80
_FINGERPRINT = 16
# What a token is written with: beside a match it may be the rest of the secret.
_BEFORE = (string.ascii_letters + string.digits + "+-./_~").encode() + bytes(range(128, 256))
_AFTER = re.compile(b"[%b]*" % re.escape(_BEFORE + b"="))
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_BINARY_WITHIN = 8_000  # bytes, as git decides it


@dataclass(frozen=True, slots=True)
class Match:
    """A match: the digest of its text, which time it is in this content, and where it begins."""

    fingerprint: str
    occurrence: int
    line: int
    excerpt: str


@dataclass(slots=True)
class _Span:
    start: int
    end: int
    mark: str


class Texts:
    """Knows what matched, so that it can be taken out wherever else it stands."""

    def __init__(self) -> None:
        self._known: dict[int, set[str]] = {}

    def add(self, text: str) -> None:
        self._known.setdefault(len(text), set()).add(text)

    def removed(self, text: str) -> str:
        """Put a mark wherever a text that matched stands, the longest first."""
        return MARK.join(map(self._removed, text.split(MARK)))

    def _removed(self, text: str) -> str:
        pieces = [text]
        for length in sorted(self._known, reverse=True):
            known = self._known[length]
            pieces = [part for piece in pieces for part in _split(piece, length, known)]
        return MARK.join(pieces)


def searchable(content: bytes) -> bytes | None:
    """Give a content as text of UTF-8 with plain line ends; None if it is binary."""
    if content.startswith(_UTF_16):
        content = content.decode("utf-16", "replace").encode("utf-8", "replace")
    elif b"\0" in content[:_BINARY_WITHIN]:
        return None
    return content.replace(b"\r\n", b"\n")


class Search:
    """Finds a pattern: `^` and `$` stand for the ends of a line, empty matches are passed over.

    `check_time` is called between matches, and may raise. `texts` gets to know what matched.
    """

    def __init__(self, pattern: str, check_time: Callable[[], object]) -> None:
        self._pattern = compiled_regex(f"(?m){pattern}")
        self._check_time = check_time
        self.texts = Texts()

    def matches(self, content: bytes, most: int) -> list[Match]:
        """Give the first matches in a content."""
        # So many more may stand in the last excerpt.
        found = list(islice(self._found(content), most + _AROUND))
        spans = _spans(content, found)
        starts = [span.start for span in spans]
        seen: Counter[str] = Counter()
        told, line, counted = [], 1, 0
        for start, end in found[:most]:
            line += content.count(b"\n", counted, start)
            counted = start
            self.texts.add(content[start:end].decode("utf-8", "replace"))
            fingerprint = sha256(content[start:end]).hexdigest()[:_FINGERPRINT]
            excerpt = _excerpt(content, spans, bisect_right(starts, start) - 1)
            told.append(Match(fingerprint, seen[fingerprint], line, excerpt))
            seen[fingerprint] += 1
        return told

    def _found(self, content: bytes) -> Iterator[tuple[int, int]]:
        for each in self._pattern.finditer(content):
            self._check_time()
            start, end = each.span()
            if end > start:
                yield start, end


def _spans(content: bytes, found: list[tuple[int, int]]) -> list[_Span]:
    """Give what to redact: each match with the word around it, those that touch as one."""
    spans: list[_Span] = []
    for start, end in found:
        last = spans[-1].end if spans else 0
        if spans and end <= last:
            continue
        after = _after(content, end)
        if spans and start <= last:
            spans[-1].end = after
        else:
            before = _before(content, last, start)
            spans.append(_Span(before, after, _mark(content[start:end])))
    return spans


def _after(content: bytes, end: int) -> int:
    found = _AFTER.match(content, end)
    return found.end() if found else end


def _before(content: bytes, floor: int, start: int) -> int:
    piece = content[max(floor, start - 4096) : start]
    return start - len(piece) + len(piece.rstrip(_BEFORE))


def _mark(text: bytes) -> str:
    shown = text.decode("utf-8", "replace")
    beginning = shown[:_SHOWN] if len(shown) >= _SHOWN_FROM else ""
    return f"{beginning}{MARK}" if beginning.isprintable() else MARK


def _excerpt(content: bytes, spans: list[_Span], at: int) -> str:
    """Give the surroundings of a span on its line, with every span redacted."""
    start, end = spans[at].start, spans[at].end
    begin = max(0, start - _AROUND, content.rfind(b"\n", max(0, start - _AROUND), start) + 1)
    stop = content.find(b"\n", end, end + _AROUND)
    stop = min(len(content), end + _AROUND) if stop < 0 else stop
    while at > 0 and spans[at - 1].end > begin:
        at -= 1
    pieces = []
    while at < len(spans) and spans[at].start < stop:
        span = spans[at]
        pieces += [content[begin : max(begin, span.start)].decode("utf-8", "replace"), span.mark]
        begin, at = span.end, at + 1
    pieces.append(content[begin : max(begin, stop)].decode("utf-8", "replace"))
    return "".join(pieces).strip()


def _split(text: str, length: int, known: set[str]) -> Iterator[str]:
    """Give what is left of a text between the known texts of one length."""
    begin = at = 0
    while at + length <= len(text):
        if text[at : at + length] in known:
            yield text[begin:at]
            begin = at = at + length
        else:
            at += 1
    yield text[begin:]
