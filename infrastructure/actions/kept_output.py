"""What is kept of a program's output: so much and no more, and no half of a secret."""

from collections.abc import Callable

# Longer than any secret: this much of what stands at the cut is left out, as it may be the half
# of a secret, which nobody would recognize.
_MARGIN = 4096


class KeptOutput:
    """The beginning of a stream or, with `last`, its end, up to a limit in bytes."""

    def __init__(self, limit: int, *, last: bool = False) -> None:
        self._limit = limit
        self._last = last
        self._kept = bytearray()
        self._total = 0

    def add(self, chunk: bytes) -> None:
        """Keep of a chunk what there is room for."""
        room = 2 * (self._limit + _MARGIN)  # as redacting makes it shorter
        self._total += len(chunk)
        if self._last:
            self._kept += chunk
            if len(self._kept) > 2 * room:
                del self._kept[:-room]
        else:
            self._kept += chunk[: max(0, room - len(self._kept))]

    @property
    def is_cut(self) -> bool:
        """Whether there was more than the limit."""
        return self._total > self._limit

    @property
    def whole(self) -> bytes | None:
        """All that was written, if there was no more than the limit."""
        return None if self.is_cut else bytes(self._kept)

    def text(self, redacted: Callable[[str], str]) -> str:
        """Give it as text without secrets; bytes that are no UTF-8 are written in hex."""
        text = redacted(self._kept.decode("utf-8", "backslashreplace"))
        if not self.is_cut:
            return text
        has_loose_end = self._total > len(self._kept)
        sound = max(0, len(text) - _MARGIN) if has_loose_end else len(text)
        length = min(self._limit, sound)
        return text[len(text) - length :] if self._last else text[:length]
