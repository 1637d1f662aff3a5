"""Checks files of rules and of runbooks, each by itself and against those beside it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from infrastructure.configuration.configuration import (
    DETECTION,
    RUNBOOKS,
    TEMPLATES,
    read_configuration,
)
from infrastructure.configuration.document import Document
from infrastructure.configuration.files import files_at, read_document, yaml_files
from infrastructure.configuration.message_templates import template_mistakes
from infrastructure.configuration.mistakes import ConfigurationError, Mistake
from infrastructure.configuration.rule_files import read_rules
from infrastructure.configuration.runbooks.checks import runbook_mistakes
from infrastructure.configuration.runbooks.files import ROOT, WrittenRunbook, read_runbooks


@dataclass(frozen=True, slots=True)
class Checked:
    """How many rules and runbooks are good, and all mistakes and warnings."""

    rules: int
    runbooks: int
    mistakes: Sequence[Mistake]


def check_configuration(folder: Path) -> Checked:
    """Check a whole configuration."""
    amiss = template_mistakes(folder / TEMPLATES)
    try:
        configuration = read_configuration(folder)
    except ConfigurationError as error:
        rules, _ = read_rules([folder / DETECTION])
        runbooks, _ = read_runbooks(yaml_files(folder / RUNBOOKS))
        good = _good(runbooks, error.mistakes)
        return Checked(len(rules), good, [*error.mistakes, *amiss])
    good = len(configuration.runbooks)
    return Checked(len(configuration.rules), good, [*configuration.warnings, *amiss])


def check_place(place: Path) -> Checked:
    """Check a file, or the files of a folder, each as what it is: rules, or a runbook.

    The other runbooks of the same folder are known, so that one may run another.
    """
    files = list(files_at([place]))
    runbook_files = [file for file in files if _is_runbook(file)]
    rules, mistakes = read_rules(file for file in files if file not in runbook_files)
    beside = sorted({file for each in runbook_files for file in _beside(each)})
    # Those beside first: what is the same in two files is then a mistake of the one that is meant.
    known, wrong = read_runbooks([*(each for each in beside if each not in files), *runbook_files])
    named = {str(file) for file in runbook_files}
    found = [*wrong, *runbook_mistakes(known, whole=False)]
    wrong = [mistake for mistake in found if mistake.file in named]
    runbooks = [each for each in known if each.document.file in named]
    return Checked(len(rules), _good(runbooks, wrong), [*mistakes, *wrong])


def _good(runbooks: Iterable[WrittenRunbook], mistakes: Iterable[Mistake]) -> int:
    wrong = {mistake.file for mistake in mistakes if mistake.severity == "error"}
    return sum(each.runbook is not None and each.document.file not in wrong for each in runbooks)


def _is_runbook(path: Path) -> bool:
    document = _document(path)
    return document is not None and document.node((ROOT,)) is not None


def _beside(path: Path) -> list[Path]:
    return [each for each in yaml_files(path.parent) if _is_runbook(each)]


def _document(path: Path) -> Document | None:
    try:
        return read_document(path)
    except ConfigurationError:
        return None
