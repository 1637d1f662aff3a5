"""Names and values, a line each, as everything that shows one thing writes them."""

from collections.abc import Iterator

from infrastructure.cli.output import faint, space
from infrastructure.cli.texts import clipped, safe, wrapped

_NAMES = 14
_LONGEST = 4
"""How many lines of a value are shown; all of it is in the JSON."""


def named(name: str, value: str) -> Iterator[str]:
    """Give a line, or lines, of a name and a value; nothing if there is no value."""
    if not value:
        return
    shown = clipped(safe(value), _LONGEST * space())
    first, *rest = wrapped(shown, space(), " " * (_NAMES + 4))
    yield f"    {faint(f'{safe(name):<{_NAMES}}')}{first.lstrip()}"
    yield from rest
