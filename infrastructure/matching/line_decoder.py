"""Decodes lines into records of a type: all lines in one call, where it is sure which is which."""

from collections.abc import Sequence
from typing import Any

import msgspec

from infrastructure.lines import Lines

NO_RECORD = (msgspec.MsgspecError, ValueError, RecursionError)
"""What the engine raises for a line that is no record of the type."""

_MOST_FAILURES = 6


class LineDecoder:
    """Decodes lines of which some may not be records of the type."""

    def __init__(self, kind: Any) -> None:
        decoder = msgspec.json.Decoder(kind)
        self.one, self._all = decoder.decode, decoder.decode_lines
        self._pause, self._failures = 0, 0

    def all(self, lines: Sequence[bytes], *, apart: bool) -> list[Any] | None:
        """Give the record of each line; None where lines have to be decoded one by one.

        `apart`: on no line does one object begin behind another. To the engine a newline is but
        white space: it takes two objects on one line, or one on two. But where there are as many
        objects as lines, and on no line begin two, there is one on each.
        """
        if not apart or not isinstance(lines, Lines):
            return None
        if self._pause:
            self._pause -= 1
            return None
        try:
            records = self._all(lines.content)
        except NO_RECORD:
            records = []
        if len(records) == len(lines):
            self._failures = 0
            return records
        # Where one line is unusual, more may come: what fails again and again is tried seldom.
        self._pause = 2**self._failures
        self._failures = min(self._failures + 1, _MOST_FAILURES)
        return None
