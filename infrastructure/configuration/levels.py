"""The severity levels read alone: what has to show deadlines need not read every rule."""

from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from domain.incident.levels import SeverityLevels
from domain.incident.severity import Severity
from domain.responder.directory import Directory
from infrastructure.configuration.channel_file import read_channels
from infrastructure.configuration.configuration import CHANNELS, LEVELS
from infrastructure.configuration.files import read_document
from infrastructure.configuration.mistakes import ConfigurationError
from infrastructure.configuration.validation import validate


class Deadlines(NamedTuple):
    """By what an incident has deadlines; none if it was older than `stale_after` when found."""

    levels: SeverityLevels
    stale_after: timedelta | None


def read_deadlines(folder: Path) -> Deadlines | None:
    """Read them from a configuration's folder; None if there are mistakes in them."""
    try:
        levels = validate(read_document(folder / LEVELS), SeverityLevels)
    except ConfigurationError:
        return None
    if set(Severity) - set(levels.severity_levels):
        return None
    # Not with the responders: a name that nobody has moves no deadline.
    settings, _ = read_channels(folder / CHANNELS, Directory())
    return Deadlines(levels, settings.stale_length)
