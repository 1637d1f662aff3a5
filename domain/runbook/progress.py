"""How far a step has come, as its execution's events say."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

StepStatus = Literal[
    "pending", "asked", "approved", "running", "assigned", "resting", "held", "unknown", "refused",
    "succeeded", "skipped", "failed",
]  # fmt: skip

FINAL = frozenset({"succeeded", "skipped", "failed"})
UNDECIDED = frozenset({"held", "unknown", "refused"})
"""Statuses in which a step waits for a person to decide: retry, skip or abort."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a step has come.

    `attempt` counts from 1 once the step was tried, `key_number` the idempotency keys: what is
    tried again without a person keeps its key, as a server may have done it after all. `until` is
    when a claim ends, a task is late, or a rest is over. `worker` is who claimed it; `inside` the
    execution of its own runbook.
    """

    status: StepStatus = "pending"
    attempt: int = 0
    key_number: int = 1
    approved: bool = False
    until: datetime | None = None
    worker: str | None = None
    inside: str | None = None
    idempotency_key: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    output: dict[str, Any] = field(default_factory=dict)
    why: str = ""

    @property
    def is_final(self) -> bool:
        """Whether nothing more happens to the step."""
        return self.status in FINAL
