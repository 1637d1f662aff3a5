"""What is to be said about a playbook, and where in it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from infrastructure.configuration.mistakes import KeyPath

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a place of a playbook, or is lost or changed on import."""

    path: KeyPath
    text: str

    def __str__(self) -> str:
        return f"{json_path(self.path)}: {self.text}"


class InvalidPlaybookError(Exception):
    """A file is no valid CACAO 2.0 playbook; carries everything that is wrong with it."""

    def __init__(self, findings: Iterable[Finding | str]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(map(str, self.findings)))


class NoCounterpartError(Exception):
    """A valid playbook does what no runbook can do; carries all of that."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(map(str, self.findings)))


def json_path(path: KeyPath) -> str:
    """Write a path as RFC 9535 does: `$.workflow['action--1'].commands[0]`."""
    text = "$"
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _PLAIN.fullmatch(step):
            text += f".{step}"
        else:
            quoted = step.replace("\\", "\\\\").replace("'", "\\'")
            text += f"['{quoted}']"
    return text
