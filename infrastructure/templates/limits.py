"""What one rendering may cost: counted, so that no template runs for long or fills the memory."""

from typing import Any

MOST_TEXT = 1024 * 1024
"""Characters that a template may give, and that its source may have."""

MOST_ROUNDS = 100_000
"""Rounds of all its loops together."""

LONGEST_RANGE = 10_000
"""Numbers in one `range`."""

ITEM = 8
"""What an item of a list costs, where a character costs 1."""

# What a rendering may make or look through, intermediate values included.
_MOST_WORK = 8 * MOST_TEXT
_LARGEST_BITS = 256


class ExceededError(Exception):
    """A rendering costs more than is allowed."""


class Budget:
    """What is left to one rendering."""

    __slots__ = ("_rounds", "_work")

    def __init__(self) -> None:
        self._work = _MOST_WORK
        self._rounds = MOST_ROUNDS

    def spend(self, amount: int) -> None:
        """Spend work; raises ExceededError."""
        self._work -= amount
        if self._work < 0:
            msg = "takes more work than a template may"
            raise ExceededError(msg)

    def spend_round(self) -> None:
        """Begin another round of a loop; raises ExceededError."""
        self._rounds -= 1
        if self._rounds < 0:
            msg = f"loops more than {MOST_ROUNDS:,} times"
            raise ExceededError(msg)

    def spend_on(self, value: Any) -> None:
        """Spend what a value holds, at every depth; raises ExceededError.

        A list that holds one list twice, which holds one twice and so on, is small in memory and
        endless in text: therefore it is walked, and the walk is limited, too.
        """
        waiting = [value]
        while waiting:
            each = waiting.pop()
            if isinstance(each, str):
                self.spend(len(each) + ITEM)
            elif isinstance(each, dict):
                self.spend(ITEM)
                waiting.extend(each.keys())
                waiting.extend(each.values())
            elif isinstance(each, list | tuple):
                self.spend(ITEM)
                waiting.extend(each)
            else:
                self.spend(ITEM)
                number(each)


def number(value: Any) -> None:
    """Refuse a whole number that is larger than any that somebody could mean."""
    if isinstance(value, int) and value.bit_length() > _LARGEST_BITS:
        msg = "a number is too large"
        raise ExceededError(msg)


def power(base: Any, exponent: Any) -> None:
    """Refuse a power whose result would be too large, before it is computed."""
    if isinstance(base, int) and isinstance(exponent, int):
        bits = max(base.bit_length() - 1, 0) * max(exponent, 0)
        if bits > _LARGEST_BITS:
            msg = "a number is too large"
            raise ExceededError(msg)
