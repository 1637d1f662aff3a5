"""Detection rules from YAML files: all good ones, and every mistake of the others."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from domain.detection.rule import Rule
from infrastructure.configuration.document import Document
from infrastructure.configuration.files import read_document, yaml_files
from infrastructure.configuration.mistakes import ConfigurationError, Mistake
from infrastructure.configuration.validation import unknown_keys, validate_value
from infrastructure.configuration.yaml_document import parse_yaml


@dataclass(frozen=True, slots=True)
class WrittenRule:
    """A rule, and where it is written."""

    rule: Rule
    document: Document
    index: int

    def mistake(self, field: str, problem: str, expected: str, *, warning: bool) -> Mistake:
        """Say that something is wrong with a field of the rule."""
        path = ("rules", self.index, field)
        found = self.document.mistake(path, problem, expected)
        return _warning(found) if warning else found


def read_rules(places: Iterable[Path]) -> tuple[list[WrittenRule], list[Mistake]]:
    """Read the rules of files and folders; give them, and all that is wrong with the rest."""
    written: list[WrittenRule] = []
    mistakes: list[Mistake] = []
    for path in _files(places):
        try:
            rules, wrong = rules_of(read_document(path))
        except ConfigurationError as error:
            mistakes.extend(error.mistakes)
        else:
            written.extend(rules)
            mistakes.extend(wrong)
    return written, [*mistakes, *_doubles(written), *_limitless(written)]


def rules_of_text(text: str | bytes, file: str) -> tuple[list[WrittenRule], list[Mistake]]:
    """Read rules from text, as `read_rules` does from files."""
    try:
        written, mistakes = rules_of(parse_yaml(text, file))
    except ConfigurationError as error:
        return [], list(error.mistakes)
    return written, [*mistakes, *_doubles(written), *_limitless(written)]


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


def _files(places: Iterable[Path]) -> Iterator[Path]:
    for place in places:
        yield from yaml_files(place) if place.is_dir() else [place]


def _doubles(written: Iterable[WrittenRule]) -> Iterator[Mistake]:
    first: dict[str, WrittenRule] = {}
    for each in written:
        before = first.setdefault(each.rule.id, each)
        if before is not each:
            line, _ = before.document.position(("rules", before.index, "id"))
            where = f"{before.document.file}:{line}"
            yield each.mistake(
                "id", f"the id {each.rule.id} is used at {where}", "another id", warning=False
            )


def _limitless(written: Iterable[WrittenRule]) -> Iterator[Mistake]:
    for each in written:
        if not each.rule.detection.pattern:
            found = each.document.mistake(
                ("rules", each.index, "detection", "pattern"),
                f"matches every signal of the source {each.rule.detection.source}",
                "at least one condition",
            )
            yield _warning(found)


def _warning(mistake: Mistake) -> Mistake:
    return Mistake(
        mistake.file,
        mistake.line,
        mistake.column,
        mistake.field,
        mistake.problem,
        mistake.expected,
        "warning",
    )
