"""A letter as HTML that mail programs show: tables, styles inline, nothing from elsewhere."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from domain.incident.severity import Severity
from infrastructure.channels.mail.letter import Letter

# White text on each can be read (a contrast of at least 4.5, WCAG 2.2).
_COLOURS = {
    Severity.P0: "#b42318",
    Severity.P1: "#b93815",
    Severity.P2: "#93630a",
    Severity.P3: "#175cd3",
    Severity.P4: "#475467",
}
_OVER = "#067647"
_NOTHING_BAD = "#475467"


def as_html(letter: Letter) -> str:
    """Write a letter as HTML; every text in it is escaped."""
    colour = _COLOURS[letter.severity] if letter.severity else _NOTHING_BAD
    return _template().render(
        letter=letter, colour=_OVER if letter.is_over else colour, colours=_COLOURS
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("letter.html")
