"""What commands print: lines, colours where a person looks, and JSON for machines."""

import os
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TextIO

_NARROWEST = 40
_USUAL = 80

_SEVERITIES: dict[str, dict[str, Any]] = {
    "P0": {"fg": "bright_white", "bg": "red", "bold": True},
    "P1": {"fg": "red", "bold": True},
    "P2": {"fg": "yellow"},
    "P3": {"fg": "cyan"},
    "P4": {"dim": True},
}
_STATUSES: dict[str, dict[str, Any]] = {
    "detected": {"bold": True},
    "resolved": {"fg": "green"},
    "closed": {"dim": True},
}


def say(*lines: str) -> None:
    """Print lines."""
    if lines:
        print("\n".join(lines))


def warn(*lines: str) -> None:
    """Print lines where errors go."""
    for line in lines:
        print(line, file=sys.stderr)


def space() -> int:
    """Say how wide a line may be."""
    return max(_NARROWEST, shutil.get_terminal_size((_USUAL, 24)).columns)


def in_colour(stream: TextIO) -> bool:
    """Say whether a stream shows colours: a terminal does, unless its owner wants none."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return not plain and is_terminal(stream)


def is_terminal(stream: TextIO | None) -> bool:
    """Say whether a person looks at a stream."""
    return stream is not None and not stream.closed and stream.isatty()


def styled(text: str, **style: Any) -> str:
    """Colour a text if standard output shows colours."""
    if not style or not _coloured():
        return text
    import click

    return click.style(text, **style)


@cache
def _coloured() -> bool:
    return in_colour(sys.stdout)


def by_severity(severity: str, text: str) -> str:
    """Colour a text by how bad something is."""
    return styled(text, **_SEVERITIES.get(severity, {}))


def by_status(status: str, text: str) -> str:
    """Colour a text by an incident's status."""
    return styled(text, **_STATUSES.get(status, {}))


def heading(text: str) -> str:
    """Make a text stand out."""
    return styled(text, bold=True)


def faint(text: str) -> str:
    """Make a text stand back."""
    return styled(text, dim=True)


def say_json(value: Mapping[str, Any]) -> None:
    """Print one JSON object; everything beyond ASCII is escaped, so no terminal obeys it."""
    import json

    print(json.dumps(value, indent=2, default=_jsonable))


def say_json_array(values: Iterable[Mapping[str, Any]]) -> None:
    """Print one JSON array, an element a line."""
    import json

    lines = [json.dumps(value, default=_jsonable) for value in values]
    print("[\n" + ",\n".join(lines) + "\n]" if lines else "[]")


def say_json_line(value: Mapping[str, Any]) -> None:
    """Print one JSON object on one line, at once."""
    import json

    print(json.dumps(value, default=_jsonable), flush=True)


def fields_of(row: Any, but: Sequence[str] = ()) -> dict[str, Any]:
    """Give a dataclass's fields by name, its values as they are."""
    return {name: getattr(row, name) for name in row.__dataclass_fields__ if name not in but}


def counted(count: int, noun: str, plural: str = "") -> str:
    """Write a count with its noun."""
    return f"{count:,} {noun if count == 1 else plural or f'{noun}s'}"


def _jsonable(value: Any) -> Any:
    from datetime import datetime

    from infrastructure.cli.moments import iso

    return iso(value) if isinstance(value, datetime) else str(value)
