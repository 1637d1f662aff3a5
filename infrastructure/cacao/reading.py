"""Reads a playbook from JSON, or says everything that is wrong with it."""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from infrastructure.cacao.findings import Finding, InvalidPlaybookError, json_path
from infrastructure.cacao.identifiers import identifier_findings
from infrastructure.cacao.playbook import Playbook
from infrastructure.configuration.document import Document, Entry, Node
from infrastructure.configuration.mistakes import KeyPath, Mistake, Severity, quoted
from infrastructure.configuration.validation import validate_value

_LARGEST = 10_000_000
_DEEPEST = 100
_MOST_STEPS = 500
# What no configuration file can hold: see infrastructure.configuration.core_schema.
_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class _JsonDocument(Document):
    """A document whose places are JSON paths."""

    def mistake(
        self, path: KeyPath, problem: str, expected: str = "", severity: Severity = "error"
    ) -> Mistake:
        """State a mistake about what stands, or is missing, at this path."""
        return Mistake(self.file, 1, 1, json_path(path), problem, expected, severity)


def read_playbook(path: Path) -> Playbook:
    """Read a playbook; raises InvalidPlaybookError with everything that is wrong with it."""
    with path.open("rb") as file:
        content = file.read(_LARGEST + 1)
    return playbook_of(content)


def playbook_of(content: bytes) -> Playbook:
    """Read a playbook from JSON; raises InvalidPlaybookError."""
    value = _parsed(content)
    if wrong := list(_not_storable(value, ())):
        raise InvalidPlaybookError(wrong)
    playbook, mistakes = validate_value(_JsonDocument("", _node(value)), (), Playbook)
    if playbook is None:
        raise InvalidPlaybookError(map(_told, mistakes))
    if len(playbook.workflow) > _MOST_STEPS:
        text = f"has {len(playbook.workflow):,} steps, and a runbook has at most {_MOST_STEPS}"
        raise InvalidPlaybookError([Finding(("workflow",), text)])
    if findings := list(identifier_findings(playbook)):
        raise InvalidPlaybookError(findings)
    return playbook


def _parsed(content: bytes) -> Any:
    if len(content) > _LARGEST:
        raise InvalidPlaybookError([f"the file is larger than {_LARGEST:,} bytes"])
    try:
        return json.loads(
            content.decode("utf-8-sig"),
            object_pairs_hook=_without_doubles,
            parse_constant=_refused,
            parse_float=_finite,
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise InvalidPlaybookError([f"not JSON: {error.msg} ({where})"]) from None
    except UnicodeDecodeError as error:
        raise InvalidPlaybookError([f"not UTF-8 text: byte {error.start:,}"]) from None
    except RecursionError:
        raise InvalidPlaybookError(["nested too deeply"]) from None
    except ValueError as error:
        raise InvalidPlaybookError([f"not JSON: {error}"]) from None


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        double = next(name for name in names if names.count(name) > 1)
        msg = f"the key {quoted(double)} is given twice"
        raise ValueError(msg)
    return found


def _finite(written: str) -> float:
    number = float(written)
    return number if math.isfinite(number) else _refused(written)


def _refused(constant: str) -> NoReturn:
    msg = f"{constant} is no number"
    raise ValueError(msg)


def _not_storable(value: Any, path: KeyPath) -> Iterator[Finding]:
    if len(path) > _DEEPEST:
        yield Finding(path[:5], "nested too deeply")
    elif isinstance(value, str) and (found := _NOT_STORABLE.search(value)):
        yield Finding(path, f"the character U+{ord(found.group()):04X} cannot be stored")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _not_storable(item, (*path, index))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _not_storable(key, path)
            yield from _not_storable(item, (*path, key))


def _node(value: Any) -> Node:
    if isinstance(value, list):
        return Node([_node(item) for item in value], (1, 1))
    if isinstance(value, dict):
        return Node({key: Entry((1, 1), _node(item)) for key, item in value.items()}, (1, 1))
    return Node(value, (1, 1))


def _told(mistake: Mistake) -> str:
    expected = f" (expected {mistake.expected})" if mistake.expected else ""
    return f"{mistake.field}: {mistake.problem}{expected}"
