"""What reading a source gave, in numbers."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Totals:
    """What a run gave so far. `opened` are the ids of incidents that it opened."""

    lines: int = 0
    signals: int = 0
    matched: int = 0
    rejected: int = 0
    let_go: int = 0
    opened: list[str] = field(default_factory=list)
