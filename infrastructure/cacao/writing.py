"""Writes a runbook as YAML that reads as it was meant, with comments that stay comments."""

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import yaml

from application.projections.texts import harmless
from infrastructure.cacao.findings import Finding

_WIDTH = 98
_PLAIN = re.compile(r"[a-z][a-z_-]*")
# Words that are no text in YAML 1.1 or 1.2, whatever the reader.
_NO_TEXT = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


class _Dumper(yaml.SafeDumper):
    """Quotes all text but plain words; lists are indented, nothing is an alias."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write everything out."""
        del data
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indent the items of a list."""
        del indentless
        super().increase_indent(flow, False)


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style: str | None = '"'
    if "\n" in text and all(map(str.isprintable, text.split("\n"))):
        style = "|"
    elif _PLAIN.fullmatch(text) and text not in _NO_TEXT:
        style = None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def runbook_text(
    runbook: Mapping[str, Any],
    introduction: str,
    notes: Iterable[Finding],
    origins: Mapping[str, str],
) -> str:
    """Write a runbook; `origins` says by a step's id what it was made of."""
    head = [*_comment(introduction), *_notes(notes), ""]
    lines = []
    for line in _dumped({"runbook": runbook}).splitlines():
        found = re.fullmatch(r" {4}- id: (\S+)", line)
        origin = origins.get(found[1].strip('"')) if found else None
        lines += [*([f"    # {harmless(origin)}"] if origin else []), line]
    return "\n".join([*head, *lines]) + "\n"


def _dumped(value: Any) -> str:
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1_000_000)


def _notes(notes: Iterable[Finding]) -> Iterator[str]:
    found = list(notes)
    if found:
        yield "#"
        yield from _comment("What is different from the playbook, or not in it:")
        for note in found:
            yield from _comment(str(note), "  - ", "    ")


def _comment(text: str, first: str = "", others: str = "") -> Iterator[str]:
    for line in textwrap.wrap(
        harmless(text), _WIDTH - 2, initial_indent=first, subsequent_indent=others,
        break_long_words=False, break_on_hyphens=False,
    ):  # fmt: skip
        yield f"# {line}"
