"""Runbooks from YAML files, one a file: all good ones, and every mistake of the others."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from domain.runbook.runbook import Runbook
from domain.runbook.step import AutomatedStep, ManualStep, Step, SubRunbookStep
from infrastructure.configuration.document import Document
from infrastructure.configuration.files import files_at, read_document
from infrastructure.configuration.flaws import with_all_others
from infrastructure.configuration.mistakes import ConfigurationError, KeyPath, Mistake, Severity
from infrastructure.configuration.validation import unknown_keys, validate_value
from infrastructure.configuration.yaml_document import parse_yaml

ROOT = "runbook"
STEPS: KeyPath = (ROOT, "steps")

_OF_TYPE: dict[object, type[AutomatedStep | ManualStep | SubRunbookStep]] = {
    "automated": AutomatedStep,
    "manual": ManualStep,
    "runbook": SubRunbookStep,
}


@dataclass(frozen=True, slots=True)
class WrittenStep:
    """A step that is right by itself, and its place among the others."""

    step: Step
    index: int

    def path(self, *within: str | int) -> KeyPath:
        """Give the path of one of the step's fields."""
        return (*STEPS, self.index, *within)


@dataclass(frozen=True, slots=True, eq=False)
class WrittenRunbook:
    """A runbook, and where it is written.

    `runbook` is None if anything in it is wrong. What is right by itself is known even then, so
    that all mistakes are found at once: its `id`, the ids of all its steps, and the good `steps`.
    """

    document: Document
    runbook: Runbook | None
    id: str | None
    step_ids: tuple[str | None, ...]
    steps: tuple[WrittenStep, ...]

    def mistake(
        self, path: KeyPath, problem: str, expected: str = "", severity: Severity = "error"
    ) -> Mistake:
        """Say that something is wrong at a path of its document."""
        return self.document.mistake(path, problem, expected, severity)


def read_runbooks(places: Iterable[Path]) -> tuple[list[WrittenRunbook], list[Mistake]]:
    """Read the runbooks of files and folders, and all that is wrong with each by itself."""
    return _runbooks_of_all(partial(read_document, path) for path in files_at(places))


def runbook_of_text(text: str | bytes, file: str) -> tuple[list[WrittenRunbook], list[Mistake]]:
    """Read a runbook from text, as `read_runbooks` does from files."""
    return _runbooks_of_all([partial(parse_yaml, text, file)])


def runbook_of(document: Document) -> tuple[WrittenRunbook, list[Mistake]]:
    """Read the mapping `runbook:` of a document."""
    mistakes = unknown_keys(document, (), [ROOT])
    runbook, wrong = validate_value(document, (ROOT,), Runbook)
    ids = tuple(_step_ids(document))
    twice = list(_doubles_within(document, ids))
    # The model finds a double, too, but cannot say where.
    mistakes += [each for each in wrong if not (twice and each.field == ROOT)]
    steps = tuple(_good_steps(document, len(ids)))
    name = runbook.id if runbook else _text(document, (ROOT, "id"))
    return WrittenRunbook(document, runbook, name, ids, steps), [*mistakes, *twice]


def _runbooks_of_all(
    readings: Iterable[Callable[[], Document]],
) -> tuple[list[WrittenRunbook], list[Mistake]]:
    written: list[WrittenRunbook] = []
    mistakes: list[Mistake] = []
    for read in readings:
        try:
            found, wrong = runbook_of(read())
        except ConfigurationError as error:
            mistakes.extend(with_all_others(error, lambda document: runbook_of(document)[1]))
            if error.document is not None:
                # It is there, whatever it says: nobody who names it is wrong.
                found, _ = runbook_of(error.document)
                written.append(replace(found, runbook=None, steps=()))
        else:
            written.append(found)
            mistakes.extend(wrong)
    return written, [*mistakes, *_doubles(written)]


def _doubles(written: Iterable[WrittenRunbook]) -> Iterator[Mistake]:
    """Find the runbooks that have the id of an earlier one."""
    first: dict[str, WrittenRunbook] = {}
    for each in written:
        if each.id is None:
            continue
        before = first.setdefault(each.id, each)
        if before is not each:
            line, _ = before.document.position((ROOT, "id"))
            where = f"{before.document.file}:{line}"
            problem = f"the id {each.id} is used at {where}"
            yield each.mistake((ROOT, "id"), problem, "another id")


def _step_ids(document: Document) -> Iterator[str | None]:
    node = document.node(STEPS)
    for index in range(len(node.content) if node and isinstance(node.content, list) else 0):
        yield _text(document, (*STEPS, index, "id"))


def _doubles_within(document: Document, ids: tuple[str | None, ...]) -> Iterator[Mistake]:
    for index, each in enumerate(ids):
        if each is not None and ids.index(each) < index:
            line, _ = document.position((*STEPS, ids.index(each), "id"))
            problem = f"the id {each} is used at line {line}"
            yield document.mistake((*STEPS, index, "id"), problem, "another id")


def _good_steps(document: Document, count: int) -> Iterator[WrittenStep]:
    for index in range(count):
        model = _OF_TYPE.get(_text(document, (*STEPS, index, "type")))
        if model is not None:
            step, _ = validate_value(document, (*STEPS, index), model)
            if step is not None:
                yield WrittenStep(step, index)


def _text(document: Document, path: KeyPath) -> str | None:
    node = document.node(path)
    return node.content if node and isinstance(node.content, str) else None
