"""Names of channels and people in rules and severity levels, against those that there are."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from domain.alerting.channel import is_address
from domain.alerting.settings import AlertingSettings
from domain.incident.levels import SeverityLevels
from domain.incident.severity import Severity
from domain.responder.directory import Directory
from infrastructure.configuration.files import read_document
from infrastructure.configuration.mistakes import KeyPath, Mistake, shorten
from infrastructure.configuration.rule_files import WrittenRule


def unknown_channels(
    written: Iterable[WrittenRule], settings: AlertingSettings
) -> Iterator[Mistake]:
    """Say which rules name channels that there are not: a warning, for the rest goes on."""
    known = {channel.id for channel in settings.channels}
    if not known:
        yield from _none_at_all(written)
        return
    for each in written:
        unknown = [name for name in each.rule.notify_channels if name not in known]
        if unknown:
            problem = f"there is no channel {', '.join(unknown)}"
            yield each.mistake("notifyChannels", problem, _listed(known), severity="warning")


def _none_at_all(written: Iterable[WrittenRule]) -> Iterator[Mistake]:
    for each in written:
        if each.rule.notify_channels:
            channels = ", ".join(each.rule.notify_channels)
            problem = f"names the channels {channels}, and none is configured yet"
            yield each.mistake("notifyChannels", problem, severity="warning")


def level_mistakes(
    path: Path, levels: SeverityLevels, settings: AlertingSettings, directory: Directory
) -> Iterator[Mistake]:
    """Say which levels are missing, and which names in them stand for nothing."""
    document = read_document(path)
    for level in Severity:
        if level not in levels.severity_levels:
            problem = f"{level} is missing"
            yield Mistake(str(path), 1, 1, "severity_levels", problem, "P0, P1, P2, P3 and P4")
    channels = {channel.id for channel in settings.channels}
    for place, name in _channels(levels):
        if channels and name not in channels:
            problem = f"there is no channel {name}"
            yield document.mistake(place, problem, _listed(channels), severity="warning")
    for place, name in _names(levels):
        if not (directory.knows(name) or is_address(name)):
            problem = f"there is nobody called {name} in responders.yaml"
            yield document.mistake(place, problem, severity="warning")


def _channels(levels: SeverityLevels) -> Iterator[tuple[KeyPath, str]]:
    for severity, level in levels.severity_levels.items():
        path: KeyPath = ("severity_levels", str(severity))
        for index, name in enumerate(level.notifications):
            yield (*path, "notifications", index), name
        for at, tier in enumerate(level.escalation):
            for index, name in enumerate(tier.channels):
                yield (*path, "escalation", at, "channels", index), name
    for obligation, terms in levels.obligations.items():
        for index, name in enumerate(terms.channels):
            yield ("obligations", obligation, "channels", index), name


def _names(levels: SeverityLevels) -> Iterator[tuple[KeyPath, str]]:
    for severity, level in levels.severity_levels.items():
        for at, tier in enumerate(level.escalation):
            for index, name in enumerate(tier.to):
                yield ("severity_levels", str(severity), "escalation", at, "to", index), name
    for obligation, terms in levels.obligations.items():
        for index, name in enumerate(terms.to):
            yield ("obligations", obligation, "to", index), name


def _listed(names: Iterable[str]) -> str:
    return shorten(", ".join(sorted(names)), 200)
