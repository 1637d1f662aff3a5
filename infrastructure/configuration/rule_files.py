"""Detection rules from YAML files: all good ones, and every mistake of the others."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from domain.detection.rule import Rule
from infrastructure.configuration.document import Document
from infrastructure.configuration.files import files_at, read_document
from infrastructure.configuration.flaws import with_all_others
from infrastructure.configuration.mistakes import (
    ConfigurationError,
    KeyPath,
    Mistake,
    Severity,
    shorten,
)
from infrastructure.configuration.validation import unknown_keys, validate_value
from infrastructure.configuration.yaml_document import parse_yaml


@dataclass(frozen=True, slots=True)
class WrittenRule:
    """A rule, and where it is written."""

    rule: Rule
    document: Document
    index: int

    def mistake(
        self, field: str, problem: str, expected: str = "", severity: Severity = "error"
    ) -> Mistake:
        """Say that something is wrong with a field of the rule."""
        return self.document.mistake(("rules", self.index, field), problem, expected, severity)


def read_rules(places: Iterable[Path]) -> tuple[list[WrittenRule], list[Mistake]]:
    """Read the rules of files and folders; give them, and all that is wrong with the rest."""
    return _rules_of_all(partial(read_document, path) for path in files_at(places))


def rules_of_text(text: str | bytes, file: str) -> tuple[list[WrittenRule], list[Mistake]]:
    """Read rules from text, as `read_rules` does from files."""
    return _rules_of_all([partial(parse_yaml, text, file)])


def rules_of(document: Document) -> tuple[list[WrittenRule], list[Mistake]]:
    """Read the list `rules:` of a document."""
    mistakes = unknown_keys(document, (), ["rules"])
    node = document.node(("rules",))
    if node is None or not isinstance(node.content, list):
        problem = "missing" if node is None else "not a list"
        return [], [*mistakes, document.mistake(("rules",), problem, "a list of rules")]
    written = []
    for index in range(len(node.content)):
        rule, wrong = validate_value(document, ("rules", index), Rule)
        mistakes.extend(wrong)
        if rule is not None:
            written.append(WrittenRule(rule, document, index))
    return written, mistakes


def _rules_of_all(
    readings: Iterable[Callable[[], Document]],
) -> tuple[list[WrittenRule], list[Mistake]]:
    written: list[WrittenRule] = []
    mistakes: list[Mistake] = []
    documents: list[Document] = []
    for read in readings:
        try:
            document = read()
        except ConfigurationError as error:
            mistakes.extend(with_all_others(error, lambda document: rules_of(document)[1]))
            documents += [error.document] if error.document else []
        else:
            rules, wrong = rules_of(document)
            written.extend(rules)
            mistakes.extend(wrong)
            documents.append(document)
    return written, [*mistakes, *_doubles(documents), *_limitless(written)]


def _doubles(documents: Iterable[Document]) -> Iterator[Mistake]:
    """Find ids that are used twice, also by rules that have other mistakes."""
    first: dict[str, str] = {}
    for document in documents:
        for path, rule_id in _ids(document):
            line, _ = document.position(path)
            where = f"{document.file}:{line}"
            if first.setdefault(rule_id, where) != where:
                problem = f"the id {shorten(rule_id)} is used at {first[rule_id]}"
                yield document.mistake(path, problem, "another id")


def _ids(document: Document) -> Iterator[tuple[KeyPath, str]]:
    rules = document.node(("rules",))
    for index in range(len(rules.content) if rules and isinstance(rules.content, list) else 0):
        path = ("rules", index, "id")
        node = document.node(path)
        if node and isinstance(node.content, str):
            yield path, node.content


def _limitless(written: Iterable[WrittenRule]) -> Iterator[Mistake]:
    for each in written:
        if not each.rule.detection.pattern:
            yield each.document.mistake(
                ("rules", each.index, "detection", "pattern"),
                f"matches every signal of the source {each.rule.detection.source}",
                "at least one condition",
                "warning",
            )
