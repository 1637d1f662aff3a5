"""What the message of a revert says, and what it tells who reads it back."""

import re
from dataclasses import dataclass

from application.actions import Call
from infrastructure.git.commits import Commit

# As `git revert` writes it, for a merge with ", reversing" behind.
_REVERTS = re.compile(r"^This reverts commit ([0-9a-f]{40,64})\b", re.MULTILINE)
_KEY = re.compile(r"^Tocsin-Idempotency-Key: (.*)$", re.MULTILINE)
GREP = "This reverts commit"


@dataclass(frozen=True, slots=True)
class Said:
    """What a commit's message says: which commits it reverts, and for which attempt."""

    commit: str
    reverts: frozenset[str]
    keys: frozenset[str]

    @classmethod
    def of(cls, commit: str, message: str) -> "Said":
        """Read a message."""
        return cls(commit, frozenset(_REVERTS.findall(message)), frozenset(_KEY.findall(message)))


def revert_message(commit: Commit, call: Call, reason: str | None) -> bytes:
    """Write the message of a revert. A reason is quoted, so that it cannot pass for the rest."""
    parts = [f'Revert "{commit.subject}"', _undone(commit)]
    if reason is not None:
        parts.append("\n".join(f"> {line}" for line in reason.replace("\0", "\ufffd").split("\n")))
    parts.append(
        f"Tocsin-Incident: {_line(call.incident_id)}\n"
        f"Tocsin-Execution: {_line(call.execution_id)}\n"
        f"Tocsin-Step: {_line(call.step_id)}\n"
        f"Tocsin-Idempotency-Key: {key_of(call)}\n"
    )
    return "\n\n".join(parts).encode("utf-8", "replace")


def key_of(call: Call) -> str:
    """Give an attempt's key as it stands in a message."""
    return _line(call.idempotency_key)


def _undone(commit: Commit) -> str:
    if len(commit.parents) > 1:
        return f"This reverts commit {commit.id}, reversing\nchanges made to {commit.parents[0]}."
    return f"This reverts commit {commit.id}."


def _line(text: str) -> str:
    return " ".join(text.split())
