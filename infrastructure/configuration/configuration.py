"""The whole configuration: rules, runbooks, sources, actions, levels, responders, channels."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from domain.alerting.settings import AlertingSettings
from domain.detection.rule import Rule
from domain.incident.levels import SeverityLevels
from domain.responder.directory import Directory
from domain.runbook.runbook import Runbook
from domain.source.format import JsonLines, RegexLines, SourceFormat
from infrastructure.configuration.action_settings import read_action_settings
from infrastructure.configuration.channel_file import read_channels
from infrastructure.configuration.channel_names import level_mistakes, unknown_channels
from infrastructure.configuration.files import read_document, yaml_files
from infrastructure.configuration.flaws import with_all_others
from infrastructure.configuration.mistakes import ConfigurationError, Mistake, in_reading_order
from infrastructure.configuration.responder_file import read_directory
from infrastructure.configuration.rule_files import read_rules
from infrastructure.configuration.runbooks.checks import runbook_mistakes
from infrastructure.configuration.runbooks.files import read_runbooks
from infrastructure.configuration.runbooks.references import reference_mistakes
from infrastructure.configuration.validation import validate, validate_value
from infrastructure.outgoing.settings import OutgoingSettings

Model = TypeVar("Model", bound=BaseModel)

DETECTION = "detection"
RUNBOOKS = "runbooks"
ACTIONS = "actions.yaml"
SOURCES = "sources.yaml"
LEVELS = "severity-levels.yaml"
OUTGOING = "outgoing.yaml"
RESPONDERS = "responders.yaml"
CHANNELS = "channels.yaml"
TEMPLATES = "templates"


class _Sources(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    sources: dict[str, SourceFormat]


@dataclass(frozen=True, slots=True)
class Configuration:
    """What was configured. `warnings` are what deserves attention but stops nothing.

    `actions` holds the settings of those actions that have a section, each an instance of the
    action's own `Settings`.
    """

    rules: tuple[Rule, ...]
    runbooks: tuple[Runbook, ...]
    actions: Mapping[str, BaseModel]
    sources: dict[str, JsonLines | RegexLines]
    levels: SeverityLevels
    directory: Directory
    alerting: AlertingSettings
    outgoing: OutgoingSettings
    warnings: tuple[Mistake, ...]


def read_configuration(folder: Path) -> Configuration:
    """Read a configuration folder; raises ConfigurationError with all its mistakes at once."""
    mistakes: list[Mistake] = []
    sources = _read(folder / SOURCES, _Sources, mistakes)
    levels = _read(folder / LEVELS, SeverityLevels, mistakes)
    outgoing = _read_if_there(folder / OUTGOING, OutgoingSettings(), mistakes)
    directory, unknown = read_directory(folder / RESPONDERS)
    alerting, faulty = read_channels(folder / CHANNELS, directory)
    mistakes += [*unknown, *faulty]
    written, wrong = read_rules([folder / DETECTION])
    runbooks, amiss = read_runbooks(yaml_files(folder / RUNBOOKS))
    actions, unfit = read_action_settings(folder / ACTIONS)
    mistakes += [*wrong, *amiss, *unfit, *runbook_mistakes(runbooks, whole=True)]
    mistakes += [*reference_mistakes(written, runbooks), *unknown_channels(written, alerting)]
    if levels is not None:
        mistakes.extend(level_mistakes(folder / LEVELS, levels, alerting, directory))
    errors = [mistake for mistake in mistakes if mistake.severity == "error"]
    if errors or sources is None or levels is None:
        raise ConfigurationError(mistakes)
    return Configuration(
        rules=tuple(each.rule for each in written),
        runbooks=tuple(each.runbook for each in runbooks if each.runbook),
        actions=actions,
        sources=dict(sources.sources),
        levels=levels,
        directory=directory,
        alerting=alerting,
        outgoing=outgoing,
        warnings=in_reading_order(mistakes),
    )


def _read_if_there(path: Path, default: Model, mistakes: list[Mistake]) -> Model:
    if not path.exists():
        return default
    return _read(path, type(default), mistakes) or default


def _read(path: Path, model: type[Model], mistakes: list[Mistake]) -> Model | None:
    try:
        return validate(read_document(path), model)
    except ConfigurationError as error:
        found = with_all_others(error, lambda document: validate_value(document, (), model)[1])
        mistakes.extend(found)
        return None
