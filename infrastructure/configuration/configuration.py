"""The whole configuration of a folder: rules, sources, severity levels, responders."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from domain.detection.rule import Rule
from domain.incident.levels import SeverityLevels
from domain.incident.severity import Severity
from domain.responder.directory import Directory
from domain.source.format import JsonLines, RegexLines, SourceFormat
from infrastructure.configuration.files import read_document
from infrastructure.configuration.flaws import with_all_others
from infrastructure.configuration.mistakes import ConfigurationError, Mistake, in_reading_order
from infrastructure.configuration.responder_file import read_directory
from infrastructure.configuration.rule_files import WrittenRule, read_rules
from infrastructure.configuration.validation import validate, validate_value

Model = TypeVar("Model", bound=BaseModel)

DETECTION = "detection"
SOURCES = "sources.yaml"
LEVELS = "severity-levels.yaml"
RESPONDERS = "responders.yaml"
TEMPLATES = "templates"


class _Sources(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    sources: dict[str, SourceFormat]


@dataclass(frozen=True, slots=True)
class Configuration:
    """What was configured. `warnings` are what deserves attention but stops nothing."""

    rules: tuple[Rule, ...]
    sources: dict[str, JsonLines | RegexLines]
    levels: SeverityLevels
    directory: Directory
    warnings: tuple[Mistake, ...]


def read_configuration(folder: Path) -> Configuration:
    """Read a configuration folder; raises ConfigurationError with all its mistakes at once."""
    mistakes: list[Mistake] = []
    sources = _read(folder / SOURCES, _Sources, mistakes)
    levels = _read(folder / LEVELS, SeverityLevels, mistakes)
    directory, unknown = read_directory(folder / RESPONDERS)
    mistakes.extend(unknown)
    written, wrong = read_rules([folder / DETECTION])
    mistakes.extend(wrong)
    mistakes.extend(references(written))
    if levels is not None:
        mistakes.extend(_missing_levels(folder / LEVELS, levels))
    errors = [mistake for mistake in mistakes if mistake.severity == "error"]
    if errors or sources is None or levels is None:
        raise ConfigurationError(mistakes)
    return Configuration(
        rules=tuple(each.rule for each in written),
        sources=dict(sources.sources),
        levels=levels,
        directory=directory,
        warnings=in_reading_order(mistakes),
    )


def references(written: list[WrittenRule]) -> list[Mistake]:
    """Say which rules name runbooks or channels: as long as there are none, that is a warning."""
    return [
        each.mistake(field, f"{what}, and none is configured yet", "", warning=True)
        for each in written
        for field, what in _named(each.rule)
    ]


def _named(rule: Rule) -> list[tuple[str, str]]:
    named = [("runbook", f"names the runbook {rule.runbook}")] if rule.runbook else []
    if rule.notify_channels:
        channels = ", ".join(rule.notify_channels)
        named.append(("notifyChannels", f"names the channels {channels}"))
    return named


def _missing_levels(path: Path, levels: SeverityLevels) -> list[Mistake]:
    missing = [level for level in Severity if level not in levels.severity_levels]
    return [
        Mistake(str(path), 1, 1, "severity_levels", f"{level} is missing", "P0, P1, P2, P3 and P4")
        for level in missing
    ]


def _read(path: Path, model: type[Model], mistakes: list[Mistake]) -> Model | None:
    try:
        return validate(read_document(path), model)
    except ConfigurationError as error:
        found = with_all_others(error, lambda document: validate_value(document, (), model)[1])
        mistakes.extend(found)
        return None
