"""What fits into text messages: the GSM 7-bit alphabet where possible, and else UCS-2.

A message of 160 characters of that alphabet (3GPP TS 23.038) is one segment, and each segment is
paid for; a single character outside of it makes that 70.
"""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from infrastructure.channels.foreign import cut, units

_ALPHABET = frozenset(
    "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# These take the room of two.
_EXTENSION = frozenset("^{}\\[~]|€")
_KNOWN = _ALPHABET | _EXTENSION
# The very characters that look like others are the ones that others are written for.
_SUBSTITUTES = {
    "‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',  # noqa: RUF001
    "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "•": "-", "·": "-", "…": "...",  # noqa: RUF001
    "`": "'", "×": "x", "→": "->", "←": "<-", "⁄": "/", "ı": "i", "Œ": "OE", "œ": "oe",  # noqa: RUF001
    "Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "Þ": "Th", "þ": "th", "ð": "d",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Alphabet:
    """How much one segment holds, and each of several, and what a text takes of that.

    One unit less than each of several holds: none of them may end between two that belong together.
    """

    alone: int
    of_several: int
    size: Callable[[str], int]
    ending: str

    def room(self, segments: int) -> int:
        """Say how much so many segments hold."""
        return self.alone if segments == 1 else self.of_several * segments


def _septets(text: str) -> int:
    return len(text) + sum(character in _EXTENSION for character in text)


GSM7 = Alphabet(160, 152, _septets, "...")
UCS2 = Alphabet(70, 66, units, "…")


def transliterated(text: str) -> str | None:
    """Write a text in the GSM alphabet; None if it holds letters that would be lost.

    Accents may go, and so may symbols that are no letters or numbers.
    """
    written = list(_written(text))
    return None if None in written else "".join(each or "" for each in written)


def composed(begins: str, endings: Sequence[str], segments: int) -> str:
    """Put a text and an ending into so many segments; if it is too long, the beginning is cut.

    Of the endings it is the first that leaves half of the room, and else the last.
    """
    plain = [transliterated(each) for each in (begins, *endings)]
    alphabet = UCS2 if None in plain else GSM7
    written = (begins, *endings) if alphabet is UCS2 else [each or "" for each in plain]
    head, *tails = written
    room = alphabet.room(segments)
    tail = next((each for each in tails if alphabet.size(each) * 2 <= room), tails[-1])
    whole = cut(head, max(0, room - alphabet.size(tail)), alphabet.size, alphabet.ending) + tail
    return cut(whole, room, alphabet.size, alphabet.ending)


def _written(text: str) -> Iterator[str | None]:
    for character in unicodedata.normalize("NFC", text):
        if character in _KNOWN:
            yield character
            continue
        for part in unicodedata.normalize("NFKD", character):
            substitute = _SUBSTITUTES.get(part, part)
            if _KNOWN.issuperset(substitute):
                yield substitute
            elif unicodedata.category(part)[0] in "LN":
                yield None
