"""The channels as they are configured, as they are named, and as they have worked."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from application.alerting.views import ChannelCount
    from domain.alerting.channel import ChannelDefinition
    from domain.alerting.settings import AlertingSettings
    from domain.incident.levels import SeverityLevels

_WAITING = ("waiting", "silenced", "sending")


def listed() -> list[dict[str, Any]]:
    """Give every channel that is configured, then those that are only named."""
    from infrastructure.cli.opened import configured, current_views

    folder = configured()
    settings = _settings(folder)
    named = _named(folder, settings)
    with current_views() as views:
        counts = _by_channel(views.channel_counts() if views else [])
    known = [
        _configured(each) | _named_by(named, each.id) | _worked(counts[each.id])
        for each in settings.channels
    ]
    ids = {each.id for each in settings.channels}
    missing = [
        _missing(name) | _named_by(named, name) | _worked(counts[name])
        for name in sorted(named.keys() - ids)
    ]
    return known + missing


def _settings(folder: Path) -> "AlertingSettings":
    """Read the channels alone: a mistake in a rule is no reason not to say what there is."""
    from infrastructure.configuration.channel_file import read_channels
    from infrastructure.configuration.configuration import CHANNELS, RESPONDERS
    from infrastructure.configuration.mistakes import ConfigurationError
    from infrastructure.configuration.responder_file import read_directory

    directory, _ = read_directory(folder / RESPONDERS)
    settings, mistakes = read_channels(folder / CHANNELS, directory)
    if any(mistake.severity == "error" for mistake in mistakes):
        raise ConfigurationError(mistakes)
    return settings


def _named(folder: Path, settings: "AlertingSettings") -> dict[str, list[str]]:
    """Give by channel what names it: rules, levels, routes, and others."""
    from infrastructure.configuration.configuration import DETECTION
    from infrastructure.configuration.levels import read_deadlines
    from infrastructure.configuration.rule_files import read_rules

    found: dict[str, list[str]] = defaultdict(list)
    written, _ = read_rules([folder / DETECTION])
    for each in written:
        for name in each.rule.notify_channels:
            found[name].append(f"rule {each.rule.id}")
    if deadlines := read_deadlines(folder):
        for name, by in _by_levels(deadlines.levels):
            found[name].append(by)
    for route in settings.routing.routes:
        for name in route.channels:
            found[name].append(f"route {route.name}")
    for name in settings.messages:
        found[name].append("messages of runbooks")
    return {name: list(dict.fromkeys(by)) for name, by in found.items()}


def _by_levels(levels: "SeverityLevels") -> Iterator[tuple[str, str]]:
    for severity, level in levels.severity_levels.items():
        yield from ((name, f"level {severity}") for name in level.notifications)
        for number, tier in enumerate(level.escalation, 1):
            yield from ((name, f"tier {number} of {severity}") for name in tier.channels)
    for name, terms in levels.obligations.items():
        yield from ((channel, f"obligation {name}") for channel in terms.channels)


def _configured(channel: "ChannelDefinition") -> dict[str, Any]:
    filters = channel.filters
    return {
        "id": channel.id,
        "type": channel.type,
        "description": channel.description,
        "state": "on" if channel.enabled else "off",
        "to": list(channel.to),
        "min_severity": filters.min_severity,
        "categories": None if filters.categories is None else list(filters.categories),
        "fallback": channel.fallback,
        "digest": f"{channel.digest.at} {channel.digest.timezone}" if channel.digest else None,
    }


def _missing(name: str) -> dict[str, Any]:
    nothing = ("type", "min_severity", "categories", "fallback", "digest")
    known = {"id": name, "description": "", "state": "missing", "to": []}
    return known | dict.fromkeys(nothing)


def _named_by(named: Mapping[str, list[str]], channel: str) -> dict[str, Any]:
    return {"named_by": named.get(channel, [])}


def _by_channel(counts: "list[ChannelCount]") -> "dict[str, dict[str, ChannelCount]]":
    found: dict[str, dict[str, ChannelCount]] = defaultdict(dict)
    for each in counts:
        found[each.channel][each.status] = each
    return found


def _worked(counts: "Mapping[str, ChannelCount]") -> dict[str, Any]:
    delivered = counts.get("delivered")
    return {
        "delivered": delivered.count if delivered else 0,
        "last_delivered_at": delivered.last_at if delivered else None,
        "waiting": sum(counts[status].count for status in _WAITING if status in counts),
        "failed": counts["failed"].count if "failed" in counts else 0,
        "by_status": {status: each.count for status, each in counts.items()},
    }
